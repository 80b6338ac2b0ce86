"""What bash's `bind` prints, read."""

from rewind.repl.readlinekeys import read_settings, sequence


def test_variables_commands_and_macros_are_read() -> None:
    settings = read_settings(
        "set editing-mode vi\nset comment-begin #\n"
        '"\\C-x\\C-e": edit-and-execute-command\n"a": self-insert\n'
        "# abort (not bound)\n"
        '"\\C-xq": "macro \\"text\\"\\C-m"\n'
    )
    assert settings.variables == {"editing-mode": "vi", "comment-begin": "#"}
    assert settings.commands == {"\x18\x05": "edit-and-execute-command"}
    assert settings.macros == {"\x18q": 'macro "text"\r'}


def test_readlines_notation_stands_for_what_the_terminal_sends() -> None:
    assert sequence(r"\e[A") == "\x1b[A"
    assert sequence(r"\C-?") == "\x7f"
    assert sequence(r"\M-f") == "\x1bf"
    assert sequence(r"\C-]\\\"") == '\x1d\\"'
    assert sequence(r"\033\x41\t") == "\x1bA\t"
