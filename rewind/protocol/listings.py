"""What bash's listing commands print, read: functions, aliases, options, traps, completions,
limits, history. Everything raises `rewind.protocol.declare.Damaged` for what is no such listing.
"""

import re
from collections.abc import Mapping, Sequence

from rewind.model.state import Function, History
from rewind.protocol.declare import Damaged
from rewind.protocol.hooked import unhooked_trap
from rewind.protocol.quote import decode, quote_if_needed, unquote
from rewind.protocol.volatile import OWN_PREFIX

HISTORY_MARK = "\x1f"
"""What stands between number and text of a history entry, by way of HISTTIMEFORMAT."""

_SINGLE = rb"(?:'[^']*'|\\')+"
_NAME_LINE = re.compile(rb"declare -f([a-z]*) (\S+)\n")
_HEADER = re.compile(rb"^(?:function )?(\S+) \(\) \n", re.MULTILINE)
_ALIAS = re.compile(rb"alias (?:-- )?([^=\n]+)=(" + _SINGLE + rb"|[^'\n]*)\n")
_OPTION = re.compile(rb"(?:set|shopt) ([-+])([osu]) (\S+)\n")
_TRAP = re.compile(rb"trap -- (" + _SINGLE + rb") (\S+)\n")
_DISABLED = re.compile(rb"enable -n (\S+)\n")
_LIMIT = re.compile(rb".*?\((?:(.*), )?-([A-Za-z])\) +(\S+)\n")
_HISTORY = re.compile(rb" *([0-9]+)[* ] ?(?:\x1f|\?\?)?(.*)\n", re.DOTALL)
_COMPLETION_OPTION = re.compile(
    rb"-([abcdefgjksuv]) |-([oAF]) (\S+) |-([GWPSXC]) (" + _SINGLE + rb") "
)
_COMPLETION_NAME = re.compile(rb"(" + _SINGLE + rb"|\$'(?:[^'\\]|\\.)*'|[^\n]*)\n", re.DOTALL)


class FunctionsUnclear(Damaged):
    """The functions' text can be divided in more than one way: a here-document in one holds what
    looks like the beginning of another. `names` are all functions there are; a dump that lists
    them one by one is clear (see `rewind.shell.capture`)."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__("the functions' text can be divided in more than one way")
        self.names = tuple(names)


def _matches(pattern: re.Pattern[bytes], raw: bytes, what: str) -> list[re.Match[bytes]]:
    found: list[re.Match[bytes]] = []
    at = 0
    while at < len(raw):
        match = pattern.match(raw, at)
        if match is None or match.end() == at:
            raise Damaged(f"no {what} at byte {at}")
        found.append(match)
        at = match.end()
    return found


def disabled(raw: bytes) -> frozenset[str]:
    """Return the builtins that `enable -n` lists."""
    return frozenset(decode(match[1]) for match in _matches(_DISABLED, raw, "builtin"))


def function_attributes(raw: bytes) -> dict[bytes, str]:
    """Return each function's attribute letters, in the order of `declare -F`."""
    return {
        match[2]: "".join(sorted(match[1].decode()))
        for match in _matches(_NAME_LINE, raw, "function's name")
    }


def divide_functions(raw: bytes, names: Sequence[bytes]) -> list[bytes]:
    """Return the text of each function of `names` from the output of `declare -f`.

    Every function begins with a header line at the left margin. Where there are as many lines
    that could be one as there are functions, they are the headers; where there are more (in
    here-documents and quoted text), nothing in the text itself could tell, so it raises
    FunctionsUnclear."""
    known = set(names)
    headers = [match for match in _HEADER.finditer(raw) if match[1] in known]
    if len(headers) > len(names):
        raise FunctionsUnclear([decode(name) for name in names])
    if [match[1] for match in headers] != list(names) or (headers and headers[0].start() != 0):
        raise Damaged("the functions' text does not fit their names")
    if not headers and raw:
        raise Damaged("functions' text without a name")
    starts = [match.start() for match in headers]
    return [raw[a:b] for a, b in zip(starts, [*starts[1:], len(raw)], strict=bool(starts))]


def functions(texts: Sequence[bytes], attributes: Mapping[bytes, str]) -> dict[str, Function]:
    """Return the user's functions; `texts` are in the order of `attributes`."""
    return {
        decode(name): Function(decode(text), letters)
        for text, (name, letters) in zip(texts, attributes.items(), strict=True)
        if not name.startswith(OWN_PREFIX.encode())
    }


def aliases(raw: bytes) -> dict[str, str]:
    return {decode(m[1]): unquote(m[2]) for m in _matches(_ALIAS, raw, "alias")}


def options(raw: bytes) -> frozenset[str]:
    """Return the names that `set +o` or `shopt -p` says are on."""
    return frozenset(
        m[3].decode("ascii", "replace")
        for m in _matches(_OPTION, raw, "option")
        if (m[1], m[2]) in ((b"-", b"o"), (b"-", b"s"))
    )


def traps(raw: bytes) -> dict[str, str]:
    """Return signal to text, as the user set it. In posix mode bash leaves out SIG; here it is
    always there."""
    found = {}
    for match in _matches(_TRAP, raw, "trap"):
        name = decode(match[2])
        text = unquote(match[1])
        if name in ("EXIT", "ERR", "DEBUG") and OWN_PREFIX in text:
            text = unhooked_trap(text)
            if not text:
                continue
        if not name.startswith("SIG") and name not in ("EXIT", "DEBUG", "ERR", "RETURN"):
            name = "SIG" + name
        found[name] = text
    return found


def limits(raw: bytes, *, posix: bool) -> dict[str, str]:
    """Return `ulimit` letter to value. Blocks are of 1024 bytes, or 512 in posix mode; here they
    are always of 1024. The size of a pipe is left out: it cannot be set."""
    found = {}
    for match in _matches(_LIMIT, raw, "limit"):
        unit, letter, value = match.groups()
        text = decode(value)
        if unit == b"blocks" and posix and text.isdecimal():
            text = str(int(text) // 2)
        if letter != b"p":
            found[letter.decode()] = text
    return found


def completions(raw: bytes, *, names_quoted: bool) -> dict[str, str]:
    """Return command to `complete` line, every word of it quoted as it must be. bash before 5.2
    does not quote names."""
    found = {}
    at = 0
    while at < len(raw):
        if not raw.startswith(b"complete ", at):
            raise Damaged(f"no completion at byte {at}")
        at += len(b"complete ")
        words = []
        while match := _COMPLETION_OPTION.match(raw, at):
            flag, *pairs = match.groups()
            letters, values = pairs[::2], pairs[1::2]
            if flag:
                words.append(f"-{flag.decode()}")
            for letter, value in zip(letters, values, strict=True):
                if letter:
                    text = decode(value) if letter in b"oAF" else unquote(value)
                    words.append(f"-{letter.decode()} {quote_if_needed(text)}")
            at = match.end()
        last = _COMPLETION_NAME.match(raw, at)
        if last is None:
            raise Damaged(f"no name of a completion at byte {at}")
        at = last.end()
        name = unquote(last[1]) if names_quoted else decode(last[1])
        words.append(name if name in ("-D", "-E", "-I") else _completion_name(name))
        found[name] = " ".join(["complete", *words])
    return found


def _completion_name(name: str) -> str:
    quoted = quote_if_needed(name)
    return f"-- {quoted}" if name.startswith("-") else quoted


def history(raw: bytes) -> History:
    """Return the entry that `history 1` shows, whose HISTTIMEFORMAT was HISTORY_MARK."""
    if not raw:
        return History()
    match = _HISTORY.fullmatch(raw)
    if match is None:
        raise Damaged("no history entry")
    return History(int(match[1]), decode(match[2]))
