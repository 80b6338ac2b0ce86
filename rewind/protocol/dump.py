"""The stream that `rewind.shell.capture.dump_script` makes bash write, read.

Fields end in NUL: format, version, exit code, last argument, folder, count and positional
parameters, size of the directory stack and its folders below the first, eleven listings, the
functions' text (in one, or by name), the last history entry, an end mark.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rewind.model.state import State, Variable
from rewind.protocol import listings
from rewind.protocol.declare import Damaged, declarations, mapping, variable
from rewind.protocol.hooked import clean_hooks
from rewind.protocol.listings import HISTORY_MARK, FunctionsUnclear
from rewind.protocol.quote import decode
from rewind.protocol.volatile import is_state

__all__ = ["END", "FORMAT", "HISTORY_MARK", "Damaged", "Dump", "FunctionsUnclear", "parse_dump"]

FORMAT = "rewind-state-2"
"""The first field. Its number changes whenever the fields do."""

END = "rewind-end"
"""The last field: without it the dump was cut off."""

_LISTED = (
    "variables",
    "function_names",
    "aliases",
    "options",
    "shopt",
    "traps",
    "completions",
    "umask",
    "limits",
    "hashed",
    "disabled",
)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Dump:
    """A state, with what the next parse can reuse. `version` is bash's, major and minor. `raw`
    is what bash printed for each section; `parsed` what came of it; `entries` what came of each
    declaration of a variable (None: no part of the state)."""

    state: State
    version: tuple[int, int]
    raw: Mapping[str, tuple[bytes, ...]] = field(repr=False)
    parsed: Mapping[str, Any] = field(repr=False)
    entries: Mapping[bytes, tuple[str, Variable] | None] = field(repr=False)


class _Fields:
    """The fields, taken one after the other."""

    def __init__(self, raw: bytes) -> None:
        self._fields = raw.split(b"\0")
        self._at = 0

    def take(self) -> bytes:
        if self._at >= len(self._fields) - 1:
            raise Damaged("the dump was cut off")
        self._at += 1
        return self._fields[self._at - 1]

    def number(self) -> int:
        text = self.take()
        if not text.isdigit():
            raise Damaged("no number where one should be")
        return int(text)

    def many(self, count: int) -> tuple[str, ...]:
        return tuple(decode(self.take()) for _ in range(count))

    def finished(self) -> bool:
        return self._fields[self._at :] == [b""]


class _Reuse:
    """Gives back the previous dump's value for what is as it was."""

    def __init__(self, previous: Dump | None) -> None:
        self._raw = previous.raw if previous else {}
        self._parsed = previous.parsed if previous else {}
        self.entries = previous.entries if previous else {}
        self.raw: dict[str, tuple[bytes, ...]] = {}
        self.parsed: dict[str, Any] = {}

    def value(self, name: str, raw: tuple[bytes, ...], parse: Callable[[], _T]) -> _T:
        """`raw` is all that the value depends on."""
        if raw == self._raw.get(name):
            parsed: _T = self._parsed[name]
        else:
            parsed = parse()
            if parsed == self._parsed.get(name):
                parsed = self._parsed[name]
        self.raw[name] = raw
        self.parsed[name] = parsed
        return parsed


def parse_dump(raw: bytes, previous: Dump | None = None) -> Dump:
    """Read one dump. Parts that are as in `previous` are its very objects. Raises Damaged (a
    ValueError) for anything that is not one whole dump, FunctionsUnclear (a Damaged) where the
    dump has to be made again, function by function."""
    fields = _Fields(raw)
    if fields.take() != FORMAT.encode():
        raise Damaged("no dump of this format")
    version = _version(fields.take())
    exit_code = fields.number()
    last_argument = decode(fields.take())
    cwd = decode(fields.take())
    arguments = fields.many(fields.number())
    dirstack = fields.many(max(fields.number() - 1, 0))
    listed = {name: fields.take() for name in _LISTED}
    texts = _function_texts(fields)
    last_entry = fields.take()
    if fields.take() != END.encode() or not fields.finished():
        raise Damaged("the dump's end is not where it should be")

    reuse = _Reuse(previous)
    entries: dict[bytes, tuple[str, Variable] | None] = {}

    def section(name: str, parse: Callable[[bytes], _T], *also: bytes) -> _T:
        return reuse.value(name, (listed[name], *also), lambda: parse(listed[name]))

    options = section("options", listings.options)
    shopt = section("shopt", listings.options)
    hosts = "hostcomplete" in shopt
    posix = "posix" in options
    quoted = version >= (5, 2)
    attributes = section("function_names", listings.function_attributes)
    state = State(
        cwd=cwd,
        dirstack=dirstack,
        variables=section(
            "variables",
            lambda text: _variables(text, reuse.entries, entries) | _breaks(text, hosts),
            b"%d" % hosts,
        ),
        functions=reuse.value(
            "functions",
            (listed["function_names"], *texts),
            lambda: listings.functions(_divided(texts, list(attributes)), attributes),
        ),
        aliases=section("aliases", listings.aliases),
        options=options,
        shopt=shopt,
        traps=section("traps", listings.traps),
        umask=decode(listed["umask"]).strip(),
        limits=section("limits", lambda text: listings.limits(text, posix=posix), b"%d" % posix),
        arguments=arguments,
        completions=section(
            "completions",
            lambda text: listings.completions(text, names_quoted=quoted),
            b"%d" % quoted,
        ),
        hashed=section("hashed", mapping),
        disabled=section("disabled", listings.disabled),
        exit_code=exit_code,
        last_argument=last_argument,
        history=listings.history(last_entry),
    )
    return Dump(state, version, reuse.raw, reuse.parsed, entries or reuse.entries)


def unclear_functions(
    raw: bytes, known: tuple[bytes, ...]
) -> tuple[Sequence[str], tuple[bytes, ...]]:
    """The names of the functions that have to be dumped one by one to be told apart in `raw` (as a
    rule none), and what this depends on: give it as `known` the next time, and what has not changed
    is not looked at again. A dump that is damaged has none: whoever parses it will say so."""
    try:
        fields = _Fields(raw)
        for _ in range(5):
            fields.take()
        fields.many(fields.number())
        fields.many(max(fields.number() - 1, 0))
        listed = {name: fields.take() for name in _LISTED}
        part = (listed["function_names"], *_function_texts(fields))
        if part != known:
            _divided(part[1:], list(listings.function_attributes(part[0])))
    except FunctionsUnclear as unclear:
        return unclear.names, part
    except Damaged:
        return (), known
    return (), part


def _breaks(declared: bytes, hosts: bool) -> dict[str, Variable]:
    """What divides the words that readline completes (bashline.c). bash does not say it in a list
    of its variables until somebody has looked it up."""
    if b"\ndeclare -- COMP_WORDBREAKS\n" not in declared:
        return {}
    return {"COMP_WORDBREAKS": Variable(value=" \t\n\"'" + "@" * hosts + "><=;|&(:")}


def _version(raw: bytes) -> tuple[int, int]:
    major, _, minor = raw.partition(b".")
    if not (major.isdigit() and minor.isdigit()):
        raise Damaged("no version of bash")
    return int(major), int(minor)


def _function_texts(fields: _Fields) -> tuple[bytes, ...]:
    """One text that begins with what it is: `2` all functions in one, `1` each by itself."""
    kind = fields.take()
    if kind == b"2":
        return (kind, fields.take())
    texts = [b"1"]
    while kind == b"1":
        texts.append(fields.take())
        kind = fields.take()
    if kind != b"0":
        raise Damaged("no functions where they should be")
    return tuple(texts)


def _divided(texts: tuple[bytes, ...], names: list[bytes]) -> list[bytes]:
    kind, *rest = texts
    if kind == b"2":
        return listings.divide_functions(rest[0], names)
    found = [text for text in rest if text]
    if len(found) != len(names) or not all(
        text.startswith((name + b" () \n", b"function " + name + b" () \n"))
        for text, name in zip(found, names, strict=False)
    ):
        # Functions came or went since their names were noted down.
        raise FunctionsUnclear([decode(name) for name in names])
    return found


def _variables(
    raw: bytes,
    known: Mapping[bytes, tuple[str, Variable] | None],
    entries: dict[bytes, tuple[str, Variable] | None],
) -> dict[str, Variable]:
    found: dict[str, Variable] = {}
    for entry, name, attributes, value, elements in declarations(raw):
        if not is_state(name):
            continue
        if entry in known:
            item = known[entry]
        else:
            cleaned = clean_hooks(name, variable(attributes, value, elements))
            item = None if cleaned is None else (name, cleaned)
        entries[entry] = item
        if item is not None:
            found[name] = item[1]
    return found
