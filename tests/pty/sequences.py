"""What is typed into both bashes, read from the files in `inputs`.

A sequence is one life of a shell. `== NAME` begins it, `(since 5.1)` says what it needs;
`rc: LINE` are the lines of its ~/.bashrc. Then each line is a command, `| LINE` is one more line of
the command before, `?` asks for `$?` and PIPESTATUS, and a command in double quotes is what stands
in them. `keys: KEYS` are pressed while the command before runs: once it has printed TEXT
(`after: "TEXT"`), or, without that, once a program of its own has the terminal.
`^X` is Ctrl-X, `^M` Enter.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from harness.places import BASHRC

STATUS = 'echo "$? ${PIPESTATUS[*]}"'
_TITLE = re.compile(r"== (?P<name>.*?)(?: \(since (?P<major>\d+)\.(?P<minor>\d+)\))?")
_KEYS = re.compile(r'keys: (?P<keys>.*?)(?: after: "(?P<after>.*)")?')


@dataclass(frozen=True)
class Command:
    text: str
    keys: bytes = b""
    after: bytes | None = None


@dataclass(frozen=True)
class Sequence:
    name: str
    commands: tuple[Command, ...]
    rc: str
    oldest: tuple[int, int]


def sequences() -> list[Sequence]:
    """All of them, in the order of the files' names."""
    found: list[Sequence] = []
    for file in sorted(Path(__file__).with_name("inputs").glob("*.txt")):
        for part in re.split(r"\n+(?=== )", file.read_text().strip("\n")):
            found.append(_sequence(part.split("\n")))
    return found


def _sequence(lines: list[str]) -> Sequence:
    title = _TITLE.fullmatch(lines[0])
    assert title is not None, lines[0]
    rc = [line.removeprefix("rc: ") for line in lines[1:] if line.startswith("rc: ")]
    commands: list[Command] = []
    for line in lines[1:]:
        last = commands[-1] if commands else Command("")
        if line.startswith("rc: "):
            continue
        if line.startswith("| "):
            commands[-1] = Command(f"{last.text}\n{line[2:]}")
        elif match := _KEYS.fullmatch(line):
            after = match["after"].encode() if match["after"] is not None else None
            commands[-1] = Command(last.text, _pressed(match["keys"]), after)
        elif line == "?":
            commands.append(Command(STATUS))
        else:
            quoted = re.fullmatch(r'"([\s]*)"', line)
            commands.append(Command(quoted[1] if quoted else line))
    oldest = (int(title["major"]), int(title["minor"])) if title["major"] else (4, 4)
    return Sequence(title["name"], tuple(commands), "\n".join([*rc, ""]) if rc else BASHRC, oldest)


def _pressed(keys: str) -> bytes:
    return re.sub(r"\^([@-_])", lambda key: chr(ord(key[1]) - 64), keys).encode()
