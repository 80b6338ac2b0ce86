"""The standard streams of `run`, `exec` and a shell where they are no terminal, and how signals end
them."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from harness.places import Home, bash_under_test
from harness.recorded import output, steps

PATIENCE = 30.0


def rewind(home: Home, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    argv = [str(home.install_rewind()), *arguments]
    return subprocess.run(
        argv, env=home.env(), cwd=home.work, input=stdin, capture_output=True, timeout=60
    )


def test_exec_gives_its_command_standard_input_to_the_last_byte(home: Home) -> None:
    data = bytes(range(256)) * 400
    done = rewind(home, "exec", "e", "--", "cat", stdin=data)
    assert (done.returncode, done.stdout, done.stderr) == (0, data, b"")
    assert output(home, "e", 0) == data


def test_exec_keeps_the_two_outputs_apart_and_no_program_sees_a_terminal(home: Home) -> None:
    line = "echo out; echo err >&2; for i in 0 1 2; do [ -t $i ] && echo $i; done; (exit 3)"
    done = rewind(home, "exec", "e", "--", line)
    assert (done.returncode, done.stdout, done.stderr) == (3, b"out\n", b"err\n")
    assert sorted(output(home, "e", 0).split()) == [b"err", b"out"]


def test_a_shell_that_reads_a_pipe_writes_to_pipes_what_an_interactive_bash_does(
    home: Home,
) -> None:
    lines = (
        "for i in 1 2; do [ -t $i ] && echo $i; done; echo err >&2",
        "read x; cat /dev/null",
        "for x",
        "echo got $x; rewind_name=1",
        "ls --color=auto -d /",
        "(sleep 0.2; echo late) &",
        "wait; (echo sub; exit 3)",
        "echo $?; exec 2>>log",
        "ls nosuch",
        "exit 7",
    )
    stdin = "\n".join(lines).encode() + b"\n"
    argv = [str(bash_under_test().path), "-i"]
    bash = subprocess.run(
        argv, env=home.env(), cwd=home.work, input=stdin, capture_output=True, timeout=60
    )
    done = rewind(home, "shell", "fed", stdin=stdin)
    assert done.returncode == bash.returncode == 7
    assert done.stdout == bash.stdout
    assert b"err\n" in done.stderr
    assert b"nosuch" in (home.work / "log").read_bytes() and b"nosuch" not in done.stderr
    coloured = rewind(home, "shell", "fed", stdin=b"ls --color=auto -d /\nrewind status\n")
    assert b"\x1b" not in coloured.stdout + coloured.stderr


def test_a_shell_that_reads_a_pipe_keeps_its_outputs_over_jumps_into_a_fresh_bash(
    home: Home,
) -> None:
    lines = ["a=1", "readonly r=2", "rewind goto 0", "echo $a ${r-unset}; echo err >&2"]
    for _ in range(3):
        lines += ["readonly q=1", "rewind undo", "echo ${q-unset}; [ -t 1 ] || [ -t 2 ] || echo no"]
    done = rewind(home, "shell", "fed", stdin="\n".join([*lines, "exit 4"]).encode())
    assert (done.returncode, done.stdout) == (4, b"1 unset\n" + b"unset\nno\n" * 3)
    assert b"\nerr\n" in done.stderr
    assert b"descriptor" not in done.stderr


def test_outputs_that_go_to_one_file_keep_their_order(home: Home) -> None:
    script = home.work / "s.sh"
    script.write_text("for i in 1 2 3 4 5; do echo out$i; echo err$i >&2; done\n")
    log = home.work / "log"
    argv = [str(home.install_rewind()), "run", "r", "s.sh"]
    with log.open("wb") as file:
        subprocess.run(
            argv, env=home.env(), cwd=home.work, stdin=subprocess.DEVNULL, stdout=file,
            stderr=file, timeout=60, check=True,
        )  # fmt: skip
    expected = "".join(f"out{i}\nerr{i}\n" for i in range(1, 6))
    assert log.read_text() == expected
    assert output(home, "r", 0).decode() == expected


def test_what_a_script_writes_goes_where_it_sends_it_from_then_on(home: Home) -> None:
    (home.work / "s.sh").write_text("exec >log 2>&1\necho to the log\nls nosuch || true\n")
    done = rewind(home, "run", "r", "s.sh")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    said = (home.work / "log").read_bytes()
    assert said.startswith(b"to the log\nls: ") and b"\x1b" not in said


def test_much_output_arrives_whole_on_both_streams(home: Home) -> None:
    (home.work / "s.sh").write_text("seq 200000; seq 200000 >&2\n")
    done = rewind(home, "run", "r", "s.sh")
    whole = b"".join(b"%d\n" % i for i in range(1, 200001))
    assert done.returncode == 0 and done.stdout == whole and done.stderr == whole


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_script_and_the_step_says_so(
    home: Home, number: signal.Signals, code: int
) -> None:
    (home.work / "s.sh").write_text(
        "trap 'echo bye' EXIT\nsh -c 'touch begun; exec sleep 60'\necho never\n"
    )
    argv = [str(home.install_rewind()), "run", "r", "s.sh"]
    process = subprocess.Popen(
        argv, env=home.env(), cwd=home.work, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    wait_for(home.work / "begun")
    process.send_signal(number)
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert (out == b"bye\n") == (number is signal.SIGINT)
    assert [step["exit_code"] for step in steps(home, "r")] == [0, code]


def wait_for(path: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} has not come"
        time.sleep(0.02)


@pytest.mark.parametrize(
    "command", ["echo a; unset PROMPT_COMMAND", "PS1=x PROMPT_COMMAND=", "echo !!", "echo !nosuch"]
)
def test_what_is_for_the_command_is_never_run(home: Home, command: str) -> None:
    rewind(home, "exec", "e", "--", command, stdin=b"touch owned\ntouch owned\n")
    assert not (home.work / "owned").exists()


def test_a_script_that_throws_the_hooks_out_does_not_seem_to_have_ended_well(home: Home) -> None:
    (home.work / "s.sh").write_text("echo a\nunset PROMPT_COMMAND\necho b\n")
    done = rewind(home, "run", "r", "s.sh")
    assert done.returncode == 1 and b"line 2 failed" in done.stderr


def test_exec_refuses_a_command_that_would_read_on(home: Home) -> None:
    done = rewind(home, "exec", "e", "--", "cat <<E", stdin=b"x\n")
    assert done.returncode == 2 and b"not finished" in done.stderr
