"""`rewind goto` acts as `exec` does: wherever it stands, nothing after it on the same line runs."""

import time
from collections.abc import Callable, Generator, Iterable
from pathlib import Path

import pytest

from harness.places import Home, bash_under_test
from harness.recorded import RecordedShell, steps
from harness.unprompted import Unprompted, play
from rewind.shell import ancestry
from rewind.shell.ancestry import end

NO = "touch ~/no"
"""Outside the tracked tree, whose files come back with the jump."""
_INT = ("", "trap '' INT; ", "trap 'echo caught' INT; ")


DEFINED = f"alias back='rewind goto 0'; f() {{ rewind goto 0; {NO}; }}"


def install_script(home: Home) -> None:
    """One that nothing but a kill can end before it gets to `touch`."""
    script = home.path / "bin" / "script"
    script.write_text(f"#!/bin/bash\ntrap '' INT\nrewind goto 0\n{NO}\n")
    script.chmod(0o755)


@pytest.fixture
def shell(home: Home, recorded: Callable[..., RecordedShell]) -> RecordedShell:
    install_script(home)
    shell = recorded("lines")
    shell.at_prompt(0)
    shell.run("v=zero", then=1)
    shell.run(f"v=one; {DEFINED}", then=2)
    return shell


@pytest.mark.parametrize(
    "line",
    [
        f"rewind goto 0; {NO}",
        f"rewind goto 0 && {NO}",
        f"f; {NO}",
        f"back; {NO}",
        f"for i in 1 2; do rewind goto 0; {NO}; done; {NO}",
        f"while true; do rewind goto 0; {NO}; done",
        f"(rewind goto 0; {NO}); {NO}",
        f"script; {NO}",
        f"x=$(rewind goto 0; {NO}); {NO}",
        f"eval 'rewind goto 0; {NO}'; {NO}",
        f"if rewind goto 0; then {NO}; else {NO}; fi",
        f"rewind goto 0 | cat; {NO}",
        f"{{ rewind goto 0; {NO}; }} 2>/dev/null; {NO}",
    ],
)
def test_the_rest_of_the_line_does_not_run(home: Home, shell: RecordedShell, line: str) -> None:
    number = 2
    for trap in _INT if bash_under_test().version >= (5, 0) else _INT[:1]:
        if trap:
            shell.run(f"{trap}v=set", then=number + 1)
        shell.run(line, then=1)
        # bash 4.4 takes SIGINT in a condition for one that is not met, as it does Ctrl-C.
        runs_on = line.startswith("if") and bash_under_test().version < (5, 0)
        assert (home.path / "no").exists() == runs_on, (trap, line)
        assert shell.run("echo $v; trap -p INT", then=2).endswith("zero")
        shell.run(f"v=two; {DEFINED}", then=3)
        number = 3


def test_bash_knows_that_the_line_is_left_before_a_part_of_it_ends(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """bash goes on with the rest the moment that the subshell is dead, however slow the host."""
    home.install_rewind()
    install_script(home)
    (home.path / "sourced").write_text(f"script\n{NO}\n")

    def slowly(processes: Iterable[int]) -> None:
        ended = list(processes)
        end(ended)
        gone = time.monotonic() + 60
        while any(Path(f"/proc/{pid}").exists() for pid in ended) and time.monotonic() < gone:
            time.sleep(0.001)
        lasting = time.monotonic() + 0.2
        while not (home.path / "no").exists() and time.monotonic() < lasting:
            time.sleep(0.001)

    monkeypatch.setattr(ancestry, "end", slowly)
    lines = (
        f"(rewind goto 0; {NO}); {NO}",
        f"((true; rewind goto 0; {NO}) | cat; {NO}); {NO}",
        f"x=$(rewind goto 0; {NO}); {NO}",
        f"script; {NO}",
        f"script && {NO} || {NO}",
        f"script | cat; {NO}",
        f"x=$(script); {NO}",
        f"for i in 1 2; do script; {NO}; done; {NO}",
        f". ~/sourced; {NO}",
        f"bash -c 'script; {NO}'; {NO}",
    )

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        yield "v=zero"
        yield "v=one"
        for line in lines:
            yield line
            yield None
            assert shell.captured().variables["v"].value == "zero", line
            assert not (home.path / "no").exists(), line
            assert shell.said[-1].startswith("rewind: nothing more of that line was run: "), line
        shell.said.clear()
        yield "rewind goto -"
        yield None
        assert shell.said
        assert not any("nothing more" in said for said in shell.said)

    play(scenario, home)


def test_a_line_that_traps_before_it_jumps_ends_there_too(home: Home, shell: RecordedShell) -> None:
    shell.run(f"trap '' INT; rewind goto 0; {NO}", then=1)
    shell.run("echo $v", then=2)
    # In bash 4.4 nothing leaves a line once SIGINT is trapped.
    assert (home.path / "no").exists() == (bash_under_test().version < (5, 0))


def test_a_jump_that_is_refused_lets_the_line_go_on(home: Home, shell: RecordedShell) -> None:
    shell.run("trap 'echo x' INT", then=3)
    shell.run("rewind goto 99; touch yes; trap -p INT", then=4)
    assert (home.work / "yes").exists()
    assert "trap -- 'echo x' SIGINT" in shell.text


def test_a_nested_shell_ends_before_the_jump(home: Home, shell: RecordedShell) -> None:
    shell.enter(f"PS1='in> ' bash --norc; {NO}")
    shell.wait_for(lambda: shell.line == "in>")
    shell.enter(f"rewind goto 0 --jobs keep; {NO}")
    shell.wait_for(lambda: shell.line == "in>" and shell.text.count("in>") == 3)
    shell.enter("echo still here; exit")
    shell.at_prompt(1)
    assert "still here" in shell.text
    assert not (home.path / "no").exists()
    assert len(steps(home, "lines")) == 3
