"""A state as JSON, whole, and back."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from rewind.export.json_text import decode_text, encode_text
from rewind.model.state import Function, History, State, Variable

_ATTRIBUTES = frozenset("aAilnrtuxc")
_MAPPINGS = ("aliases", "traps", "limits", "completions", "hashed")
_SETS = ("options", "shopt")
_LISTS = ("dirstack", "arguments")
_TEXTS = ("cwd", "umask", "last_argument")

T = TypeVar("T")


def state_to_json(state: State) -> dict[str, Any]:
    """The state with all its sections; texts as `json_text` writes them."""
    return {
        **{name: encode_text(state.section(name)) for name in _TEXTS},
        **{name: [encode_text(text) for text in state.section(name)] for name in _LISTS},
        "variables": {
            encode_text(name): {
                "attributes": variable.attributes,
                "value": _value_to_json(variable.value),
            }
            for name, variable in state.variables.items()
        },
        "functions": {
            encode_text(name): {
                "body": encode_text(function.body),
                "attributes": function.attributes,
            }
            for name, function in state.functions.items()
        },
        **{name: _mapping_to_json(state.section(name)) for name in _MAPPINGS},
        **{name: sorted(encode_text(text) for text in state.section(name)) for name in _SETS},
        "exit_code": state.exit_code,
        "history": {"number": state.history.number, "last": encode_text(state.history.last)},
    }


def _mapping_to_json(mapping: Mapping[str, str]) -> dict[str, str]:
    return {encode_text(name): encode_text(value) for name, value in mapping.items()}


def _value_to_json(value: str | Mapping[int, str] | Mapping[str, str] | None) -> Any:
    if value is None:
        return None
    if isinstance(value, str):
        return encode_text(value)
    return {encode_text(str(key)): encode_text(item) for key, item in value.items()}


def state_from_json(document: Any) -> State:
    """The state that `state_to_json` was given. Raises ValueError for what is no such document."""
    whole = _object(document)
    return State(
        cwd=_text(whole.get("cwd", "/")),
        dirstack=tuple(_texts(whole.get("dirstack", []))),
        variables=_entries(whole.get("variables", {}), _variable),
        functions=_entries(whole.get("functions", {}), _function),
        aliases=_entries(whole.get("aliases", {}), _text),
        options=frozenset(_texts(whole.get("options", []))),
        shopt=frozenset(_texts(whole.get("shopt", []))),
        traps=_entries(whole.get("traps", {}), _text),
        umask=_text(whole.get("umask", "0022")),
        limits=_entries(whole.get("limits", {}), _text),
        arguments=tuple(_texts(whole.get("arguments", []))),
        completions=_entries(whole.get("completions", {}), _text),
        hashed=_entries(whole.get("hashed", {}), _text),
        exit_code=_integer(whole.get("exit_code", 0)),
        last_argument=_text(whole.get("last_argument", "")),
        history=_history(whole.get("history", {})),
    )


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("an object is missing in a state")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text is missing in a state")
    text = decode_text(value)
    if "\0" in text:
        raise ValueError("a text in a state holds a NUL, which bash cannot")
    return text


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError("a list is missing in a state")
    return [_text(item) for item in value]


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("a number is missing in a state")
    return value


def _entries(value: Any, item: Callable[[Any], T]) -> dict[str, T]:
    return {_text(name): item(entry) for name, entry in _object(value).items()}


def _attributes(value: Any) -> str:
    attributes = _text(value)
    if not _ATTRIBUTES.issuperset(attributes):
        raise ValueError("unknown attributes of a variable or function in a state")
    return attributes


def _variable(value: Any) -> Variable:
    entry = _object(value)
    attributes, content = _attributes(entry.get("attributes", "")), entry.get("value")
    if content is None:
        return Variable(attributes, None)
    if not isinstance(content, dict):
        return Variable(attributes, _text(content))
    if "a" in attributes:
        return Variable(attributes, {int(key): _text(item) for key, item in content.items()})
    return Variable(attributes, _entries(content, _text))


def _function(value: Any) -> Function:
    entry = _object(value)
    return Function(_text(entry.get("body")), _attributes(entry.get("attributes", "")))


def _history(value: Any) -> History:
    entry = _object(value)
    return History(_integer(entry.get("number", 0)), _text(entry.get("last", "")))
