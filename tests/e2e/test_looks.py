"""What config.toml and the terminal make of the prompt's looks."""

import re
from collections.abc import Callable

import pytest

from harness.places import Home
from harness.recorded import RecordedShell

Start = Callable[..., RecordedShell]
LINE = 'if nosuch-command; then echo "text" --opt; fi # words'
COLOUR = re.compile(rb"\x1b\[[0-9;]*?(?:[34]\d|9[0-7]|10[0-7])[0-9;]*m")


@pytest.fixture
def configured(recorded: Start, home: Home) -> Start:
    """Starts shells with a section [prompt]."""

    def start(prompt: str, **env: str) -> RecordedShell:
        config = home.path / ".config" / "rewind" / "config.toml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(f"[prompt]\n{prompt}\n")
        return recorded("looks", **env)

    return start


def drawn(shell: RecordedShell, line: str) -> bytes:
    """Type a line, wait until it stands there, and return what was sent to draw it."""
    before = len(shell.raw)
    shell.type(line)
    shell.at_prompt(typed=line)
    return shell.raw[before:]


def test_the_status_stands_in_the_last_line_while_a_line_is_edited(configured: Start) -> None:
    shell = configured('status = "bottom"\nslow = 0.1')
    shell.at_prompt(0)
    shell.run("sleep 0.2; (exit 3)", 1)
    shell.wait_for(lambda: "✗ 3  0." in "\n".join(shell.lines), why="the status")
    status = next(line for line in shell.lines if "✗ 3" in line)
    assert status.endswith("looks")
    assert shell.lines.index(status) == shell.lines.index(shell.line) + 1
    shell.run("true", 2)
    assert not any("✗" in line for line in shell.lines[: shell.lines.index(shell.line)])


def test_words_are_listed_above_the_line_where_they_are_to_be(configured: Start) -> None:
    shell = configured('tab = "list"')
    shell.at_prompt(0)
    shell.run("words() { COMPREPLY=(one two three); }; complete -F words words", 1)
    shell.type("words \t")
    shell.wait_for("one    three  two")
    shell.at_prompt(1, typed="words ")
    above = shell.lines[shell.lines.index(shell.line) - 1]
    assert above == "one    three  two"


def test_under_a_list_of_words_the_whole_prompt_stands_again_as_in_bash(
    configured: Start, home: Home
) -> None:
    with home.bashrc.open("a") as rc:
        rc.write("PS1='top \\w\\nbox:> '\n")
    shell = configured('tab = "list"')
    shell.wait_for("0 top ~/work\nbox:> ")
    shell.enter("words() { COMPREPLY=(one two three); }; complete -F words words")
    shell.wait_for("1 top ~/work\nbox:> ")
    shell.type("words \t")
    shell.wait_for("1 top ~/work\nbox:> words\none    three  two\n1 top ~/work\nbox:> words")


@pytest.mark.parametrize(
    ("config", "env", "keyword", "option"),
    [
        ('background = "dark"', {}, b"33mif", b"94m-e"),
        ('background = "light"', {"COLORFGBG": "15;0"}, b"35mif", b"34m-e"),
        ("", {"COLORFGBG": "15;0"}, b"33mif", b"94m-e"),
        ("", {"COLORFGBG": "0;default;15"}, b"35mif", b"34m-e"),
        ("", {}, b"35mif", b"94m-e"),
    ],
    ids=["dark", "light", "dark by itself", "light by itself", "nobody knows"],
)
def test_colours_suit_the_background(
    configured: Start, config: str, env: dict[str, str], keyword: bytes, option: bytes
) -> None:
    shell = configured(config, **env)
    shell.at_prompt(0)
    shell.run("true", 1)
    sent = drawn(shell, "if test -e")
    assert keyword in sent
    assert option in sent


@pytest.mark.parametrize(
    "terminal",
    [{"TERM": "xterm"}, {"TERM": "xterm-256color"}, {"COLORTERM": "truecolor"}],
    ids=["16", "256", "true"],
)
def test_the_terminals_own_palette_is_used_however_many_it_has(
    configured: Start, terminal: dict[str, str]
) -> None:
    shell = configured("", **terminal)
    shell.at_prompt(0)
    shell.run("true", 1)
    sent = drawn(shell, LINE)
    assert COLOUR.search(sent)
    assert b"38;" not in sent


def test_no_color_leaves_no_colour_and_marks_unknown_commands_all_the_same(
    configured: Start,
) -> None:
    shell = configured("", NO_COLOR="1")
    shell.at_prompt(0)
    shell.run("true", 1)
    drawn(shell, LINE)
    # It is marked as soon as it is known which commands there are.
    shell.wait_for(lambda: b"4mnosuch" in shell.raw.replace(b"0;", b""), why="the unknown command")
    sent = shell.raw[shell.raw.index(b"echo") :]
    assert not COLOUR.search(sent.replace(b"\x1b[39m", b"").replace(b"\x1b[49m", b""))


@pytest.mark.parametrize(
    "terminal",
    [{"TERM": "xterm"}, {"TERM": "vt100"}, {"TERM": "xterm-256color", "NO_COLOR": "1"}],
    ids=["16", "none", "NO_COLOR"],
)
def test_the_colours_of_the_users_own_prompts_arrive_as_bash_sends_them(
    recorded: Start, home: Home, terminal: dict[str, str]
) -> None:
    with home.bashrc.open("a") as rc:
        rc.write(r"PS1='\[\e[38;5;208m\]box\[\e[0;48;2;9;8;7m\]:\w\[\e[0m\]> '" + "\n")
        rc.write(r"PS2='\[\e[90m\]+\[\e[0m\] '" + "\n")
    shell = recorded("looks", **terminal)
    shell.at_prompt(0)
    shell.run("true", 1)
    assert b"\x1b[0;38;5;208mbox\x1b[0;48;2;9;8;7m:~/work\x1b[0m> " in shell.raw
    before = len(shell.raw)
    shell.type("if true")
    shell.type("\r")
    shell.wait_for(lambda: shell.line.rstrip() == "+", why="the second line")
    assert b"\x1b[0;90m+" in shell.raw[before:]


def test_a_prompt_that_is_made_behind_the_hooks_stands_once(recorded: Start) -> None:
    shell = recorded("looks")
    shell.at_prompt(0)
    # bash takes an array's elements before it runs the first: this one's PS1 has no marks yet.
    shell.run(r"late() { PS1='box:late:\w> '; }; PROMPT_COMMAND+=(late)", then=1)
    shell.run("true", then=2)
    shell.run("echo said", then=3)
    prompts = [line for line in shell.text.split("\n") if re.search("box:[^ ]*> ", f"{line} ")]
    assert [line[:1] for line in prompts] == ["0", "1", "2", "3"]


def test_plain_leaves_the_line_as_bash_shows_it(configured: Start) -> None:
    shell = configured("plain = true")
    shell.wait_for(lambda: shell.line.startswith("box:"), why="the prompt")
    before = len(shell.raw)
    shell.type(LINE)
    shell.wait_for(lambda: shell.line.endswith("# words"), why="the line")
    assert not re.search(rb"\x1b\[[0-9;]*[1-9][0-9;]*m", shell.raw[before:])
    assert "looks" not in shell.line


def test_plain_leaves_keys_as_bash_has_them(configured: Start, home: Home) -> None:
    (home.work / "folder").mkdir()
    (home.work / "file").touch()
    shell = configured("plain = true")
    shell.wait_for(lambda: shell.line.startswith("box:"), why="the prompt")
    shell.enter("echo one")
    shell.wait_for("\none\nbox:~/work>")
    shell.enter(": two")
    shell.wait_for(": two\nbox:~/work>")
    shell.type("ec\x1b[A")
    shell.wait_for(lambda: shell.line == "box:~/work> : two", why="the command before")
    shell.type("\x15cat f\t")
    shell.wait_for("file     folder/\nbox:~/work> cat f")


def test_the_number_stands_before_what_is_to_be_seen_of_the_prompt(
    home: Home, recorded: Start
) -> None:
    # Debian's own prompt sets the terminal's title, in the line that is typed in.
    with home.bashrc.open("a") as rc:
        rc.write(r"PS1='\[\e]0;\u@\h: \w\a\]box:\w> '" + "\n")
    shell = recorded("looks")
    shell.at_prompt(0)
    shell.type("echo some words")
    whole = re.compile(r"0 box:~/work> echo some words +looks")
    shell.wait_for(lambda: bool(whole.fullmatch(shell.line)), why="the line")
    shell.type("\x15")
    shell.enter(r"PS1='\nbox:\w> '")
    shell.at_prompt(1)
    assert shell.lines[shell.lines.index(shell.line) - 1] == ""
    shell.enter(r"PS1='\n\w\n\$ '")
    shell.wait_for("\n\n2 ~/work\n")
