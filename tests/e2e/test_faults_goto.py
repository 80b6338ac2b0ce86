"""A jump that something goes wrong with ends at its target or where it began, in one line."""

import os
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from harness.places import Home
from harness.unprompted import Unprompted, play
from rewind.model.changes import differences
from rewind.model.session import Position
from rewind.shell import restore, standing
from rewind.shell.restore import restore_call
from rewind.store.states import Decodings

Break = Callable[[Unprompted, pytest.MonkeyPatch], None]

STEPS = Position("play", 0), Position("play", 2)
WAYS: dict[str, dict[str, str | int]] = {
    "goto": {"step": "0"},
    "undo": {"back": 2},
    "back": {"step": "-"},
    "fresh bash": {"step": "0"},
}
"""What is asked for; the last one is a jump that only a fresh bash can make."""


def kill_bash(shell: Unprompted) -> None:
    """End bash, and let be lost what it was telling."""
    shell.stage.hosted.process.kill()
    shell.stage.hosted.rundir.read("state")


def bash_killed_before(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    kill_bash(shell)


def first_call(
    patch: pytest.MonkeyPatch, where: object, name: str, what: Callable[[], None]
) -> None:
    """Have `what` happen when `where.name` is first called, before it does its work."""
    real = getattr(where, name)
    done: list[None] = []

    def broken(*words: object, **more: object) -> object:
        if not done:
            done.append(None)
            what()
        return real(*words, **more)

    patch.setattr(where, name, broken)


def bash_killed_in_capture(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    first_call(patch, shell.stage.hosted, "captured", lambda: kill_bash(shell))


def bash_killed_before_restore(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    first_call(patch, shell.stage.bash, "restore", lambda: kill_bash(shell))


def bash_killed_in_restore(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    first_call(patch, shell.stage.bash, "until_prompt", lambda: kill_bash(shell))


def bash_killed_in_second_capture(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    first_call(
        patch,
        shell.stage.bash,
        "restore",
        lambda: first_call(patch, shell.stage.hosted, "captured", lambda: kill_bash(shell)),
    )


def remove_run_directory(shell: Unprompted) -> None:
    for path in shell.stage.hosted.rundir.path.iterdir():
        path.unlink()
    shell.stage.hosted.rundir.path.rmdir()


def run_directory_gone_before(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    remove_run_directory(shell)


def run_directory_gone_in_restore(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    first_call(patch, shell.stage.bash, "restore", lambda: remove_run_directory(shell))


def fifo_gone(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    (shell.stage.hosted.rundir.path / "state").unlink()


def capture_cut_short(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    whole = shell.stage.hosted.captured

    def cut() -> bytes | None:
        raw = whole()
        return raw[: len(raw) // 2] if raw else raw

    patch.setattr(shell.stage.hosted, "captured", cut)


def second_capture_cut_short(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    whole = shell.stage.hosted.captured
    seen: list[bytes] = []

    def cut() -> bytes | None:
        raw = whole()
        if raw:
            seen.append(raw)
        return raw[: len(raw) // 2] if raw and len(seen) == 2 else raw

    patch.setattr(shell.stage.hosted, "captured", cut)


def database(shell: Unprompted) -> sqlite3.Connection:
    return sqlite3.connect(shell.stage.store.path)


def state_damaged(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    with database(shell) as connection:
        connection.execute("UPDATE blob SET data = randomblob(length(data))")
    # What has been read lately is not read again.
    patch.setattr(shell.stage.store, "_decodings", Decodings())


def snapshots_damaged(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    for path in (shell.stage.store.path.parent / "files").rglob("*"):
        if path.is_file() and path.stat().st_size and "pack" in str(path):
            size = path.stat().st_size
            path.chmod(0o600)
            path.write_bytes(os.urandom(size))


def disk_full(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    def no_room(store: object) -> None:
        connection = store._db._connection  # type: ignore[attr-defined]
        connection.execute("CREATE TABLE filler (bytes)")
        connection.execute("PRAGMA max_page_count=1")
        for size in (4000, 400, 40, 1):
            with suppress(sqlite3.OperationalError):
                while True:
                    connection.execute("INSERT INTO filler VALUES (zeroblob(?))", (size,))

    shell.stage.recording.recorder.ask(no_room)


def bash_hangs_in_restore(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    calls = iter(["\\builtin read -r __rw_x"])
    patch.setattr(restore, "restore_call", lambda: next(calls, restore_call()))
    patch.setattr(standing, "_PATIENCE", 3.0)


def bash_killed_when_it_is_fresh(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(shell.stage.bash, "beyond", lambda now, wanted: ["readonly variable x"])
    first_call(patch, shell.stage.hosted, "begin_life", lambda: kill_bash(shell))


def tree_unreadable(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    tracker = shell.stage.recording.tracking.decision.tracker
    assert tracker is not None

    def refused(**how: object) -> None:
        raise PermissionError(13, "Permission denied", "file")

    patch.setattr(tracker, "snapshot", refused)


def store_locked(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    other = database(shell)
    other.execute("BEGIN IMMEDIATE")
    KEPT.append(other)


KEPT: list[sqlite3.Connection] = []
"""What holds a lock until its test is over."""


def exec_fails(shell: Unprompted, patch: pytest.MonkeyPatch) -> None:
    nowhere = Path("/nonexistent/bash")
    start = shell.stage.hosted.start
    patch.setattr(shell.stage.bash, "beyond", lambda now, wanted: ["readonly variable x"])
    shell.stage.hosted.start = replace(start, bash=replace(start.bash, path=nowhere))


FAULTS = [
    bash_killed_before,
    bash_killed_in_capture,
    bash_killed_before_restore,
    bash_killed_in_restore,
    bash_killed_in_second_capture,
    run_directory_gone_before,
    run_directory_gone_in_restore,
    fifo_gone,
    capture_cut_short,
    second_capture_cut_short,
    state_damaged,
    snapshots_damaged,
    disk_full,
    tree_unreadable,
    store_locked,
    bash_killed_when_it_is_fresh,
    exec_fails,
    bash_hangs_in_restore,
]


SLOW = (store_locked, bash_hangs_in_restore)
"""What waits for a lock, or for bash, is tried in one way only."""


@pytest.fixture(autouse=True)
def unlocked() -> Iterator[None]:
    yield
    while KEPT:
        KEPT.pop().close()


@pytest.mark.parametrize(
    ("fault", "way"),
    [
        pytest.param(fault, way, id=f"{fault.__name__}, {way}")
        for fault in FAULTS
        for way in (WAYS if fault not in SLOW else ["goto"])
    ],
)
def test_a_fault_in_a_jump_leaves_the_shell_at_one_of_its_ends(
    fault: Break, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    file = home.work / "file"
    arrived: list[str] = []
    more = "; readonly locked=1" if way == "fresh bash" else ""
    lines = (
        "a=zero; mkdir d; cd d; echo zero > ../file",
        "a=one; cd ..; echo one > file",
        f"a=two; f () {{ echo two; }}; echo two > file; rm -r d; set -o noclobber{more}",
    )

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        shell.settle()
        for line in lines:
            yield line
            shell.settle()
        states = {place: shell.recorded(place) for place in STEPS}
        texts = dict(zip(STEPS, ("zero\n", "two\n"), strict=True))
        if way == "back":
            shell.wish(step="0")
            yield None
        origin = shell.position
        shell.wish(**WAYS[way])
        bash = shell.stage.hosted.process.pid
        with monkeypatch.context() as patch:
            fault(shell, patch)
            yield None
            place = shell.position
        arrived.append(f"{'origin' if place == origin else 'target'}: {' / '.join(shell.said)}")
        now = shell.captured()
        if shell.stage.hosted.process.pid != bash:
            # A new bash's history is the user's.
            now = replace(now, history=states[place].history)
        assert differences(states[place], now) == []
        assert file.read_text() == texts[place]
        errors = [line for line in shell.said if "error" in line or "suspended" in line]
        whole = place != origin and not shell.stage.recording.off
        assert len(errors) == (0 if whole else 1), shell.said
        assert all("Traceback" not in line and "\n" not in line for line in shell.said)
        yield "echo $a > after"
        written = (Path(shell.captured().cwd) / "after").read_text()
        assert written == f"{states[place].variables['a'].value}\n"

    play(scenario, home, files=str(home.work))
    print(f"FAULT {fault.__name__} | {way} | {arrived[0]}")
