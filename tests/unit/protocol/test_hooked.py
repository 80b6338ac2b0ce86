"""The user's prompt variables, without what the hooks put in."""

import pytest

from rewind.model.state import State, Variable
from rewind.protocol.hooked import clean_hooks
from rewind.protocol.volatile import VOLATILE, is_state, with_terminal_of

B, E = "${__rw_b-}", "${__rw_e-}"


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("PS1", Variable("", f"{B}x{E}\\$ {B}y{E}"), Variable("", "\\$ ")),
        ("PS0", Variable("x", f"{B}x\ny{E}"), None),
        ("PS2", Variable("", "> "), Variable("", "> ")),
        ("PS1", Variable("", ""), Variable("", "")),
        ("OTHER", Variable("", f"{B}x{E}"), Variable("", f"{B}x{E}")),
        ("PROMPT_COMMAND", Variable("a", {0: "__rw_pre", 1: "u", 2: "__rw_x"}), Variable("", "u")),
        ("PROMPT_COMMAND", Variable("ax", {0: "__rw_pre"}), None),
        (
            "PROMPT_COMMAND",
            Variable("a", {0: "__rw_pre", 1: "u", 5: "v"}),
            Variable("a", {0: "u", 1: "v"}),
        ),
        ("PROMPT_COMMAND", Variable("", "u\n{ __rw_post; }"), Variable("", "u")),
        ("PROMPT_COMMAND", Variable("", "{ __rw_post; }"), None),
        ("PROMPT_COMMAND", Variable("a", {}), Variable("a", {})),
    ],
)
def test_hooks_are_taken_out(name, before, after):
    assert clean_hooks(name, before) == after


def test_ours_and_bashs_own_are_no_state():
    assert not any(is_state(name) for name in (*VOLATILE, "__rw_dir", "REWIND_SOCKET"))
    assert is_state("PATH")
    assert is_state("OLDPWD")


def test_a_resumed_session_belongs_to_its_new_terminal():
    then = State(variables={"TERM": Variable("x", "a"), "TMUX": Variable("x"), "v": Variable()})
    now = State(variables={"TERM": Variable("x", "b"), "DISPLAY": Variable("x", ":0")})
    assert with_terminal_of(then, now).variables == {
        "TERM": Variable("x", "b"),
        "DISPLAY": Variable("x", ":0"),
        "v": Variable(),
    }
