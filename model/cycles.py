"""Where one can go round in a graph: its strongly connected components.

Rule 1: by Tarjan's algorithm (Depth-first search and linear graph algorithms, SIAM J. Comput. 1, 1972), without
        recursion: a path may be as long as there are states.
Rule 2: only components in which one can go round count: several states, or one with an arrow to itself.
Rule 3: arrows may be left out, by their label, and states by not being among those that are asked for.
"""

from array import array
from collections.abc import Collection, Iterator, Sequence

from model.graph import Graph


def components(
    graph: Graph, starts: "array[int]", states: Collection[int], allowed: Sequence[bool]
) -> Iterator[list[int]]:
    """Yield each strongly connected component in which one can go round.

    Only `states` count, and only arrows whose label is `allowed`. `starts` is what `graph.starts` returns.

    >>> from model.graph import Step
    >>> graph = Graph()
    >>> for source, target in [(0, 1), (1, 2), (2, 1), (3, 3), (3, 4)]:
    ...     graph.add(source, Step("a", "goes"), target)
    >>> sorted(map(sorted, components(graph, graph.starts(5), range(5), [True])))
    [[1, 2], [3]]
    """
    targets, labels = graph.targets, graph.labels
    number: dict[int, int] = {}  # in the order of first visits
    lowest: dict[int, int] = {}  # the lowest number that can be reached and whose component is not known
    known: set[int] = set()
    waiting: list[int] = []  # whose component is not known
    for root in states:
        if root in number:
            continue
        number[root] = lowest[root] = len(number)
        waiting.append(root)
        path = [root]
        ways = [iter(range(starts[root], starts[root + 1]))]
        while path:
            state = path[-1]
            for arrow in ways[-1]:
                target = targets[arrow]
                if not allowed[labels[arrow]] or target not in states:
                    continue
                if target not in number:
                    number[target] = lowest[target] = len(number)
                    waiting.append(target)
                    path.append(target)
                    ways.append(iter(range(starts[target], starts[target + 1])))
                    break
                if target not in known:
                    lowest[state] = min(lowest[state], number[target])
            else:
                path.pop()
                ways.pop()
                if path:
                    lowest[path[-1]] = min(lowest[path[-1]], lowest[state])
                if lowest[state] == number[state]:
                    component = [waiting.pop()]
                    while component[-1] != state:
                        component.append(waiting.pop())
                    known.update(component)
                    round_it = any(
                        targets[arrow] == state and allowed[labels[arrow]]
                        for arrow in range(starts[state], starts[state + 1])
                    )
                    if len(component) > 1 or round_it:
                        yield component
