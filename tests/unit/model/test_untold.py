"""What a state does not hold, told from a command's text."""

import pytest

from rewind.model.untold import _SPECIAL, untold
from rewind.protocol.volatile import is_state


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("bind '\"\\C-t\": \"x\"'", ["key bindings"]),
        ("\\builtin bind -x '\"\\C-t\": ls'; bind -r x", ["key bindings"]),
        ("sleep 9 & disown", ["the list of jobs"]),
        ("a=1 SECONDS=0 RANDOM=42", ["SECONDS", "the sequence of RANDOM"]),
        ("BASH_ARGV0=other", ["$0"]),
        ("if enable -f /x/y sleep; then disown %1; fi",
         ["builtins that are loaded from a file", "the list of jobs"]),
        ("enable -n test", []),
        ("renice -n 5 $$", ["what renice set for the shell's process"]),
        ("renice -n 5 123; man bind; echo SECONDS=1; MY_SECONDS=1", []),
        ("declare -rx PWD=/x UID a=1", ["attributes of PWD", "attributes of UID"]),
        ("unset -v RANDOM a", ["the meaning of RANDOM"]),
        ("export OLDPWD PATH; unset a; echo export PWD", []),
        ("", []),
    ],
)  # fmt: skip
def test_what_a_command_changes_unseen_is_named(command: str, told: list[str]) -> None:
    assert untold(command) == told


def test_what_has_no_attributes_in_a_state_is_no_part_of_it() -> None:
    assert {name for name in _SPECIAL if is_state(name)} == set()
