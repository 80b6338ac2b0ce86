"""A shell's state, as text to read."""

from collections.abc import Iterable, Iterator

from rewind.model.names import printable
from rewind.model.state import State, Variable
from rewind.render import words
from rewind.render.style import Style


def described(state: State, style: Style) -> Iterator[str]:
    """The state, part by part; parts that are empty are left out."""
    yield f"cwd        {printable(state.cwd)}"
    for index, folder in enumerate(state.dirstack, 1):
        yield f"dirs +{index:<4} {printable(folder)}"
    for index, argument in enumerate(state.arguments, 1):
        yield f"${index:<9} {words.one_line(argument)}"
    yield f"umask      {printable(state.umask)}"
    variables = sorted(state.variables.items())
    exported = (_variable(name, each) for name, each in variables if each.exported)
    others = (_variable(name, each) for name, each in variables if not each.exported)
    yield from _section("environment", exported, style)
    yield from _section("variables", others, style)
    aliases = (f"{printable(k)}={words.one_line(v)}" for k, v in sorted(state.aliases.items()))
    yield from _section("aliases", aliases, style)
    yield from _section("set -o", map(printable, sorted(state.options)), style)
    yield from _section("shopt", map(printable, sorted(state.shopt)), style)
    traps = (
        f"{printable(name)}: {words.one_line(text)}" for name, text in sorted(state.traps.items())
    )
    yield from _section("traps", traps, style)
    yield from _section("functions", _functions(state), style)


def _section(title: str, content: Iterable[str], style: Style) -> Iterator[str]:
    found = list(content)
    if found:
        yield ""
        yield style.bold(title)
        yield from (f"  {line}" for line in found)


def _variable(name: str, variable: Variable) -> str:
    name, attributes = printable(name), printable(variable.attributes.replace("x", ""))
    shown = f"-{attributes} " if attributes else ""
    match variable.value:
        case None:
            return f"{shown}{name}"
        case str(text):
            return f"{shown}{name}={words.one_line(text)}"
        case elements:
            inner = " ".join(
                f"[{words.one_line(str(key))}]={words.one_line(element)}"
                for key, element in elements.items()
            )
            return f"{shown}{name}=({inner})"


def _functions(state: State) -> Iterator[str]:
    for name in sorted(state.functions):
        yield from words.lines(state.functions[name].body).splitlines()
