"""rewind as the shell that a terminal or a login starts."""

from collections.abc import Iterator

import pytest

from harness.places import Home, bash_under_test
from harness.terminal import Terminal

STARTS_REWIND = "PS1='box> '\nFROM_RC=yes\nexec rewind shell main\n"


@pytest.fixture
def own(home: Home) -> Iterator[Home]:
    home.bashrc.write_text(STARTS_REWIND)
    home.install_rewind()
    yield home


def login(home: Home, *arguments: str, **env: str) -> Terminal:
    """The terminal's first program, as a terminal emulator starts it."""
    return Terminal([str(bash_under_test().path), *arguments, "-i"], home.env(**env), home.work)


def test_exec_rewind_shell_in_bashrc_records_and_does_not_recurse(own: Home) -> None:
    terminal = login(own)
    terminal.wait_for("0 box> ")
    terminal.type("echo $FROM_RC in $REWIND_SESSION\r")
    terminal.wait_for("yes in main\n1 box> ")
    terminal.type("exit 7\r")
    assert terminal.wait_for_end() == 7
    terminal.close()


def test_a_rewind_that_cannot_start_leaves_a_plain_bash(own: Home) -> None:
    terminal = login(own, REWIND_HOME="/proc/nowhere")
    terminal.wait_for("this is a plain bash")
    terminal.wait_for("\nbox>")
    terminal.type("echo $((40 + 2)) $FROM_RC\r")
    terminal.wait_for("42 yes")
    terminal.type("exit\r")
    assert terminal.wait_for_end() == 0
    terminal.close()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("exec rewind shell --no-such-option", "no such option: --no-such-option"),
        ("shopt -s execfail; exec rewind shell main", "rewind: "),
    ],
    ids=["words that are wrong", "a rewind that is gone"],
)
def test_whoever_starts_rewind_for_a_shell_is_never_without_one(
    own: Home, line: str, said: str
) -> None:
    own.bashrc.write_text(STARTS_REWIND.replace("exec rewind shell main", line))
    if "execfail" in line:
        (own.path / "bin" / "rewind").write_text("#!/no/such/python\n")
    terminal = login(own)
    terminal.wait_for(said)
    terminal.wait_for("\nbox>")
    terminal.type("echo $((40 + 2)) $FROM_RC\r")
    terminal.wait_for("42 yes")
    terminal.type("exit 3\r")
    assert terminal.wait_for_end() == 3
    terminal.close()


def test_a_login_shell_reads_the_profile(home: Home) -> None:
    (home.path / ".bash_profile").write_text("PS1='login> '\nPROFILE=read\n")
    home.install_rewind()
    terminal = Terminal(
        [str(home.path / "bin" / "rewind"), "shell", "--login", "main"], home.env(), home.work
    )
    terminal.wait_for("0 login> ")
    terminal.type("echo profile: $PROFILE\r")
    terminal.wait_for("profile: read")
    terminal.type("exit\r")
    assert terminal.wait_for_end() == 0
    terminal.close()
