"""What a command takes on its line, said without typer.

Loading typer takes five times as long as starting Python. A command whose annotations hold these
marks instead of typer's is called by `quick_call` when its words are plain and right; help, errors
and every unusual way of writing go to typer, for which `typed` turns the marks into its own. So
typer stays the judge, and a correct `rewind log --json` does not wait for it.
"""

from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, NamedTuple


class Option(NamedTuple):
    """An option. `names` are what it is called (empty: `--` and the parameter's name), `metavar`
    is what stands for its value in the help, `minimum` the least number that it takes."""

    names: tuple[str, ...] = ()
    help: str = ""
    metavar: str | None = None
    minimum: int | None = None

    def called(self, parameter: str) -> tuple[str, ...]:
        """What it is called on the line."""
        return self.names or ("--" + parameter.replace("_", "-"),)


class Argument(NamedTuple):
    """A positional word; of a parameter that is a list, all that are left."""

    metavar: str
    help: str = ""
    minimum: int | None = None


Mark = Option | Argument

_PLAIN: dict[object, type] = {bool: bool, int: int, int | None: int, str: str, str | None: str}


def quick_call(
    function: Callable[..., Any], words: Sequence[str], interspersed: bool
) -> dict[str, Any] | None:
    """Return the arguments to call `function` with for `words`. None where that takes typer: an
    annotation is not ours, or the words are wrong, abbreviated or ask for help."""
    marks = _marks(function)
    if marks is None:
        return None
    options = {
        name: (parameter, kind, mark)
        for parameter, (kind, mark) in marks.items()
        if isinstance(mark, Option)
        for name in mark.called(parameter)
    }
    found: dict[str, Any] = {}
    positional: list[str] = []
    left = list(reversed(words))
    while left:
        word = left.pop()
        if word == "--" or (positional and not interspersed):
            positional += ([] if word == "--" else [word]) + left[::-1]
            break
        if word[:1] != "-" or word == "-":
            positional.append(word)
            continue
        name, has_value, value = word.partition("=")
        if name not in options:
            return None
        parameter, kind, mark = options[name]
        if kind is bool and not has_value:
            found[parameter] = True
            continue
        if kind is bool or not name.startswith("--"):
            return None
        if not has_value:
            if not left or left[-1].startswith("-"):
                return None
            value = left.pop()
        found[parameter] = _value(value, kind, mark)
        if found[parameter] is None:
            return None
    return _with_positional(function, marks, found, positional)


def _value(text: str, kind: object, mark: Mark) -> str | int | None:
    if kind is not int:
        return text
    if not (text.isascii() and text.isdigit()) or int(text) < (mark.minimum or 0):
        return None
    return int(text)


def _with_positional(
    function: Callable[..., Any],
    marks: dict[str, tuple[object, Mark]],
    found: dict[str, Any],
    words: list[str],
) -> dict[str, Any] | None:
    optional = _optional(function)
    arguments = [name for name, (_, mark) in marks.items() if isinstance(mark, Argument)]
    for place, name in enumerate(arguments):
        if marks[name][0] is list:
            if name not in optional and not words:
                return None
            found[name], words = words, []
        elif words:
            found[name] = _value(words[0], *marks[name])
            words = words[1:]
            if found[name] is None:
                return None
        elif name not in optional:
            return None
        if name in optional and any(other not in optional for other in arguments[place + 1 :]):
            return None
    required = set(marks) - optional - set(found)
    return None if words or required else found


def typed(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` with typer's marks in its annotations instead of ours; itself where it has none of
    ours."""
    import typer

    changed: dict[str, Any] = {}
    for parameter, annotation in function.__annotations__.items():
        mark = _mark(annotation)
        if isinstance(mark, Option):
            theirs: Any = typer.Option(
                *mark.called(parameter), help=mark.help, metavar=mark.metavar, min=mark.minimum
            )
        elif isinstance(mark, Argument):
            theirs = typer.Argument(metavar=mark.metavar, help=mark.help, min=mark.minimum)
        else:
            continue
        changed[parameter] = _annotated(annotation.__origin__, theirs)
    if not changed or not isinstance(function, FunctionType):
        return function
    copy = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__
    )
    copy.__doc__ = function.__doc__
    copy.__annotations__ = {**function.__annotations__, **changed}
    return copy


def _annotated(kind: Any, mark: object) -> Any:
    from typing import Annotated

    return Annotated[kind, mark]


def _mark(annotation: object) -> Mark | None:
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, Option | Argument):
            return mark
    return None


def _marks(function: Callable[..., Any]) -> dict[str, tuple[object, Mark]] | None:
    """The kind (bool, int, str or list) and the mark of each parameter; None where one has no mark
    of ours or a kind that only typer reads."""
    found: dict[str, tuple[object, Mark]] = {}
    for parameter, annotation in function.__annotations__.items():
        if parameter == "return":
            continue
        mark = _mark(annotation)
        origin = getattr(annotation, "__origin__", None)
        listed = origin == list[str] and isinstance(mark, Argument)
        kind = list if listed else _PLAIN.get(origin)
        if mark is None or kind is None:
            return None
        found[parameter] = (kind, mark)
    return found


def _optional(function: Callable[..., Any]) -> set[str]:
    code, defaults = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[: code.co_argcount]
    return set(names[len(names) - len(defaults) :])
