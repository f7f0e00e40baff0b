"""The classes of bugs that only rings between processes have, or have in another way, and the tests that look for each.

Rule: a class is covered by tests that would fail if it were there again; that they exist is tested here, and that they would
fail is shown by the mutants in the same files.
"""

import importlib

import pytest

COVERED = {
    "B4": (  # a claim that is never published
        "tests.processes.test_processes:test_the_claim_of_a_killed_process_becomes_void",
        "tests.processes.test_signals:test_a_signal_strikes_who_waits",
        "stateful.test_deaths:test_the_claim_of_the_dead_becomes_void",
        "stateful.test_deaths:test_a_death_at_any_step_of_a_program",
    ),
    "B5": (  # a consumer that dies or stalls
        "tests.processes.test_processes:test_a_killed_subscriber_is_removed_when_it_holds_somebody_back",
        "tests.processes.test_processes:test_or_whoever_is_held_back_is_told",
        "tests.processes.test_processes:test_a_stopped_subscriber_is_slow_and_not_dead",
        "stateful.test_deaths:test_a_producer_does_not_wait_for_the_dead",
    ),
    "B6": (  # closing leaves producers blocked, or a cancelled claim leaves a hole
        "tests.processes.test_processes:test_a_closed_ring_ends_readers_in_all_processes",
        "tests.processes.test_coming_and_going:test_the_end_frees_producers_in_all_processes",
        "stateful.test_kills:test_a_kill_at_any_step",
    ),
    "B13": (  # the flag is seen before the data
        "stateful.test_kills:test_store_buffers_find_that_nothing_is_fenced",
        "stateful.test_kills:test_a_program_between_processes",
        "tests.processes.test_storm:test_a_kill_storm",
    ),
    "B14": (  # a process dies while it holds a lock
        "stateful.test_kills:test_a_kill_finds",
        "stateful.test_deaths:test_a_death_finds",
        "tests.processes.test_storm:test_a_kill_storm",
    ),
    "B17": (  # registrations leak and gate for ever
        "stateful.test_deaths:test_a_death_at_any_step_of_a_program",
        "tests.processes.test_processes:test_what_killed_processes_leave_is_removed_by_the_next_ring",
        "tests.processes.test_processes:test_more_subscribers_than_there_are_rows",
        "tests.processes.test_coming_and_going:test_thousands_of_subscribers_come_and_go",
    ),
}


@pytest.mark.parametrize("name", COVERED)
def test_the_tests_of_a_class_are_there(name: str) -> None:
    for place in COVERED[name]:
        module, _, test = place.partition(":")
        assert callable(getattr(importlib.import_module(module), test)), place
