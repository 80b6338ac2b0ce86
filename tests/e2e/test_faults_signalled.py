"""exec and at that are asked to end, or killed, at any moment: nobody waits for ever, the others
have their turn, in order, and nothing is left behind."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.places import Home, bash_under_test
from harness.recorded import rewind, started, steps

PATIENCE = 100.0


@pytest.fixture
def begun(home: Home, tmp_path: Path) -> Home:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    home.more |= {"TMPDIR": str(temporary), "XDG_RUNTIME_DIR": ""}
    rewind(home, "exec", "s", "--", "x=one; order=0; echo 1 > file")
    return home


def temporary(home: Home) -> Path:
    return Path(home.more["TMPDIR"])


def until(true: Callable[[], object], why: str) -> None:
    limit = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < limit, why
        time.sleep(0.01)


def opened(process: int) -> list[str]:
    found = []
    for fd in Path(f"/proc/{process}/fd").iterdir():
        try:
            found.append(str(fd.readlink()))
        except OSError:
            continue
    return found


def is_queued(process: subprocess.Popen[str]) -> bool:
    assert process.poll() is None, process.communicate()
    if not any("/turn-" in path for path in opened(process.pid)):
        return False
    # It has nothing else to wait for than its turn (proc(5), /proc/pid/stat, the state).
    stat = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
    return stat == "S"


def has_run_directory(home: Home) -> bool:
    return any(path.is_dir() for path in temporary(home).glob("rewind-*/"))


def words_of(command: str, line: str) -> tuple[str, ...]:
    return (command, "s" if command == "exec" else "s:0", "--", line)


MOMENTS = ("start", "command")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("command", ["exec", "at"])
def test_a_signal_ends_it_at_any_moment(
    command: str, moment: str, number: signal.Signals, begun: Home
) -> None:
    ready = begun.path / "ready"
    # It is ready when that runs which is to hear of it.
    line = f"x=two; sh -c 'touch {ready}; exec sleep 600'"
    if number != signal.SIGTERM or bash_under_test().version >= (5, 1):
        # Older ones leave a line by an interrupt alone.
        line += f"; touch {begun.path}/more"
    if moment == "start":
        # It comes to its prompt when it may.
        with begun.bashrc.open("a") as rc:
            rc.write(f"until [ -e {ready} ]; do sleep 0.02; done\n")
    process = started(begun, *words_of(command, line))
    if moment == "start":
        until(lambda: has_run_directory(begun), "bash is started")
    else:
        until(ready.exists, "the command runs")
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    ready.touch()
    assert process.returncode in (128 + number, -number), (out, err)
    assert "Traceback" not in err and "rewind: error" not in err
    assert not (begun.path / "more").exists()
    if process.returncode != -number:
        # What dies before it hears signals leaves its folder to the next one.
        until(lambda: not has_run_directory(begun), "what is left behind")
    done = steps(begun, "s")[1:]
    assert len(done) == (command == "exec" and moment == "command")
    assert all(step["status"] == "failed" for step in done)
    assert rewind(begun, "exec", "s", "--", "cat file; echo $x").splitlines()[0] == "1"


def test_those_that_wait_have_their_turn_in_order_when_some_are_killed(begun: Home) -> None:
    gate, ready = begun.path / "gate", begun.path / "ready"
    line = f"touch {ready}; until [ -e {gate} ]; do sleep 0.02; done"
    first = started(begun, "exec", "s", "--", line)
    until(ready.exists, "the first one runs")
    waiting = []
    for number in range(1, 7):
        process = started(begun, "exec", "s", "--", f'order="$order {number}"; echo $order')
        until(lambda process=process: is_queued(process), "it waits")
        waiting.append(process)
    waiting[1].kill()
    waiting[3].send_signal(signal.SIGTERM)
    waiting[5].send_signal(signal.SIGINT)
    gate.touch()
    told = [process.communicate(timeout=PATIENCE) for process in (first, *waiting)]
    assert [process.returncode for process in waiting] == [0, -9, 0, -15, 0, 130], told
    assert [out for out, _ in told if out] == ["0 1\n", "0 1 3\n", "0 1 3 5\n"]
    assert "Traceback" not in "".join(err for _, err in told)
    assert [step["status"] for step in steps(begun, "s")] == ["ok"] * 5
    assert not has_run_directory(begun)


@pytest.mark.parametrize("command", ["exec", "at"])
def test_one_that_is_killed_leaves_no_process_and_the_next_one_clears_up(
    command: str, begun: Home
) -> None:
    ready = begun.path / "ready"
    line = f"x=two; echo $$ > {ready}.part; mv {ready}.part {ready}; sleep 600"
    process = started(begun, *words_of(command, line))
    until(ready.exists, "the command runs")
    waiting = started(begun, "exec", "s", "--", "echo mine")
    until(lambda: is_queued(waiting) or command == "at" or waiting.poll() is not None, "it waits")
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert waiting.communicate(timeout=PATIENCE)[0] == "mine\n"
    bash = int(ready.read_text())
    until(lambda: not Path(f"/proc/{bash}").exists(), "its bash has ended")
    for folder in temporary(begun).glob("rewind-*"):
        long_ago = time.time() - 60
        os.utime(folder, (long_ago, long_ago))
    assert rewind(begun, "exec", "s", "--", "echo $x") == "one\n"
    assert not has_run_directory(begun)
    assert [step["status"] for step in steps(begun, "s")].count("interrupted") == (
        command == "exec"
    )


@pytest.mark.parametrize("command", ["exec", "at"])
@pytest.mark.parametrize(
    ("redirected", "told"),
    [(">&-", ""), ("<&-", "on\n"), (">&- <&-", ""), ("2>&-", "on\n"), ("| :", "")],
)
def test_a_stream_that_is_closed_is_no_fault(
    command: str, redirected: str, told: str, begun: Home
) -> None:
    words = " ".join(f"'{word}'" for word in words_of(command, "echo on; read y; exit 6"))
    shell = f"set -o pipefail; {begun.install_rewind()} {words} {redirected}"
    done = subprocess.run(
        ["bash", "-c", shell],
        env=begun.env(),
        cwd=begun.work,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stdout, done.stderr) == (6, told, "")


def test_what_is_given_to_at_is_for_its_command(begun: Home) -> None:
    command = [begun.install_rewind(), *words_of("at", "cat; echo wrong >&2; tty")]
    done = subprocess.run(
        command, env=begun.env(), cwd=begun.work, input="on\n", capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("on\nnot a tty\n", "wrong\n")
    assert done.returncode == 1
