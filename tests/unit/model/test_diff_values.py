from rewind.model.diff import Difference, differences
from rewind.model.state import Function, History, State, Variable


def names(a: State, b: State) -> list[tuple[str, str]]:
    return [(each.kind, each.name) for each in differences(a, b)]


def test_equal_states_have_no_differences() -> None:
    state = State(cwd="/x", variables={"A": Variable("x", "1")})
    assert differences(state, State(cwd="/x", variables={"A": Variable("x", "1")})) == ()


def test_an_exported_variable_is_the_environments_and_another_is_not() -> None:
    a = State(variables={"A": Variable("x", "1"), "B": Variable("", "1")})
    b = State(variables={"A": Variable("x", "2"), "B": Variable("", "2")})
    assert names(a, b) == [("environment", "A"), ("variables", "B")]


def test_a_variable_that_is_exported_on_one_side_comes_and_goes() -> None:
    plain, exported = Variable("", "1"), Variable("x", "1")
    assert differences(State(variables={"A": plain}), State(variables={"A": exported})) == (
        Difference("environment", "A", None, exported),
        Difference("variables", "A", plain, None),
    )


def test_everything_a_command_could_notice_is_compared() -> None:
    b = State(
        cwd="/b",
        umask="0077",
        arguments=("1",),
        dirstack=("/",),
        functions={"f": Function("f () { :; }")},
        aliases={"l": "ls"},
        options=frozenset({"errexit"}),
        shopt=frozenset({"extglob"}),
        traps={"EXIT": "x"},
        limits={"n": "5"},
        completions={"git": "complete -F g git"},
    )
    assert names(State(cwd="/a"), b) == [
        ("shell", "cwd"),
        ("shell", "umask"),
        ("shell", "arguments"),
        ("shell", "dirstack"),
        ("functions", "f"),
        ("aliases", "l"),
        ("options", "errexit"),
        ("options", "extglob"),
        ("traps", "EXIT"),
        ("limits", "n"),
        ("completions", "git"),
    ]


def test_what_tells_of_the_steps_is_left_out() -> None:
    b = State(exit_code=1, last_argument="x", history=History(5, "x"), hashed={"ls": "/bin/ls"})
    assert differences(State(), b) == ()


def test_texts_that_count_as_the_same_are_left_out() -> None:
    a = State(variables={"A": Variable("x", "1"), "L": Variable("a", {0: "1"})}, aliases={"l": "1"})
    b = State(variables={"A": Variable("x", "2"), "L": Variable("a", {0: "2"})}, aliases={"l": "2"})
    assert differences(a, b, lambda x, y: True) == ()
    assert len(differences(a, b)) == 3


def test_arrays_of_another_length_or_attribute_differ_whatever_counts_as_the_same() -> None:
    a = State(variables={"L": Variable("a", {0: "1"}), "R": Variable("", "1")})
    b = State(variables={"L": Variable("a", {0: "1", 1: "2"}), "R": Variable("r", "1")})
    assert [each.name for each in differences(a, b, lambda x, y: True)] == ["L", "R"]
