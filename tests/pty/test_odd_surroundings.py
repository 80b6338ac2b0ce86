"""Terminals, locales and settings that are not everybody's."""

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from harness.hosted import Hosted
from harness.places import Home
from harness.recorded import RC, RecordedShell, steps
from harness.terminal import PATIENCE


def test_the_history_file_gets_the_users_commands_and_nothing_else(
    hosted: Callable[..., Hosted], home: Home
) -> None:
    shell = hosted()
    for command in ("echo a", "false", " echo secret", "echo 'two\nlines'", "exit"):
        shell.run(command)
    written = (home.path / ".bash_history").read_text()
    assert written == "echo a\nfalse\necho 'two\nlines'\nexit\n"


def test_without_line_editing_every_command_arrives_whole(hosted: Callable[..., Hosted]) -> None:
    shell = hosted()
    shell.run("set +o emacs +o vi")
    for command, shown in (
        (f"x={'y' * 9000}; echo ${{#x}}", b"9000\r\n"),
        ("printf 'a\tb\x01\x04' | od -An -c | tr -d ' '", b"a\\tb001004\r\n"),
        ("cat <<E\nin\nE", b"in\r\n"),
        ("for i in 1 2\ndo echo $i\ndone", b"1\r\n2\r\n"),
        ("echo one two", b"one two\r\n"),
        ("echo $_ é", "two é\r\n".encode()),
    ):
        ran = shell.run(command)
        assert (ran.shown, ran.exit_code) == (shown, 0)
    assert shell.run("true | (exit 3)").exit_code == 3
    assert shell.run("set -o emacs; (exit 4)").exit_code == 4
    assert shell.run("echo $?").shown == b"4\r\n"
    assert shell.state


def test_a_terminal_left_without_echo_adds_nothing_to_the_output(
    hosted: Callable[..., Hosted],
) -> None:
    shell = hosted()
    shell.run("stty -echo")
    for command in ("echo a", "for i in a\ndo echo $i\ndone"):
        assert shell.run(command).output == b"a\r\n"
    assert shell.run("stty echo").output == b""
    assert shell.run("echo a").output == b"a\r\n"


def test_a_locale_with_one_byte_for_a_letter(hosted: Callable[..., Hosted], home: Home) -> None:
    made = home.path / "locale"
    made.mkdir()
    maker = shutil.which("localedef")
    name = "en_US.ISO-8859-1"
    # Where it cannot be made, bash takes C for it, in which all of this holds too.
    if maker:
        words = [maker, "-i", "en_US", "-f", "ISO-8859-1", str(made / name)]
        subprocess.run(words, capture_output=True)
    shell = hosted(rc="PS1=$'\\xfc> '\n", LOCPATH=str(made), LC_ALL=name, LANG=name)
    assert shell.booted.prompt == b"\xfc> "
    assert shell.run("echo \udce9").shown == b"\xe9\r\n"
    assert shell.run("x='\udce9'; echo ${#x} $x; false").exit_code == 1
    assert shell.run("echo ${#x}").shown == b"1\r\n"
    assert shell.run("y='é'; echo ${#y}").shown == b"2\r\n"
    assert shell.run("f() { echo \udcff; }; f; echo \udce4 | od -An -tx1").shown == (
        b"\xff\r\n e4 0a\r\n"
    )
    assert shell.run("cat <<<'\udcfc'; (exit 5)").exit_code == 5
    assert b"\xe9" in shell.state


def test_a_new_size_reaches_a_program_that_fills_the_screen(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", RC + "shopt -s checkwinsize\n")
    lines = "".join(f"line {n}\n" for n in range(200))
    (home.work / "text").write_text(lines)
    shell = RecordedShell(home, "sizes", size=(24, 80))
    try:
        shell.at_prompt(0)
        shell.enter("less text")
        shell.wait_for(lambda: "line 22" in shell.lines[22])
        shell.resize(12, 40)
        shell.wait_for(lambda: "line 10" in shell.lines[10] and "line 11" not in shell.lines[11])
        shell.type("q")
        shell.at_prompt(1)
        assert shell.run("echo $LINES $COLUMNS; stty size", 2).endswith("12 40\n12 40")
        shell.resize(30, 90)
        assert shell.run("echo $LINES $COLUMNS; stty size", 3).endswith("30 90\n30 90")
        assert len(steps(home, "sizes")) == 3
    finally:
        shell.close()


def test_a_host_that_was_kept_from_running_finds_the_prompt_all_the_same(
    hosted: Callable[..., Hosted],
) -> None:
    shell = hosted()
    answer = shell.shell.go_on

    def late(session: str) -> bytes:
        shell.shell.go_on = answer  # type: ignore[method-assign]
        end = time.monotonic() + PATIENCE
        while not shell.shell.process.reads_keys():
            assert time.monotonic() < end, "the hook waits for ever"
            shell.shell.wait(0.1)
        return answer(session)

    for command, code in (("(exit 3)", 3), ("echo on", 0)):
        shell.shell.go_on = late  # type: ignore[method-assign]
        ran = shell.run(command)
        assert (ran.exit_code, ran.ended) == (code, None)
    assert shell.run("echo $? and on").output == b"0 and on\r\n"
