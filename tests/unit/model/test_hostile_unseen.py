"""What was typed unseen stays out of states."""

from dataclasses import replace

from rewind.model.changes import differences
from rewind.model.state import State, Variable
from rewind.model.unseen import Unseen

SECRET = "correct horse"


def with_variables(**values: object) -> State:
    return State(variables={name: Variable("", value) for name, value in values.items()})  # type: ignore[arg-type]


def after(keys: bytes, *states: State) -> State:
    """The last of `states` as it is kept; the keys were typed after the first."""
    unseen = Unseen()
    unseen.taken_out(states[0])
    unseen.typed(keys)
    return [unseen.taken_out(state) for state in states[1:]][-1]


def test_a_variable_that_was_given_what_was_typed_is_left_out_and_named():
    given = with_variables(a="1", pw=SECRET, header=f"token {SECRET}!", b="2")
    kept = after(SECRET.encode() + b"\r", with_variables(a="1"), given)
    assert kept.variables == with_variables(a="1", b="2").variables
    assert kept.unseen == {"pw", "header"}


def test_it_stays_out_for_as_long_as_it_holds_it():
    given, more = with_variables(pw=SECRET), with_variables(pw=SECRET, c="3")
    kept = after(SECRET.encode() + b"\n", State(), given, more)
    assert kept.unseen == {"pw"}
    kept = after(SECRET.encode() + b"\n", State(), given, with_variables(pw="other"))
    assert (kept.unseen, kept.variables) == (frozenset(), with_variables(pw="other").variables)


def test_arrays_positional_parameters_and_the_last_argument_are_looked_at():
    given = replace(
        with_variables(a={0: "x", 1: SECRET}, m={SECRET: "v"}, n={0: "x"}),
        arguments=("x", SECRET),
        last_argument=SECRET,
    )
    kept = after(SECRET.encode() + b"\r", State(), given)
    assert kept.unseen == {"a", "m", "@"}
    assert (kept.arguments, kept.last_argument, set(kept.variables)) == ((), "", {"n"})


def test_keys_that_edit_the_line_are_followed():
    for keys in (b"corrx\x7fect horse\r", b"wrong\x15correct horse\r", b"wr\x03correct horse\x04"):
        assert after(keys, State(), with_variables(pw=SECRET)).unseen == {"pw"}
    assert after("pässwört\x7fd\r".encode(), State(), with_variables(pw="pässwörd")).unseen


def test_what_was_there_before_and_short_texts_inside_of_others_stay():
    before = with_variables(answer="y")
    kept = after(b"y\r", before, with_variables(answer="y", path="/y/y"))
    assert kept.unseen == frozenset()
    assert after(b"\r", State(), with_variables(empty="")).unseen == frozenset()


def test_a_jump_says_that_it_was_never_recorded():
    recorded = replace(with_variables(a="1"), unseen=frozenset({"pw", "@"}))
    actual = replace(with_variables(a="1", pw="x"), arguments=("y",))
    assert [(item.what, item.why) for item in differences(recorded, actual)] == [
        ("positional parameters", "was typed unseen, and so never recorded"),
        ("variable pw", "was typed unseen, and so never recorded"),
    ]
