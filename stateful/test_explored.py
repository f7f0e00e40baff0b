"""Does the command that explores put what it has found where it belongs, and leave the rest of the page as it is?"""

from stateful.explored import DOCS, PROGRAM, SETS, Row, on_page
from stateful.pieces import cells, pieces, rewritten
from stateful.scheduler import Granularity

PAGE = DOCS.read_text(encoding="utf-8")


def rows(set_: str, schedules: int) -> list[Row]:
    return [
        Row("", set_, program.name, granularity.value, schedules, 0, True, "", 1.0)
        for program in SETS[set_]
        for granularity in Granularity
    ]


def test_one_set_is_put_into_the_page_and_the_others_stay() -> None:
    made = on_page(rows("pairs", 7), ["pairs"], PAGE)
    assert set(made) == {"explored", "pairs", "pairs_in_place"}
    old, new = cells(pieces(PAGE)["explored"]), cells(made["explored"])
    assert [line for line in new if line[0] != "pairs"] == [line for line in old if line[0] != "pairs"]
    count = len(SETS["pairs"])
    assert [line[4] for line in new if line[0] == "pairs"] == 3 * [f"{7 * count:,}"]
    assert cells(pieces(rewritten(PAGE, made))["explored"]) == new


def test_all_sets_are_put_into_the_page_in_their_order() -> None:
    made = on_page([row for set_ in SETS for row in rows(set_, 3)], [*SETS], PAGE)
    assert set(made) == {"explored", "pairs", "pairs_in_place", "programs"}
    assert [line[0] for line in cells(made["explored"])[1:]] == [set_ for set_ in SETS for _ in Granularity]


def test_every_program_has_a_name_of_its_own() -> None:
    assert len(PROGRAM) == sum(map(len, SETS.values()))
