import pytest

from rewind.errors import UsageError
from rewind.model.refs import Before, Label, Number, Previous, Reference, Start, Word, parse


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0", Number(None, 0)),
        ("0047", Number(None, 47)),
        ("deploy:12", Number("deploy", 12)),
        ("a/b.c_d-e:0", Number("a/b.c_d-e", 0)),
        ("@", Before(0)),
        ("@-", Before(1)),
        ("@-3", Before(3)),
        ("@-0", Before(0)),
        ("-", Previous()),
        ("start", Start()),
        ("deploy:start", Start("deploy")),
        ("deploy", Word("deploy")),
        ("before lunch", Word("before lunch")),
        ("deploy:before lunch", Label("deploy", "before lunch")),
        ("deploy:a:b", Label("deploy", "a:b")),
    ],
)
def test_a_reference_says_what_is_meant(text: str, meant: Reference) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@x",
        "@--",
        "@-x",
        "@+1",
        "-3",
        "--",
        "deploy:",
        "deploy:@",
        "deploy:-",
        ":3",
        "3:4",
        "start:3",
        "٣",
        "deploy:٣",
        "1" * 19,
        "@-" + "1" * 19,
        "a b:3",
    ],
)
def test_what_names_no_step_is_a_usage_error_with_a_hint(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(text)
    assert refused.value.hint
