from hypothesis import given, settings
from hypothesis import strategies as st

from rewind.model.commandline import simple_commands
from rewind.model.reach import reaches

_PIECES = st.sampled_from(
    ["$(", "`", ")", "(", '"', "'", "$'", "\\", "<<E", "\n", "E", ";", "&&", "|", "ssh", " ", "h",
     "git push", "sudo", "-u", "bash -c", "eval", "#", "a=(", "2>", "${", "}", "\udcff", "python"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES, max_size=30).map("".join) | st.text(max_size=200))
def test_any_text_at_all_can_be_asked_about(text: str) -> None:
    result = reaches(text)
    assert result is None or result.isprintable()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("abc-=/.:@", min_size=1, max_size=8), min_size=1, max_size=6))
def test_plain_words_come_out_as_they_went_in(words: list[str]) -> None:
    assert [c for c in simple_commands(" ".join(words)) if c] == [words]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=10), min_size=1, max_size=5))
def test_single_quoted_words_come_out_whole(words: list[str]) -> None:
    import shlex

    quoted = [w for w in words if "'" not in w]
    line = " ".join("'" + w + "'" for w in quoted)
    assert [c for c in simple_commands(line) if c] == ([quoted] if quoted else [])
    assert [w for c in simple_commands(shlex.join(words)) for w in c] == words
