"""A state as bytes and back, in parts, so that what does not change is stored once.

Each part is canonical JSON (RFC 8259): keys sorted, no spaces, and everything beyond ASCII
escaped, because the text of a state may hold lone surrogates (undecodable bytes of the shell)
that UTF-8 cannot carry. Equal parts give equal bytes.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from rewind.errors import StateDamaged
from rewind.model.state import SECTIONS, Function, History, State, Variable

_P = TypeVar("_P")

PARTS: dict[str, tuple[str, ...]] = {
    "moment": ("cwd", "exit_code", "last_argument", "history", "foreign", "unseen"),
    "settings": (
        "dirstack",
        "options",
        "shopt",
        "traps",
        "umask",
        "limits",
        "arguments",
        "hashed",
        "disabled",
    ),
    "variables": ("variables",),
    "functions": ("functions",),
    "aliases": ("aliases",),
    "completions": ("completions",),
}
"""Which sections of a state are stored together: by how often they change, and how large they
are."""

_TUPLES = frozenset({"dirstack", "arguments"})
_SETS = frozenset({"options", "shopt", "unseen", "disabled"})
_SINGLE_TEXTS = frozenset({"cwd", "umask", "last_argument"})
_SELDOM: dict[str, Any] = {"foreign": False, "unseen": [], "disabled": []}
"""Sections that are left out where they are as most often, and what they are then."""
_NUMBERS: dict[str, type[Any]] = {"exit_code": int, "foreign": bool}

_WRONG = (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError)
"""What reading something that is no state may raise."""

_WORDS_OF_BASH = frozenset({"options", "shopt", "umask", "limits", "disabled"})


def encode_part(state: State, part: str) -> bytes:
    """Return the bytes of a part of `state`; `part` is a key of PARTS."""
    sections = {name: _plain(name, state.section(name)) for name in PARTS[part]}
    for name in _SELDOM:
        if name in sections and not sections[name]:
            del sections[name]
    return json.dumps(sections, sort_keys=True, separators=(",", ":")).encode("ascii")


def decode_state(parts: Mapping[str, bytes]) -> State:
    """Return the state that `parts`, one entry for each key of PARTS, are of. Raises StateDamaged
    where they are no such thing."""
    return state_of(map(decode_part, parts.values()))


def decode_part(data: bytes) -> dict[str, Any]:
    """Return the sections of a part, by their names. Raises StateDamaged."""
    try:
        plain = _object(json.loads(data))
        return {name: _value(name, plain[name]) for name in SECTIONS if name in plain}
    except _WRONG as error:
        raise StateDamaged("a recorded state cannot be understood") from error


def state_of(parts: Iterable[Mapping[str, Any]]) -> State:
    """Return the state of which `parts` are all the sections. Raises StateDamaged."""
    sections: dict[str, Any] = {}
    for part in parts:
        sections.update(part)
    for name, plain in _SELDOM.items():
        sections.setdefault(name, _value(name, plain))
    if len(sections) != len(SECTIONS):
        raise StateDamaged("a recorded state cannot be understood: a part of it is missing")
    return State(**sections)


def cover_part(data: bytes, text: str) -> bytes:
    """Return the bytes of a part with `text` covered by stars of the same length wherever it
    stands in a text of the user's. In names it is covered by underscores, so that they stay
    names."""
    sections = json.loads(data)
    covered = {name: _covered_section(name, plain, text) for name, plain in sections.items()}
    return json.dumps(covered, sort_keys=True, separators=(",", ":")).encode("ascii")


def _covered_section(section: str, plain: Any, text: str) -> Any:
    if section in _WORDS_OF_BASH:
        return plain
    names = "_" * len(text)
    if section == "variables":
        return {
            name.replace(text, names): [attributes, _covered(value, text)]
            for name, (attributes, value) in plain.items()
        }
    if section == "functions":
        # Its name stands in the body too.
        return {
            name.replace(text, names): [
                body.replace(text, names) if text in name else _covered(body, text),
                attributes,
            ]
            for name, (body, attributes) in plain.items()
        }
    return _covered(plain, text)


def _covered(plain: Any, text: str) -> Any:
    if isinstance(plain, str):
        return plain.replace(text, "*" * len(text))
    if isinstance(plain, list):
        return [_covered(one, text) for one in plain]
    if isinstance(plain, dict):
        return {_covered(key, text): _covered(one, text) for key, one in plain.items()}
    return plain


def _plain(section: str, value: Any) -> Any:
    if section == "variables":
        return {name: [v.attributes, _plain_variable(v.value)] for name, v in value.items()}
    if section == "functions":
        return {name: [f.body, f.attributes] for name, f in value.items()}
    if section == "history":
        return [value.number, value.last]
    if section in _SETS:
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    return value


def _plain_variable(value: str | Mapping[int, str] | Mapping[str, str] | None) -> Any:
    """Text and None as they are, an indexed array as a list of pairs, an associative one as an
    object; an empty array of either kind as an empty object."""
    if value is None or isinstance(value, str):
        return value
    if all(isinstance(key, int) for key in value) and value:
        return sorted([key, text] for key, text in value.items())
    return dict(value)


def _value(section: str, plain: Any) -> Any:
    """The value of a section. Raises TypeError, or another of those that `decode_state` knows, for
    what is none: nothing of another type gets any further than here."""
    if section == "variables":
        return {_text(name): _variable(*_list(entry)) for name, entry in _object(plain).items()}
    if section == "functions":
        return {_text(name): Function(*_texts(entry)) for name, entry in _object(plain).items()}
    if section == "history":
        number, last = _list(plain)
        return History(_typed(number, int), _text(last))
    if section in _SETS:
        return frozenset(_texts(plain))
    if section in _TUPLES:
        return tuple(_texts(plain))
    if section in _NUMBERS:
        return _typed(plain, _NUMBERS[section])
    if section in _SINGLE_TEXTS:
        return _text(plain)
    _texts(list(_object(plain).values()))
    return plain


def _variable(attributes: Any, value: Any) -> Variable:
    if isinstance(value, list):
        elements = {_typed(key, int): _text(text) for key, text in value}
        return Variable(_text(attributes), elements)
    if isinstance(value, dict):
        _texts(list(value.values()))
    elif value is not None:
        _text(value)
    return Variable(_text(attributes), value)


def _typed(plain: Any, kind: type[_P]) -> _P:
    # True is an int too, but no number.
    if type(plain) is not kind:
        raise TypeError(f"{kind.__name__} expected")
    return plain


def _object(plain: Any) -> dict[str, Any]:
    return _typed(plain, dict)


def _list(plain: Any) -> list[Any]:
    return _typed(plain, list)


def _text(plain: Any) -> str:
    text = _typed(plain, str)
    if "\0" in text:
        raise ValueError("bash holds no NUL")
    return text


def _texts(plain: Any) -> list[str]:
    texts = _list(plain)
    if not all(type(text) is str for text in texts):
        raise TypeError("texts expected")
    return texts
