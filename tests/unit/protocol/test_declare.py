"""The output of `declare -p`, as each version of bash prints it."""

import pytest

from rewind.model.state import Variable
from rewind.protocol.declare import Damaged, declarations, variable


def read(raw: bytes) -> dict[str, Variable]:
    return {name: variable(*rest) for _, name, *rest in declarations(raw)}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'declare -- x="a b"\n', Variable("", "a b")),
        (b'declare -- x=""\n', Variable("", "")),
        (b'declare -xi x="5"\n', Variable("ix", "5")),
        (b"declare -- x\n", Variable("", None)),
        (b"declare -a x\n", Variable("a", None)),
        (b"declare -a x=()\n", Variable("a", {})),
        (b'declare -- x="q\\"\\$\\`\\\\ \\n"\n', Variable("", 'q"$`\\ \\n')),
        (b'declare -- x="a\nb\x01\x7f\xff"\n', Variable("", "a\nb\x01\x7f\udcff")),
        (b"declare -- x=$'a\\nb\\001\\377\\'\\E\\\\'\n", Variable("", "a\nb\x01\udcff'\x1b\\")),
        (b"declare -- x=$'\\303\\251'\n", Variable("", "é")),
        (b'declare -n x="y"\n', Variable("n", "y")),
        (b"declare -a x=([0]=\"a\" [7]=$'x\\ny')\n", Variable("a", {0: "a", 7: "x\ny"})),
        (
            b'declare -A x=(["a b"]="1" [k]=")\n" [$\'\\n\']="" ["a]b"]="2" )\n',
            Variable("A", {"a b": "1", "k": ")\n", "\n": "", "a]b": "2"}),
        ),
    ],
)
def test_a_declaration_reads_as_what_it_declares(raw, expected):
    assert read(raw) == {"x": expected}


def test_a_value_that_looks_like_declarations_is_a_value():
    text = 'a"\ndeclare -- y="b'
    escaped = text.replace('"', '\\"').encode()
    raw = b'declare -- x="' + escaped + b'"\ndeclare -- z="c"\n'
    assert read(raw) == {"x": Variable("", text), "z": Variable("", "c")}


@pytest.mark.parametrize(
    "raw",
    [
        b"declare -- x",
        b'declare -- x="a',
        b'declare -a x=([0]="a"\n',
        b'declare -a x=([k]="a")\n',
        b"x=1\n",
        b'declare -- 1x="a"\n',
    ],
)
def test_what_is_no_declaration_is_damage(raw):
    with pytest.raises(Damaged):
        read(raw)
