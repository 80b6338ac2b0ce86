import string

from hypothesis import given, settings
from hypothesis import strategies as st

from rewind.errors import UsageError
from rewind.model.names import check_session_name
from rewind.model.refs import Before, Label, Number, Start, Word, check_label, parse


def _is_name(text: str) -> bool:
    try:
        check_session_name(text)
    except UsageError:
        return False
    return True


def _is_label(text: str) -> bool:
    try:
        check_label(text)
    except UsageError:
        return False
    return True


names = st.text(string.ascii_letters + string.digits + "._/-", min_size=1, max_size=12).filter(
    _is_name
)
labels = st.text(max_size=12).filter(_is_label)
numbers = st.integers(0, 10**18 - 1)


@given(st.text(max_size=20))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_reference_or_a_usage_error(text: str) -> None:
    try:
        parse(text)
    except UsageError as error:
        assert error.message.isprintable()


@given(names, numbers)
@settings(max_examples=100, deadline=None)
def test_numbers_mean_the_steps_they_name(name: str, number: int) -> None:
    assert parse(str(number)) == Number(None, number)
    assert parse(f"{name}:{number}") == Number(name, number)
    assert parse(f"@-{number}") == Before(number)
    assert parse(f"{name}:start") == Start(name)


@given(names, labels)
@settings(max_examples=200, deadline=None)
def test_every_name_and_every_label_that_is_allowed_can_be_used(name: str, label: str) -> None:
    assert parse(name) == Word(name)
    assert parse(label) == Word(label)
    assert parse(f"{name}:{label}") == Label(name, label)
