"""The prompt, as somebody who types sees it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.places import Home
from harness.recorded import RecordedShell, output, rewind, steps

Start = Callable[..., RecordedShell]

WIDGETS = r"""
pick() {
    printf 'which? '
    read -n1 picked </dev/tty
    echo
    READLINE_LINE="${READLINE_LINE:0:READLINE_POINT}$picked"
    READLINE_POINT=${#READLINE_LINE}
}
bind -x '"\C-t": pick'
# As fzf's key bindings have it: the rest of the macro is for the next line.
bind '"\er": redraw-current-line'
bind '"\ec": " \C-b\C-k \C-u`echo cd /`\e\C-e\er\C-m\C-y\C-h\e \C-y\ey\C-x\C-x\C-d"'
"""
"""Keys of a user's: one that asks something, and one that runs a command between two keys."""


@pytest.fixture
def shell(recorded: Start, home: Home) -> Iterator[RecordedShell]:
    (home.path / ".bash_history").write_text("echo from-my-own-history\necho older\n")
    shell = recorded("typing")
    shell.at_prompt(0)
    yield shell


def typed(shell: RecordedShell, text: str) -> None:
    """Wait until the line is `text`, with the cursor at its end."""
    shell.at_prompt(typed=text)


def test_tab_completes_then_opens_a_menu_that_enter_takes_from(shell: RecordedShell) -> None:
    shell.run("words() { COMPREPLY=($(compgen -W 'alpha alps beta' -- \"$2\")); }", then=1)
    shell.run("complete -F words words; words_are() { :; }", then=2)
    shell.type("words_")
    typed(shell, "words_")
    shell.type("\t")
    typed(shell, "words_are ")
    shell.type("\x15words a\t")
    typed(shell, "words alp")
    shell.type("\t")
    shell.wait_for("alpha  alps")
    shell.type("\t\t")
    typed(shell, "words alps")
    shell.type("\r")
    typed(shell, "words alps ")
    assert "alpha  alps" not in "\n".join(shell.lines)


def test_two_tabs_list_and_only_a_third_one_chooses(shell: RecordedShell) -> None:
    # In bash the first of two rings the bell: whoever is used to press twice wants the list.
    shell.run("complete -W 'one two' words", then=1)
    shell.type("words \t\t")
    shell.wait_for("one  two")
    shell.type("t\t")
    typed(shell, "words two ")
    shell.type("\x15words \t\t\t")
    typed(shell, "words one")


def test_one_tab_is_enough_where_readline_is_told_to_list_at_once(
    recorded: Start, home: Home
) -> None:
    (home.path / ".inputrc").write_text("set show-all-if-ambiguous on\n")
    shell = recorded("keys")
    shell.at_prompt(0)
    shell.run("complete -W 'one two' words", then=1)
    shell.type("words \t")
    shell.wait_for("one  two")
    shell.type("\t")
    typed(shell, "words one")


def test_folders_end_in_a_slash_where_all_that_is_listed_are_files(
    shell: RecordedShell, home: Home
) -> None:
    (home.work / "one").mkdir()
    (home.work / "only").touch()
    shell.type("cat on\t")
    shell.wait_for("one/  only")
    shell.type("\x03")
    shell.run("complete -W 'one only oak' words", then=1)
    shell.type("words o\t")
    shell.wait_for("oak   one   only")


def test_keys_typed_after_tab_wait_for_the_completion(shell: RecordedShell, home: Home) -> None:
    (home.work / "a-long-name").mkdir()
    shell.type("cd a-l\t&& dirs\r")
    shell.wait_for("\n~/work/a-long-name\n")
    shell.at_prompt(1)


def test_what_a_completion_loads_is_no_change_by_the_next_step(
    shell: RecordedShell, home: Home
) -> None:
    lazy = "lazy() { loaded_by_tab=1; COMPREPLY=(alpha); }; complete -F lazy lazy"
    shell.run(lazy, then=1)
    shell.type("lazy a\t")
    typed(shell, "lazy alpha ")
    shell.type("\x15mine=2\r")
    shell.at_prompt(2)
    found = json.loads(rewind(home, "show", "typing", "1", "--json"))
    assert found["changes"]["variables"]["added"] == {"mine": "2"}
    assert "loaded_by_tab" in rewind(home, "show", "typing", "0")


def test_a_completion_that_hangs_is_cancelled_and_the_line_stays(shell: RecordedShell) -> None:
    shell.run("hang() { sleep 60; }; complete -F hang hang", then=1)
    shell.type("hang \t")
    shell.wait_for("hang  …")
    shell.type("\x03")
    shell.wait_for(lambda: "…" not in shell.line, why="the cancelled completion")
    shell.type("x")
    typed(shell, "hang x")
    shell.type("\x15echo $?\r")
    shell.wait_for("\n0\n")


def test_control_c_leaves_the_line_on_the_screen_and_runs_nothing(
    shell: RecordedShell, home: Home
) -> None:
    shell.type("touch never")
    typed(shell, "touch never")
    shell.type("\x03")
    shell.wait_for("touch never^C\n")
    shell.at_prompt(0)
    assert shell.text.count("^C") == 1
    assert "^C\n0 box" in shell.text, "there is a blank line before the prompt"
    shell.run("echo $?", then=1)
    assert "\n130\n" in shell.text
    assert not (home.work / "never").exists()


def test_keys_behind_ctrl_c_are_for_the_next_line(shell: RecordedShell) -> None:
    shell.type("one\x03two\x03three\x03\x03echo four")
    typed(shell, "echo four")
    assert shell.text.count("^C") == 4
    shell.type("\r")
    shell.wait_for("\nfour\n")


def test_the_menu_says_what_its_words_are(shell: RecordedShell) -> None:
    shell.run("alias zz-one='echo one'; zz-two() { :; }; ZZ_A=first ZZ_B=second", then=1)
    shell.type("zz-\t")
    shell.wait_for("zz-one  alias: echo one")
    shell.wait_for("zz-two  function")
    shell.type("\x07\x15echo $ZZ_\t")
    shell.wait_for("$ZZ_A  first")
    shell.wait_for("$ZZ_B  second")


def test_an_unfinished_command_goes_on_in_a_second_line(shell: RecordedShell, home: Home) -> None:
    shell.type("for i in 1 2; do\r")
    shell.wait_for(lambda: shell.line.startswith(">"), why="the second line")
    shell.type("echo <$i>; done | tr -d '<'\r".replace("<$i>", '"<$i>"'))
    shell.at_prompt(1)
    assert [step["command"] for step in steps(home, "typing")] == [
        "for i in 1 2; do\necho \"<$i>\"; done | tr -d '<'"
    ]


def test_a_pasted_block_is_one_line_to_edit_and_one_step(shell: RecordedShell, home: Home) -> None:
    block = "\n".join(f"echo line-{number}" for number in range(200))
    shell.type(f"\x1b[200~{block}\x1b[201~")
    shell.wait_for("echo line-199")
    assert "\nline-0\n" not in shell.text
    shell.type("\r")
    shell.at_prompt(1)
    shell.wait_for("\nline-199\n")
    assert [step["command"] for step in steps(home, "typing")] == [block]


def test_the_search_finds_this_lines_commands_and_then_the_users_own(shell: RecordedShell) -> None:
    shell.run("echo history-of-this-line", then=1)
    shell.type("\x12history")
    shell.wait_for("(reverse-i-search)`history': echo history-of-this-line")
    shell.type("\x12")
    shell.wait_for("(reverse-i-search)`history': echo from-my-own-history")
    shell.type("\x07")
    typed(shell, "")


def test_up_goes_through_the_commands_that_begin_as_the_line_does(shell: RecordedShell) -> None:
    shell.run("true first", then=1)
    shell.run("echo second", then=2)
    shell.type("true")
    typed(shell, "true")
    shell.type("\x1b[A")
    typed(shell, "true first")
    shell.type("\x1b[B")
    typed(shell, "true")


def test_a_suggestion_is_accepted_with_right(shell: RecordedShell) -> None:
    shell.run("echo suggested words", then=1)
    shell.type("echo sug")
    shell.wait_for("echo suggested words", why="the suggestion")
    shell.type("\x1b[C")
    typed(shell, "echo suggested words")


def test_keys_do_what_inputrc_and_bind_say(recorded: Start, home: Home) -> None:
    (home.path / ".inputrc").write_text('set editing-mode vi\n"\\C-xq": "echo macro"\n')
    shell = recorded("keys")
    shell.at_prompt(0)
    shell.run("bind '\"\\C-xw\": unix-line-discard'", then=1)
    shell.type("\x18q")
    typed(shell, "echo macro")

    def emptied() -> bool:
        # What is bound is asked for once the prompt is there.
        shell.type("\x18w")
        return shell.line.split("  ")[0].endswith(">")

    shell.wait_for(emptied, why="unix-line-discard")
    shell.type("hello\x1b")
    shell.wait_for(lambda: shell.line[: shell.column].endswith("hell"), why="vi's command mode")
    shell.type("0iecho \r")
    shell.wait_for("\nhello\n")


def test_the_mode_stands_in_the_prompt_where_inputrc_wants_it(recorded: Start, home: Home) -> None:
    (home.path / ".inputrc").write_text(
        "set editing-mode vi\nset show-mode-in-prompt on\n"
        'set vi-ins-mode-string "\\1\\e[6 q\\2+"\nset vi-cmd-mode-string ":"\n'
    )
    shell = recorded("keys")
    shell.wait_for(lambda: shell.line.startswith("+0 box:"), why="the insert mode")
    assert b"\x1b[6 q" in shell.raw
    shell.type("\x1b")
    shell.wait_for(lambda: shell.line.startswith(":0 box:"), why="the command mode")
    shell.type("i")
    shell.wait_for(lambda: shell.line.startswith("+0 box:"), why="the insert mode again")
    shell.type("set -o emacs\r")
    shell.wait_for(lambda: shell.line.startswith("@1 box:"), why="emacs")


def test_a_key_of_the_users_runs_in_the_live_shell_with_the_terminal(
    recorded: Start, home: Home
) -> None:
    home.bashrc.write_text(home.rc + WIDGETS)
    shell = recorded("keys")
    shell.at_prompt(0)
    shell.type("echo a tail\x1b[D\x1b[D\x1b[D\x1b[D\x14")
    shell.wait_for("which?")
    shell.type("Qz")
    typed(shell, "echo a Qz")
    shell.type("\r")
    shell.wait_for("\na Qz\n")
    shell.run("echo <$picked>".replace("<", "'<'").replace(">", "'>'"), then=2)
    assert "\n<Q>" in shell.text
    shell.type("draft\x1bc")
    shell.at_prompt(3, typed="draft")
    assert "box:/>" in shell.line
    assert [step["command"] for step in steps(home, "keys")][-1].strip() == "cd /"


def test_the_line_can_be_edited_in_an_editor(recorded: Start, home: Home) -> None:
    editor = home.path / "bin" / "editor"
    editor.write_text('#!/bin/sh\nsed -i s/before/after/ "$1"\n')
    editor.chmod(0o755)
    shell = recorded("edited", EDITOR=str(editor))
    shell.at_prompt(0)
    shell.type("echo before\x18\x05")
    shell.at_prompt(1)
    assert [step["command"] for step in steps(home, "edited")] == ["echo after"]


def test_the_prompt_fits_into_a_small_terminal_and_a_changed_one(
    recorded: Start, home: Home
) -> None:
    shell = recorded("small", size=(5, 20))
    shell.at_prompt(0)
    shell.type("echo a line that is longer than the terminal")
    shell.wait_for("rminal")
    shell.resize(24, 80)
    shell.wait_for("echo a line that is longer than the terminal")
    shell.type("\r")
    shell.at_prompt(1)


def test_a_dumb_terminal_gets_no_escape_sequence(recorded: Start, home: Home) -> None:
    shell = recorded("dumb", TERM="dumb")
    shell.at_prompt(0)
    shell.run("for i in 1 2; do\recho $i; done", then=1)
    shell.run("(exit 3)", then=2)
    assert shell.leave() == 3
    assert b"\x1b" not in shell.raw
    assert [step["exit_code"] for step in steps(home, "dumb")] == [0, 3]


def test_control_c_on_a_dumb_terminal_ends_the_line_and_its_row(recorded: Start) -> None:
    shell = recorded("dumb", TERM="dumb")
    shell.at_prompt(0)
    shell.type("abc")
    shell.at_prompt(0, typed="abc")
    shell.type("\x03")
    shell.wait_for("abc^C\n0 box")
    shell.run("echo $?", then=1)
    assert "\n130\n" in shell.text


def test_plain_turns_off_all_that_bash_does_not_do(recorded: Start, home: Home) -> None:
    config = Path(home.path, ".config", "rewind", "config.toml")
    config.parent.mkdir(parents=True)
    config.write_text("[prompt]\nplain = true\n")
    shell = recorded("plain")
    shell.wait_for(lambda: shell.line.startswith("box:"), why="the prompt without a number")
    shell.enter("echo hi")
    shell.wait_for("\nhi\n")
    assert b"\x1b]133;" not in shell.raw
    assert "plain" not in shell.line


def test_a_terminal_that_goes_away_ends_the_shell_and_keeps_the_record(
    shell: RecordedShell, home: Home
) -> None:
    shell.run("echo kept", then=1)
    shell.type("half typed")
    typed(shell, "half typed")
    shell.hang_up()
    shell.wait_for_end()
    assert [step["command"] for step in steps(home, "typing")] == ["echo kept"]


def test_what_is_pasted_with_its_lines_end_leaves_no_empty_line(
    shell: RecordedShell, home: Home
) -> None:
    shell.type("\x1b[200~echo o\\\nne\n\x1b[201~")
    shell.wait_for(lambda: shell.line.startswith(">") and shell.column == 2, why="an empty line")
    shell.type("\r")
    shell.at_prompt(1)
    assert "echo o\\\n> ne\none\n" in shell.text
    shell.type("\x1b[200~echo two\\\n\n\x1b[201~\r")
    shell.at_prompt(2)
    assert [step["command"] for step in steps(home, "typing")] == [
        "echo o\\\nne",
        "echo two\\\n",
    ]


def test_tabs_in_a_paste_are_shown_as_a_terminal_shows_them(shell: RecordedShell) -> None:
    shell.type("\x1b[200~if true\nthen\techo a\tb\nfi\x1b[201~")
    shell.wait_for("> then    echo a  b\n> fi")
    assert shell.column == 4
    shell.type("\x1b[D\x1b[D\x1b[D\x1b[D")
    shell.wait_for(lambda: shell.line.startswith("> then") and shell.column == 18, why="before b")
    shell.type("\r")
    shell.wait_for("\na b\n")


def test_what_the_history_makes_of_a_line_can_be_verified_and_one_that_failed_be_edited(
    shell: RecordedShell, home: Home
) -> None:
    shell.run("shopt -s histverify histreedit", then=1)
    shell.run("echo one two", then=2)
    # Enter once more is for the next line.
    shell.type("!!\r")
    shell.at_prompt(2, typed="echo one two")
    assert shell.text.count("echo one two") == 2
    shell.type("\x17three\r")
    shell.at_prompt(3)
    shell.type("echo !nosuch ü\r")
    shell.at_prompt(3, typed="echo !nosuch ü")
    assert "nosuch: event not found" in shell.text
    shell.type("\x15!echo:$\r\r")
    shell.at_prompt(4)
    assert [step["command"] for step in steps(home, "typing")[2:]] == ["echo one three", "three"]


def test_what_is_typed_ahead_is_shown_once_and_is_no_output(
    shell: RecordedShell, home: Home
) -> None:
    shell.type('sleep 0.2; echo b\rread x; echo "<$x>"\rthis\recho c\r')
    shell.at_prompt(3)
    wanted = """\
0 box:~/work> sleep 0.2; echo b
b
1 box:~/work> read x; echo "<$x>"
<this>
2 box:~/work> echo c
c
3 box:~/work>"""
    assert wanted in shell.text
    assert [output(home, "typing", number) for number in range(3)] == [
        b"b\r\n",
        b"<this>\r\n",
        b"c\r\n",
    ]


@pytest.mark.parametrize("end", ["\r", "\x03"])
def test_a_line_higher_than_the_screen_is_whole_in_the_scrollback(
    recorded: Start, end: str
) -> None:
    shell = recorded("typing", size=(6, 60))
    shell.at_prompt(0)
    shell.run("echo before", 1)
    rows = ["if true; then", *(f": {number}" for number in range(12)), "fi"]
    shell.type("\x1b[200~" + "\n".join(rows) + "\x1b[201~")
    shell.wait_for(lambda: shell.line == "> fi", why="the last row")
    shell.type("\x1b[A" + end)
    shell.at_prompt(2 if end == "\r" else 1)
    whole = "\n".join(["before\n1 box:~/work> if true; then", *(f"> {row}" for row in rows[1:])])
    assert whole in shell.text
    assert shell.text.count("> : 7\n") == 1
