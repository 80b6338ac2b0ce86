"""Random programs in a recorded shell, with files, and jumps in any order: what was recorded at a
step is what is there after a jump to it, and no line ever loses a step."""

import os
import re
import shutil
import tempfile
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from harness.bash_lines import HOSTED_LINES
from harness.places import Home
from harness.unprompted import Unprompted, play
from rewind.engine.go import lost
from rewind.model.changes import differences
from rewind.model.session import Position
from rewind.model.state import State

_MARK = b"\n== next ==\n"
_ASKED = "; \\builtin printf '\\n== next ==\\n'; ".join(
    f"\\builtin {asked}"
    for asked in (
        *("declare -p", "declare -F", "declare -f", "alias -p", "shopt -p", "set +o", "umask"),
        *("ulimit -Sa", "dirs -l -p", "trap -p", "complete -p", "printf '<%q>\\n' \"$@\"", "pwd"),
    )
)
"""What bash itself tells of its state: no code of ours reads it."""

_OTHER_EVERY_TIME = re.compile(
    rb"BASH_(ARGC|ARGV|CMDS|COMMAND|EXECUTION_STRING|LINENO|SOURCE|SUBSHELL|MONOSECONDS|TRAPSIG)|BASHPID|EPOCH.*"
    rb"|FUNCNAME|HISTCMD|LINENO|PIPESTATUS|S?RANDOM|SECONDS|READLINE_.*|_|__rw_.*|COLUMNS|LINES"
    rb"|BASHOPTS|SHELLOPTS|COMP_(CWORD|KEY|LINE|POINT|TYPE|WORDS)|COPROC|REWIND_SESSION|OPTIND|DIRSTACK|BASH_REMATCH"
)
_PATHS = st.sampled_from(["x", "y", "d/x", "d/e/y", "a/x", "n\nl"])
_MODES = st.sampled_from(["600", "755"])
_FILE_LINES = st.one_of(
    st.builds(
        '/bin/mkdir -p -- "$TREE/{0}/.."; \\builtin echo {1} >|"$TREE/{0}"'.format,
        _PATHS,
        st.integers(0, 9),
    ),
    st.builds('/bin/rm -rf -- "$TREE/{}"'.format, _PATHS | st.sampled_from(["d", "a"])),
    st.builds('/bin/mkdir -p -- "$TREE/{}"'.format, _PATHS),
    st.builds('/bin/chmod {} -- "$TREE/{}"'.format, _MODES, _PATHS),
    st.builds('/bin/ln -sfn -- {} "$TREE/{}"'.format, _PATHS.filter(str.isprintable), _PATHS),
    st.builds('/bin/mv -f -- "$TREE/{}" "$TREE/{}"'.format, _PATHS, _PATHS),
)
_ACTIONS = st.one_of(
    st.tuples(st.just("run"), HOSTED_LINES),
    st.tuples(st.just("run"), _FILE_LINES),
    st.tuples(st.just("goto"), st.integers(0, 40)),
    st.tuples(st.sampled_from(["undo", "redo"]), st.integers(1, 3)),
    st.tuples(st.just("back"), st.just(0)),
)


@dataclass(frozen=True)
class Seen:
    """What there was after a step: as it is recorded, as bash tells it, and the files."""

    state: State
    told: bytes
    files: dict[str, tuple[Any, ...]]


@dataclass
class Lines:
    """The model: of each session what was seen after its start and after each of its steps."""

    seen: dict[str, list[Seen]] = field(default_factory=dict)
    commands: dict[str, list[str]] = field(default_factory=dict)

    def grow(self, before: Position, after: Position, command: str, seen: Seen) -> None:
        if after.session not in self.seen:
            self.seen[after.session] = self.seen[before.session][: before.number + 2]
            self.commands[after.session] = self.commands[before.session][: before.number + 1]
        assert len(self.seen[after.session]) == after.number + 1
        self.seen[after.session].append(seen)
        self.commands[after.session].append(command)

    def at(self, position: Position) -> Seen:
        return self.seen[position.session][position.number + 1]

    def positions(self) -> list[Position]:
        return [
            Position(session, number - 1)
            for session, seen in sorted(self.seen.items())
            for number in range(len(seen))
        ]


def picture(root: Path) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        content: Any = None
        if path.is_symlink():
            content = path.readlink()
        elif path.is_file():
            content = path.read_bytes()
        found[str(path.relative_to(root))] = (status.st_mode, status.st_mtime_ns, content)
    return found


def settled(told: bytes) -> list[list[bytes]]:
    """`told`, part by part, without what is another at every prompt and what is the host's; the
    order in an associative array is bash's own."""
    # With promptvars off a prompt holds the mark's number itself, another one every time.
    told = re.sub(rb"(?<=\]7717;)[0-9a-f]{16}(?=;)", b"NONCE", told)
    variables, names, functions, *others = told.split(_MARK)
    kept = []
    for part in re.split(rb"\n(?=declare -[-a-zA-Z]+ )", variables):
        name = re.match(rb"declare -([-a-zA-Z]+) ([^=\n]*)", part)
        if name is None or not _OTHER_EVERY_TIME.fullmatch(name[2]):
            kept.append(bytes(sorted(part)) if name and b"A" in name[1] else part)
    parts = re.split(rb"\n(?=\S+ \(\) \n)", functions)
    return [
        kept,
        [name for name in names.split(b"\n") if b" __rw_" not in name],
        [part for part in parts if not part.startswith(b"__rw_")],
        *([other] for other in others),
    ]


class Walk:
    """One random program with its jumps, as a scenario."""

    def __init__(self, home: Home, actions: list[tuple[str, Any]]) -> None:
        self.home = home
        self.actions = actions
        self.lines = Lines()
        self.images: set[tuple[str, ...]] = set()
        """What tells the first bash from those that took its place."""

    def __call__(self, shell: Unprompted) -> Generator[str | None, None, None]:
        shell.stage.recording.tracking.now()  # the first snapshot is waited for by nobody else
        self.lines.seen["play"] = [self.look(shell)]
        self.lines.commands["play"] = []
        self.images.add(shell.stage.hosted.process.image())
        for kind, what in self.actions:
            before = shell.position
            if kind == "run":
                yield what
                if shell.position != before:
                    self.lines.grow(before, shell.position, what, self.look(shell))
                continue
            target = self.target(shell, kind, what)
            if target is None:
                continue
            shell.wish(**self.words(shell, kind, what, target))
            yield None
            self.arrived(shell, target)
        self.whole(shell)

    def look(self, shell: Unprompted) -> Seen:
        state = shell.recorded(shell.position)
        return Seen(state, shell.told_by_bash(_ASKED), picture(self.home.work))

    def target(self, shell: Unprompted, kind: str, what: int) -> Position | None:
        """Where the model says that the jump goes; None where there is nothing to go to."""
        at = shell.position
        if kind == "goto":
            places = self.lines.positions()
            return places[what % len(places)]
        if kind == "back":
            return shell.stage.recording.previous
        number = at.number + (what if kind == "redo" else -what)
        there = -1 <= number < len(self.lines.commands[at.session])
        return Position(at.session, number) if there else None

    def words(
        self, shell: Unprompted, kind: str, what: int, target: Position
    ) -> dict[str, str | int]:
        match kind:
            case "undo":
                return {"back": what}
            case "redo":
                return {"forward": what}
            case "back":
                return {"step": "-"}
        number = str(target.number) if target.number >= 0 else "start"
        here = target.session == shell.position.session
        return {"step": number if here else f"{target.session}:{number}"}

    def arrived(self, shell: Unprompted, target: Position) -> None:
        assert shell.position == target, shell.said
        note(f"at {target}: {shell.said}")
        wanted = self.lines.at(target)
        possible = self.cannot_be(shell, wanted)
        named = {item.what for item in lost(shell.stage.recording.not_restored)}
        assert named - possible == set()
        now = shell.captured()
        differ = [item for item in differences(wanted.state, now) if item.what not in named]
        assert [f"{item.what}: {item.why}" for item in differ] == []
        files = picture(self.home.work)
        assert files == wanted.files
        if "working directory" in named:
            return
        told, expected = settled(shell.told_by_bash(_ASKED)), settled(wanted.told)
        for now_told, then_told in zip(told, expected, strict=True):
            missing = [part for part in then_told if part not in now_told]
            extra = [part for part in now_told if part not in then_told]
            assert (missing, extra) == ([], [])

    def cannot_be(self, shell: Unprompted, wanted: Seen) -> set[str]:
        """What cannot come back there, and so has to be named: a folder that was gone already, and,
        with a fresh bash, the history's entries of several lines. Each leaves its entries in the
        user's file when the next takes over, which reads them."""
        gone = set() if Path(wanted.state.cwd).is_dir() else {"working directory"}
        lines = any("\n" in line for made in self.lines.commands.values() for line in made)
        self.images.add(shell.stage.hosted.process.image())
        fresh = len(self.images) - 1
        return gone | ({"history list"} if fresh > 1 or (fresh and lines) else set())

    def whole(self, shell: Unprompted) -> None:
        """No line has lost a step, and none has got one that is not its own."""
        for session, commands in self.lines.commands.items():
            steps = shell.stage.store.steps(session)
            assert [step.command for step in steps] == commands


@given(actions=st.lists(_ACTIONS, min_size=4, max_size=20))
@settings(
    max_examples=int(os.environ.get("REWIND_TEST_EXAMPLES", "25")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_a_jump_leads_to_what_was_recorded(actions: list[tuple[str, Any]]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="walk-"))
    try:
        home = Home(folder)
        home.more["TREE"] = str(home.work)
        play(Walk(home, actions), home, files=str(home.work))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
