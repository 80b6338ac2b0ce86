"""The user's prompt variables, without what the hooks put in."""

import pytest

from rewind.model.state import State, Variable
from rewind.protocol.hooked import clean_hooks, unhooked_trap
from rewind.protocol.volatile import VOLATILE, is_state, with_terminal_of

MARK = "\\[\\e]7717;${__rw_n-};A;$?\\a\\]"
IN_PS0 = "\\e]7717;${__rw_n-};C\\a"


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("PS1", Variable("", f"{MARK}\\$ {MARK}"), Variable("", "\\$ ")),
        ("PS0", Variable("x", IN_PS0), None),
        ("PS0", Variable("", ""), None),
        ("PS0", Variable("x", f"{IN_PS0}x\ny"), Variable("x", "x\ny")),
        ("PS2", Variable("", "> "), Variable("", "> ")),
        ("PS1", Variable("", ""), Variable("", "")),
        ("OTHER", Variable("", MARK), Variable("", MARK)),
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


def test_the_traps_of_a_script_that_is_run_are_the_users_own() -> None:
    assert unhooked_trap("__rw_run x\nrm -rf d\necho") == "rm -rf d\necho"
    assert unhooked_trap("{ __rw_run_note; }") == ""
    assert unhooked_trap("echo a\n__rw_b") == "echo a\n__rw_b"


def test_a_debug_trap_that_passes_the_hooks_by_is_the_users_own() -> None:
    ours = 'case "${FUNCNAME-} $BASH_COMMAND" in (*__rw_*) ;; (*)\n'
    assert unhooked_trap(f"{ours}echo a # b\n;; esac") == "echo a # b"
    assert unhooked_trap("echo a\n;; esac") == "echo a\n;; esac"
