"""Reading dumps: whatever the bytes are, a value or Damaged."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from rewind.model.state import Variable
from rewind.protocol.declare import Damaged, declarations, variable
from rewind.protocol.dump import END, FORMAT, Dump, parse_dump
from rewind.protocol.quote import quote, unquote

FIELDS = [
    FORMAT.encode(), b"5.2", b"1", b"_", b"/", b"1", b"arg", b"2", b"/stack",
    b'declare -x A="b"\ndeclare -a B=([0]="c")\ndeclare -- __rw_x="1"\ndeclare -i RANDOM="5"\n',
    b"declare -f f\n", b"alias a='b'\n", b"set -o posix\n", b"shopt -s extglob\n",
    b"trap -- 'x' EXIT\n", b"complete -F f git\n", b"0022\n", b"open files  (-n) 10\n",
    b'declare -A BASH_CMDS=([ls]="/bin/ls" )\n', b"enable -n test\n", b"2",
    b"f () \n{ \n    :\n}\n", b"    1  \x1fls\n", END.encode(), b"",
]  # fmt: skip
WHOLE = b"\0".join(FIELDS)


def test_a_whole_dump_is_read():
    state = parse_dump(WHOLE).state
    assert state.variables == {"A": Variable("x", "b"), "B": Variable("a", {0: "c"})}
    assert (state.arguments, state.dirstack) == (("arg",), ("/stack",))
    assert (state.exit_code, state.limits, state.hashed) == (1, {"n": "10"}, {"ls": "/bin/ls"})
    assert state.disabled == {"test"}
    assert parse_dump(WHOLE, parse_dump(WHOLE)).state == state


@given(st.integers(0, len(WHOLE) - 1))
def test_a_dump_that_was_cut_off_is_damaged(length):
    with contextlib.suppress(Damaged):
        assert not parse_dump(WHOLE[:length])


@given(
    st.lists(
        st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 30), st.binary(max_size=20)),
        min_size=1,
        max_size=4,
    )
)
def test_damaged_bytes_raise_nothing_but_damaged(edits):
    raw = WHOLE
    for at, length, new in edits:
        raw = raw[:at] + new + raw[at + length :]
    with contextlib.suppress(Damaged):
        assert isinstance(parse_dump(raw), Dump)


@given(st.binary(), st.integers(1, len(FIELDS) - 1))
def test_any_bytes_in_any_field_raise_nothing_but_damaged(junk, field):
    raw = b"\0".join([*FIELDS[:field], junk, *FIELDS[field + 1 :]])
    with contextlib.suppress(Damaged):
        assert isinstance(parse_dump(raw, parse_dump(WHOLE)), Dump)


TEXT = st.binary(max_size=30).map(
    lambda raw: raw.replace(b"\0", b"").decode("utf-8", "surrogateescape")
)


@given(TEXT)
def test_what_is_quoted_reads_as_it_was(text):
    assert unquote(quote(text).encode("utf-8", "surrogateescape")) == text


@given(st.dictionaries(st.integers(0, 99), TEXT))
def test_an_array_reads_as_bash_prints_it(elements):
    def double(text: str) -> bytes:
        for special in '\\"$`':
            text = text.replace(special, "\\" + special)
        return b'"' + text.encode("utf-8", "surrogateescape") + b'"'

    body = b" ".join(b"[%d]=%s" % (key, double(text)) for key, text in elements.items())
    [(_, _, *rest)] = declarations(b"declare -a x=(" + body + b")\n")
    assert variable(*rest) == Variable("a", elements)
