"""The errors as a tree, made from the classes."""

import disruptor
from disruptor import DisruptorError
from model.draw import table

ERRORS = [
    thing
    for name in disruptor.__all__
    if isinstance(thing := getattr(disruptor, name), type) and issubclass(thing, DisruptorError)
]


def builtin(error: type[DisruptorError]) -> type[BaseException]:
    """Return the builtin that an error derives from besides."""
    return next(base for base in error.__mro__ if base.__module__ == "builtins")


def tree() -> str:
    """Return the tree: each error beneath the builtin that catches it too, and all beneath their base."""
    groups: dict[str, list[str]] = {}
    for error in ERRORS:
        if error is not DisruptorError:
            groups.setdefault(builtin(error).__name__, []).append(error.__name__)
    lines = ["DisruptorError"]
    for k, (name, names) in enumerate(sorted(groups.items())):
        last = k + 1 == len(groups)
        lines.append(f"{'└' if last else '├'}── also a {name}")
        for j, error_name in enumerate(sorted(names)):
            lines.append(f"{' ' if last else '│'}   {'└' if j + 1 == len(names) else '├'}── {error_name}")
    return "```text\n" + "\n".join(lines) + "\n```"


def meanings() -> str:
    """Return a table: what each error means, and what catches it as well."""
    rows = [
        [f"`{error.__name__}`", f"`{builtin(error).__name__}`", " ".join((error.__doc__ or "").split())]
        for error in ERRORS
        if error is not DisruptorError
    ]
    return table(["error", "also a", "it means"], rows)
