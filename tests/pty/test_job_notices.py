"""bash's word that a job has ended: on the screen as in bash, once, and in no step's output."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.hosted import Hosted
from harness.places import Home, bash_under_test
from harness.recorded import RecordedShell, has_state, output
from harness.terminal import Terminal
from rewind.protocol.jobs import Notices

_RC = """\
PS1='box:\\w> '
HISTFILE=
j() { jobs; }
alias q=jobs
ended() { : >~/go; while kill -0 $!; do :; done 2>/dev/null; rm ~/go; }
"""
_LATER = """\
#!/bin/sh
until [ -e ~/go ]; do sleep .01; done
exit $1
"""
_GONE = """\
#!/bin/sh
# Let them end, until bash has been told of it: before that they are zombies.
: >~/go
for process; do
    while kill -0 "$process" 2>/dev/null; do sleep .01; done
done
rm ~/go
"""

_LINES: dict[str, list[tuple[str, str]]] = {
    # Each line with what its step printed, where `#` stands for a number.
    "of a program": [("later &", "[1] #"), ("gone $!", ""), ("ls -d /", "/")],
    "of several": [
        ('later & p=$!; later 1 & p+=" $!"; later & p+=" $!"', "[1] #\n[2] #\n[3] #"),
        ("gone $p; echo after", "after"),
    ],
    "by a signal": [
        ("sleep 100 &", "[1] #"),
        ("kill %1; gone $!", ""),
        ("sleep 100 &", "[1] #"),
        ("kill -SEGV $!; gone $!", ""),
    ],
    "of a pipeline": [("true | later | cat &", "[1] #"), ("gone $!; echo after", "after")],
    "of a loop": [("for i in 1; do later; done &", "[1] #"), ("gone $!; echo after", "after")],
    "behind an unfinished line": [("later &", "[1] #"), ("printf x; gone $!", "x")],
    "of another folder": [("cd /; later & cd ~/work", "[1] #"), ("gone $!; echo after", "after")],
    "after much output": [
        ("later &", "[1] #"),
        ("seq 3000 | tail -n 3; gone $!", "2998\n2999\n3000"),
    ],
    "that is waited for": [("later &", "[1] #"), (": >~/go; wait %1; rm ~/go", "")],
    "without notices": [("set +m; later &", "[1] #"), ("gone $!; echo after", "after")],
    "while another runs on": [
        ("sleep 100 & p=$!", "[1] #"),
        ("later &", "[2] #"),
        ("gone $!; kill $p; gone $p", ""),
    ],
    "of the same line": [("later & gone $!", "[1] #\n[1]+ Done later")],
    # What may be the word of `jobs` stays.
    "by jobs": [("later &", "[1] #"), ("ended; jobs", "[1]+ Done later")],
    "by a function": [("later &", "[1] #"), ("ended; j", "[1]+ Done later")],
    "by an alias": [("later &", "[1] #"), ("ended; q", "[1]+ Done later")],
    "by eval": [("later &", "[1] #"), ("ended; eval jo''bs", "[1]+ Done later")],
    "before it is so": [
        ("later &", "[1] #"),
        ("echo '[1]+  Done                    later'; gone $!", "[1]+ Done later"),
    ],
    "of no job": [
        ("later &", "[1] #"),
        ("gone $!; echo '[1]+  Done                    sooner'", "[1]+ Done sooner"),
    ],
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home", _RC)
    for name, text in {"later": _LATER, "gone": _GONE}.items():
        program = home.path / "bin" / name
        program.write_text(text)
        program.chmod(0o755)
    (home.path / "long").write_text("{ later; : " + "word " * 14_000 + "; } &\n")
    return home


@pytest.fixture
def shell(home: Home) -> Iterator[RecordedShell]:
    shell = RecordedShell(home, "jobs")
    yield shell
    shell.close()


@pytest.mark.parametrize("name", _LINES)
def test_the_end_of_a_job_is_told_as_in_bash_and_is_no_output(
    home: Home, shell: RecordedShell, name: str
) -> None:
    lines = _LINES[name]
    plain = Terminal([str(bash_under_test().path), "-i"], home.env(), home.work)
    try:
        expected = _life(plain, lines)
    finally:
        plain.close()
    assert _life(shell, lines) == expected
    shell.leave()
    found = [_comparable(output(home, "jobs", number).decode()) for number in range(len(lines))]
    assert found == [printed for _, printed in lines]


@pytest.mark.parametrize("at_once", [False, True], ids=["set +b", "set -b"])
def test_a_job_that_ends_while_the_prompt_is_open(
    home: Home, shell: RecordedShell, at_once: bool
) -> None:
    shell.at_prompt(0)
    shell.run("set -b" if at_once else "set +b", 1)
    shell.run("sleep 100 &", 2)
    [job] = re.findall(r"\[1\] (\d+)", shell.text)
    shell.type("echo half")
    shell.at_prompt(2, "echo half")
    # While bash tells its state it would tell of the job to nobody.
    shell.wait_for(lambda: has_state(home, "jobs", 1), why="the state after the job's start")
    os.kill(int(job), 15)
    if at_once:
        shell.wait_for("Terminated")
        shell.at_prompt(2, "echo half")
    shell.type("way; ls -d /\r")
    shell.at_prompt(3)
    assert shell.text.count("Terminated") == 1
    shell.leave()
    assert [output(home, "jobs", number) for number in (1, 2)] == [
        f"[1] {job}\r\n".encode(),
        b"halfway\r\n/\r\n",
    ]


def test_a_job_that_ends_at_the_prompt_is_told_of_where_a_trap_runs_before_each_command(
    home: Home, shell: RecordedShell
) -> None:
    shell.at_prompt(0)
    shell.run("""trap ': "$_"' DEBUG""", 1)
    for number in (1, 3):
        shell.run("sleep 100 & echo of $!", number + 1)
        job = re.findall(r"of (\d+)", shell.text)[-1]
        shell.wait_for(lambda at=number: has_state(home, "jobs", at), why="the state is told")
        os.kill(int(job), 15)
        # Gone, and not only ended: bash has been told.
        shell.wait_for(lambda job=job: not Path(f"/proc/{job}").exists(), why="its end")
        assert "Terminated" in shell.run("echo on", number + 2)
    assert shell.text.count("Terminated") == 2
    assert shell.run("trap -p DEBUG", 6) == """trap -- ': "$_"' DEBUG"""
    shell.leave()
    assert output(home, "jobs", 2) == b"on\r\n"


def test_a_command_longer_than_a_fifo_holds_is_known_too(
    home: Home, hosted: Callable[..., Hosted]
) -> None:
    shell = hosted()
    [job] = shell.run(". ~/long").facts[-1].jobs
    assert len(job.text) > 1 << 16
    notices = Notices(lambda process: True, lambda: True)
    notices.expect([job])
    printed = shell.run("gone $!; echo after").output
    assert printed.startswith(b"[1]+  Done ")
    assert notices.without(printed) + notices.rest() == b"after\r\n"


def test_a_trap_that_the_end_of_a_job_sets_off_is_heard_once(
    home: Home, shell: RecordedShell
) -> None:
    heard = []
    plain = Terminal([str(bash_under_test().path), "-i"], home.env(), home.work)
    for terminal in (plain, shell):
        begun = _life(terminal, [("trap 'echo it ended' CHLD", ""), ("sleep 100 & echo $!", "")])
        job = int(begun[-1].split()[-1])
        if terminal is shell:
            # What a trap prints while bash tells its state, nobody hears.
            shell.wait_for(lambda: has_state(home, "jobs", 1), why="the state to be told")
        os.kill(job, 15)
        terminal.wait_for(lambda job=job: not Path(f"/proc/{job}").exists(), why="its end")
        _life(terminal, [("echo half", ""), ("echo on", "")], 3)
        heard.append(terminal.text.split("\n").count("it ended"))
    plain.close()
    assert heard == [1, 1]


def _life(shell: Terminal, lines: list[tuple[str, str]], first: int = 1) -> list[str]:
    """What the screen shows of each line, the first of them at prompt number `first`."""
    shell.wait_for(lambda: _prompts(shell) == first, why="the first prompt")
    found = []
    for at, (line, _) in enumerate(lines, first + 1):
        before = len(shell.text.split("\n"))
        shell.type(line + "\r")
        shell.wait_for(lambda at=at: _prompts(shell) == at, why=f"prompt {at}")
        found.append(_comparable("\n".join(shell.text.split("\n")[before:-1])))
    return found


def _prompts(shell: Terminal) -> int:
    """How many prompts there are, the last of them open."""
    begun = re.findall(r"(?m)^(?:\d+ )?box:[^>]*>", shell.text)
    ended = shell.line[: shell.column].rstrip().endswith(">")
    return len(begun) if ended else 0


def _comparable(text: str) -> str:
    """Without the numbers of processes, and the widths of columns."""
    text = re.sub(r"(?m)^(\[\d\]) \d+$", r"\1 #", text.replace("\r\n", "\n"))
    return re.sub(r" +", " ", text).rstrip("\n")
