"""What bash's `bind` prints, read."""

from rewind.repl.readlinekeys import Keymap, read_settings, sequence

SAID = r"""set editing-mode vi
set comment-begin #
set show-mode-in-prompt on
set vi-ins-mode-string \1\e]7717;0;R\a\2
# vi-insert
"\C-x\C-e": edit-and-execute-command
"a": self-insert
# abort (not bound)
"\C-xq": "macro \"text\"\C-m"
# shell
"\C-t": "fzf \"widget\""
"\C-y" "as bash 5.3 has it"
# vi-command
"k": previous-history
# shell
"""


def test_variables_and_the_keys_of_each_keymap_are_read() -> None:
    settings = read_settings(SAID)
    assert settings.variables["editing-mode"] == "vi"
    assert settings.variables["comment-begin"] == "#"
    assert settings.keymaps["vi-insert"] == Keymap(
        {"\x18\x05": "edit-and-execute-command"},
        {"\x18q": 'macro "text"\r'},
        {"\x14": 'fzf "widget"', "\x19": "as bash 5.3 has it"},
    )
    assert settings.keymaps["vi-command"] == Keymap({"k": "previous-history"})


def test_a_variable_that_the_host_has_set_is_what_the_user_set_before() -> None:
    before = {"show-mode-in-prompt": "off", "vi-ins-mode-string": "+", "comment-begin": ";"}
    settings = read_settings(SAID, before)
    assert not settings.on("show-mode-in-prompt")
    assert settings.variables["vi-ins-mode-string"] == "+"
    assert settings.variables["comment-begin"] == "#"


def test_readlines_notation_stands_for_what_the_terminal_sends() -> None:
    assert sequence(r"\e[A") == "\x1b[A"
    assert sequence(r"\C-?") == "\x7f"
    assert sequence(r"\M-f") == "\x1bf"
    assert sequence(r"\C-]\\\"") == '\x1d\\"'
    assert sequence(r"\033\x41\t") == "\x1bA\t"
