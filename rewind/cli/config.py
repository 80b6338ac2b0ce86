"""Reads config.toml. What is wrong in it is told, and stands at its default: a typing error there
must not keep anybody from the shell."""

import math
import os
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

from rewind.model.config import (
    PROMPT_CHOICES,
    Config,
    FilesConfig,
    PromptConfig,
    RecordConfig,
    Rules,
)
from rewind.store.location import config_path

_Section = TypeVar("_Section")


def load(path: Path | None = None) -> tuple[Config, list[str]]:
    """The configuration, and what is wrong with the file, one text each."""
    path = path or config_path()
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return Config(), []
    except (OSError, UnicodeDecodeError) as error:
        return Config(), [f"{path} cannot be read: {error}"]
    import tomllib

    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Config(), [f"{path}: {error}"]
    wrong: list[str] = []
    if "on-undo" in tables and (open_ := _open_to_others(path)):
        del tables["on-undo"]
        wrong.append(f"[on-undo] is not used: {open_} can be written by others")
    config = Config(
        section(PromptConfig(), tables.get("prompt", {}), "prompt", wrong, PROMPT_CHOICES),
        section(FilesConfig(), tables.get("files", {}), "files", wrong, {}),
        section(RecordConfig(), tables.get("record", {}), "record", wrong, {}),
        *(rules(tables.get(name, {}), name, wrong) for name in ("reach", "on-undo", "normalize")),
    )
    known = {part.name.replace("_", "-") for part in fields(Config)}
    wrong += [f"[{name}] is no section" for name in tables if name not in known]
    return config, [f"{path}: {text}" for text in wrong]


def _open_to_others(path: Path) -> Path | None:
    """The file or its folder, whichever somebody else can write: its rules would run what they
    like. A group of the same number as the user is the user's own."""
    file = path.resolve()
    for place in (file, file.parent):
        status = place.stat()
        ours = status.st_uid in (os.geteuid(), 0)
        closed = stat.S_IWOTH | (stat.S_IWGRP if status.st_gid != status.st_uid else 0)
        if not ours or status.st_mode & closed:
            return place
    return None


def rules(table: Any, name: str, wrong: list[str]) -> Rules:
    """The patterns of a section with their texts. What is no pattern is added to `wrong`."""
    if not isinstance(table, Mapping):
        wrong.append(f"{name} is no section")
        return ()
    found = []
    for pattern, text in table.items():
        try:
            groups = re.compile(pattern).groups
            if not isinstance(text, str):
                raise re.error("its value is no text")
            if name == "on-undo":
                re.compile("()" * groups).sub(text, "")
        except (re.error, IndexError) as error:
            wrong.append(f"[{name}] {pattern!r}: {error}")
        else:
            found.append((pattern, text))
    return tuple(found)


def section(
    default: _Section,
    table: Any,
    name: str,
    wrong: list[str],
    choices: Mapping[str, Sequence[str]],
) -> _Section:
    """`default` with what `table` says in its place. What does not fit is added to `wrong`."""
    if not isinstance(table, Mapping):
        wrong.append(f"{name} is no section")
        return default
    values: dict[str, Any] = {}
    known = {part.name for part in fields(default)}  # type: ignore[arg-type]
    for key, value in table.items():
        if key not in known:
            wrong.append(f"[{name}] has no {key}")
            continue
        wanted = type(getattr(default, key))
        if wanted is float and type(value) is int:
            value = float(value)
        if type(value) is not wanted:
            wrong.append(f"[{name}] {key}: {value!r} is no {_KINDS[wanted]}")
        elif wanted in (int, float) and not 0 <= value < math.inf:
            wrong.append(f"[{name}] {key}: {value!r} is not possible")
        elif key in choices and value not in choices[key]:
            wrong.append(f"[{name}] {key}: {value!r} is none of {', '.join(choices[key])}")
        else:
            values[key] = value
    return replace(default, **values)  # type: ignore[type-var]


_KINDS = {bool: "true or false", str: "text", float: "number", int: "whole number"}
