"""`rewind goto` acts as `exec` does: wherever it stands, nothing after it on the same line runs."""

from collections.abc import Callable

import pytest

from harness.places import Home, bash_under_test
from harness.recorded import RecordedShell, steps

_INT = ("", "trap '' INT; ", "trap 'echo caught' INT; ")


@pytest.fixture
def shell(home: Home, recorded: Callable[..., RecordedShell]) -> RecordedShell:
    (home.path / "bin" / "script").write_text("#!/bin/bash\ntrap '' INT\nrewind goto 0\ntouch no\n")
    (home.path / "bin" / "script").chmod(0o755)
    shell = recorded("lines")
    shell.at_prompt(0)
    shell.run("v=zero", then=1)
    shell.run("v=one; alias back='rewind goto 0'; f() { rewind goto 0; touch no; }", then=2)
    return shell


@pytest.mark.parametrize(
    "line",
    [
        "rewind goto 0; touch no",
        "rewind goto 0 && touch no",
        "f; touch no",
        "back; touch no",
        "for i in 1 2; do rewind goto 0; touch no; done; touch no",
        "while true; do rewind goto 0; touch no; done",
        "(rewind goto 0; touch no); touch no",
        "script; touch no",
        "x=$(rewind goto 0; touch no); touch no",
        "eval 'rewind goto 0; touch no'; touch no",
        "if rewind goto 0; then touch no; else touch no; fi",
        "rewind goto 0 | cat; touch no",
        "{ rewind goto 0; touch no; } 2>/dev/null; touch no",
    ],
)
def test_the_rest_of_the_line_does_not_run(home: Home, shell: RecordedShell, line: str) -> None:
    number = 2
    for trap in _INT if bash_under_test().version >= (5, 0) else _INT[:1]:
        if trap:
            shell.run(f"{trap}v=set", then=number + 1)
        shell.run(line, then=1)
        assert not (home.work / "no").exists(), (trap, line)
        assert shell.run("echo $v; trap -p INT", then=2).endswith("zero")
        shell.run("f() { rewind goto 0; touch no; }; alias back='rewind goto 0'; v=two", then=3)
        number = 3


def test_a_line_that_traps_before_it_jumps_ends_there_too(home: Home, shell: RecordedShell) -> None:
    shell.run("trap '' INT; rewind goto 0; touch no", then=1)
    shell.run("echo $v", then=2)
    assert not (home.work / "no").exists()


def test_a_jump_that_is_refused_lets_the_line_go_on(home: Home, shell: RecordedShell) -> None:
    shell.run("trap 'echo x' INT", then=3)
    shell.run("rewind goto 99; touch yes; trap -p INT", then=4)
    assert (home.work / "yes").exists()
    assert "trap -- 'echo x' SIGINT" in shell.text


def test_a_nested_shell_ends_before_the_jump(home: Home, shell: RecordedShell) -> None:
    shell.enter("PS1='in> ' bash --norc; touch no")
    shell.wait_for(lambda: shell.line == "in>")
    shell.enter("rewind goto 0 --jobs keep; touch no")
    shell.wait_for(lambda: shell.line == "in>" and shell.text.count("in>") == 3)
    shell.enter("echo still here; exit")
    shell.at_prompt(1)
    assert "still here" in shell.text
    assert not (home.work / "no").exists()
    assert len(steps(home, "lines")) == 3
