"""Whatever a command line holds, bash gets it as it is, once."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.hosted import Hosted, Recorded
from harness.places import Home


def test_control_bytes_reach_the_program_unchanged(hosted: Callable[..., Hosted]) -> None:
    shell = hosted()
    odd = "\x01\x03\x04\x09\x11\x13\x1a\x1b[201~\x7f\udcff"
    ran = shell.run(f"printf %s '{odd}' | od -An -c | tr -d ' \\n'")
    assert ran.shown == rb"001003004\t021023032033[201~177377"
    assert shell.run("echo $?").shown == b"0\r\n"


@pytest.mark.parametrize(("size", "seconds"), [(5_000, 0.3), (100_000, 0.3), (1_000_000, 2.0)])
def test_a_long_command_runs_once_and_soon(
    hosted: Callable[..., Hosted], size: int, seconds: float
) -> None:
    shell = hosted()
    command = f"x='{'y' * size}'; n=$((n+1))"
    ran, took = _timed(shell, command)
    # A machine that is busy with something else is given another chance.
    for _ in range(4):
        if took >= seconds:
            _, took = _timed(hosted(), command)
    assert took < seconds
    assert (ran.shown, ran.exit_code) == (b"", 0)
    assert shell.run("echo ${#x} $n").shown == f"{size} 1\r\n".encode()
    assert shell.run("history | wc -l").shown == b"3\r\n"
    assert shell.run("history 4 | head -1 | wc -c").shown == f"{len(command) + 8}\r\n".encode()


def _timed(shell: Hosted, command: str) -> tuple[Recorded, float]:
    """What came of it, and the seconds that passed, less those in which one of the two that work on
    it had no processor: these are for what else the machine does."""
    working = (os.getpid(), shell.process_id)
    began, queued = time.monotonic(), sum(map(_queued, working))
    ran = shell.run(command)
    return ran, time.monotonic() - began - (sum(map(_queued, working)) - queued)


def _queued(process: int) -> float:
    """Seconds that a process has waited for a processor; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def test_a_long_command_of_many_lines_runs_line_by_line(hosted: Callable[..., Hosted]) -> None:
    shell = hosted()
    lines = "\n".join(f"a[{i}]={i}" for i in range(9_000))
    assert shell.run(f"{lines}\nfalse").exit_code == 1
    assert shell.run("echo ${#a[@]} ${a[8999]}").shown == b"9000 8999\r\n"


def test_keys_pressed_while_a_command_runs_do_not_run_it_again(
    hosted: Callable[..., Hosted],
) -> None:
    shell = hosted()
    keys = b"\x18\x1fR\x18\x1fA\x18\x1fA"
    ran = shell.run("n=$((n+1)); sleep 0.2", keys)
    assert ran.typed == keys
    assert shell.run("echo $n").shown == b"1\r\n"


def test_what_is_typed_ahead_is_taken_back_whole(hosted: Callable[..., Hosted]) -> None:
    shell = hosted()
    ran = shell.run("sleep 0.2", b"echo TA\recho part")
    assert ran.typed == b"echo TA\necho part"
    assert shell.run("read -p up x; sleep 0.2", b"first\rsecond\r", b"up").typed == b"second\n"
    assert shell.run("echo $x").shown == b"first\r\n"


def test_more_than_a_terminal_line_can_be_typed_ahead_of_a_raw_program(
    hosted: Callable[..., Hosted],
) -> None:
    shell = hosted()
    ran = shell.run("stty raw -echo; echo up; sleep 0.3; stty sane", b"z" * 4000, b"up")
    assert ran.typed == b"z" * 4000


def test_several_commands_in_one_submission_are_one_record(hosted: Callable[..., Hosted]) -> None:
    shell = hosted()
    ran = shell.run("echo a\nfalse\n(exit 3)\n")
    assert (ran.output, ran.exit_code) == (b"a\r\n", 3)
    assert shell.run("echo $?").shown == b"3\r\n"


def test_an_unfinished_command_goes_on_line_by_line(hosted: Callable[..., Hosted]) -> None:
    shell = hosted()
    assert shell.run("echo 'one").prompt == b"> "
    assert shell.run("two").prompt == b"> "
    assert shell.run("three'").shown == b"one\r\ntwo\r\nthree\r\n"


def test_an_unfinished_command_can_be_given_up(hosted: Callable[..., Hosted]) -> None:
    shell = hosted()
    shell.run("touch made 'x")
    shell.interrupt()
    assert shell.run("echo $?; ls").shown == b"130\r\n"


def test_what_executes_nothing_leaves_no_record(hosted: Callable[..., Hosted]) -> None:
    shell = hosted()
    shell.run("false")
    for command in ("", "   ", "# comment", "!nosuch", "!fal:p"):
        ran = shell.run(command)
        assert not ran.started, command
        assert ran.ready is not None
        assert shell.shell.idle
    assert shell.run("echo ok").shown == b"ok\r\n"


def test_a_line_to_verify_is_not_run(hosted: Callable[..., Hosted]) -> None:
    shell = hosted()
    shell.run("echo one >>f")
    shell.run("shopt -s histverify")
    assert not shell.run("!echo").started
    assert shell.run("shopt -u histverify; cat f").shown == b"one\r\n"


def test_twenty_megabytes_come_through_to_the_byte(
    hosted: Callable[..., Hosted], home: Home
) -> None:
    shell = hosted()
    shell.run("stty -opost")
    (home.work / "noise").write_bytes(bytes(range(256)) * 80_000)
    began = time.process_time()
    ran = shell.run("cat noise")
    assert len(ran.output) == 256 * 80_000
    assert ran.exit_code == 0
    assert 20.48 / (time.process_time() - began) > 20


def test_a_forged_mark_is_output_and_nothing_else(hosted: Callable[..., Hosted]) -> None:
    shell = hosted()
    for kind in "ACDPRSTXYNW":
        ran = shell.run(f"printf 'x\\e]7717;%s;{kind};9;9\\ay\\n' \"$__rw_n\"; (exit 3)")
        assert (ran.shown, ran.exit_code) == (b"xy\r\n", 3), kind
    names = "${!__rw_@}"
    ran = shell.run(
        f"for v in {names}; do printf '\\e]7717;%s;D\\a\\e]7717;%s;A\\a' ${{!v}}; done;"
        " echo z; (exit 4)"
    )
    assert (ran.shown, ran.exit_code) == (b"z\r\n", 4)
    assert shell.run('printf %s "${PS1@P}${PS2@P}${PS0@P}" | wc -l').exit_code == 0
    ran = shell.run('printf "%s" "${PS1@P}"; sleep 0.1; echo; (exit 5)')
    assert ran.exit_code == 5
    assert shell.run("echo ok").shown == b"ok\r\n"
