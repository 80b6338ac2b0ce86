"""What a step changed, and what a jump did not bring back."""

from rewind.model.changes import compare, differences
from rewind.model.state import Function, History, State, Variable

OLD = State(
    variables={
        "gone": Variable("x", "1"),
        "kept": Variable("x", "1"),
        "text": Variable("", "a"),
        "list": Variable("a", {0: "a", 1: "b"}),
        "OLDPWD": Variable("x", "/a"),
    },
    functions={"f": Function("f"), "g": Function("g")},
    aliases={"ll": "ls"},
    options=frozenset({"errexit"}),
    shopt=frozenset({"extglob"}),
)
NEW = State(
    cwd="/tmp",
    variables={
        "new": Variable("x", "2"),
        "kept": Variable("x", "3"),
        "text": Variable("r", "b"),
        "list": Variable("a", {0: "a", 5: "b"}),
        "map": Variable("A", {"k": "v"}),
        "unset": Variable("", None),
        "OLDPWD": Variable("x", "/"),
    },
    functions={"f": Function("f", "x")},
    aliases={"ll": "ls -l", "la": "ls -a"},
    options=frozenset({"nounset"}),
    shopt=frozenset({"extglob", "dotglob"}),
    exit_code=1,
    history=History(3, "x"),
)


def test_changes_have_the_shape_of_show_json():
    assert compare(OLD, NEW).to_json() == {
        "environment": {
            "added": {"new": "2"},
            "changed": {"kept": ["1", "3"]},
            "removed": {"gone": "1"},
        },
        "variables": {
            "added": {"map": {"k": "v"}, "unset": None},
            "changed": {"list": [["a", "b"], {"0": "a", "5": "b"}], "text": ["a", "b"]},
            "removed": {},
        },
        "functions": {"added": [], "changed": ["f"], "removed": ["g"]},
        "aliases": {"added": ["la"], "changed": ["ll"], "removed": []},
        "options": {"added": ["dotglob", "nounset"], "removed": ["errexit"]},
    }


def test_the_exit_code_and_the_history_are_no_change():
    after = State(exit_code=1, last_argument="x", history=History(1, "y"), hashed={"ls": "/ls"})
    assert not compare(State(), after)
    assert compare(State(), State(cwd="/tmp")).cwd == ("/", "/tmp")


def test_exporting_moves_a_variable_into_the_environment():
    changes = compare(
        State(variables={"x": Variable("", "1")}), State(variables={"x": Variable("x", "1")})
    )
    assert changes.environment.to_json()["added"] == {"x": "1"}
    assert changes.variables.to_json()["removed"] == {"x": "1"}


def test_differences_name_every_item():
    assert [item.what for item in differences(OLD, NEW)] == [
        "working directory",
        "exit code $?",
        "variable OLDPWD",
        "variable gone",
        "variable kept",
        "variable list",
        "variable map",
        "variable new",
        "readonly variable text",
        "variable unset",
        "function f",
        "function g",
        "alias la",
        "alias ll",
        "option errexit",
        "option nounset",
        "shopt option dotglob",
        "history list",
    ]
    assert differences(OLD, OLD) == []


def test_a_difference_is_one_printable_line():
    expected = State(arguments=("a\nb\x1b" * 50,), aliases={"a\x1b": ""})
    for item in differences(expected, State()):
        assert (item.what + item.why).isprintable()
