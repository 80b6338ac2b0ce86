import json

import pytest

from rewind.errors import StateDamaged
from rewind.model.state import SECTIONS, Function, History, State, Variable
from rewind.model.statecodec import PARTS, cover_part, decode_state, encode_part

FULL = State(
    cwd="/home/\udcff",
    dirstack=("/a b", "/"),
    variables={
        "plain": Variable("", "text\n\x01\udc80\u00e9\U0001f600"),
        "unset": Variable("x", None),
        "empty": Variable("", ""),
        "sparse": Variable("a", {0: "zero", 7: "seven", 10: "ten"}),
        "none": Variable("a", {}),
        "map": Variable("Ax", {"1": "one", "k\udcff": "v", "": "empty"}),
        "nothing": Variable("A", {}),
        "ref": Variable("n", "plain"),
    },
    functions={"git-foo": Function("git-foo () \n{ \n    :\n}", "x"), "ü": Function("ü () { :; }")},
    aliases={"ll": "ls -l"},
    options=frozenset({"emacs", "errexit"}),
    shopt=frozenset({"extglob"}),
    traps={"EXIT": "echo 'bye'", "INT": ""},
    umask="0077",
    limits={"n": "1024"},
    arguments=("-n", "", "a\nb"),
    completions={"-D": "complete -F _x -D", "git": "complete -F _git git"},
    hashed={"ls": "/bin/ls"},
    disabled=frozenset({"test"}),
    exit_code=130,
    last_argument="two",
    history=History(12, "echo \udcff"),
    foreign=True,
    unseen=frozenset({"pw"}),
)


def parts(state: State) -> dict[str, bytes]:
    return {part: encode_part(state, part) for part in PARTS}


@pytest.mark.parametrize("state", [FULL, State()])
def test_a_state_comes_back_whole(state: State) -> None:
    assert decode_state(parts(state)) == state


def test_every_section_is_in_one_part() -> None:
    assert sorted(name for names in PARTS.values() for name in names) == sorted(SECTIONS)


def test_equal_states_give_equal_bytes_whatever_their_order() -> None:
    one = State(variables={"a": Variable(), "b": Variable("a", {1: "x", 0: "y"})})
    two = State(variables={"b": Variable("a", {0: "y", 1: "x"}), "a": Variable()})
    assert parts(one) == parts(two)


def test_a_state_that_differs_anywhere_gives_other_bytes() -> None:
    blank = parts(State())
    for names in PARTS.values():
        for name in names:
            changed = parts(State(**{name: FULL.section(name)}))
            assert changed != blank, name


def test_keys_that_are_numbers_and_keys_that_look_like_them_are_told_apart() -> None:
    indexed = State(variables={"v": Variable("a", {1: "x"})})
    mapped = State(variables={"v": Variable("A", {"1": "x"})})
    assert decode_state(parts(indexed)) == indexed
    assert decode_state(parts(mapped)) == mapped


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"variables": 3}',
        b'{"variables": {"a": ["x"]}}',
        b'{"variables": {"a": ["x", [1]]}}',
    ],
)
def test_bytes_that_are_no_state_say_so(damaged: bytes) -> None:
    with pytest.raises(StateDamaged):
        decode_state({**parts(FULL), "variables": damaged})


def test_a_missing_part_says_so() -> None:
    with pytest.raises(StateDamaged):
        decode_state({"moment": encode_part(FULL, "moment")})


def test_a_covered_text_is_gone_from_values_and_names_stay_names() -> None:
    state = State(
        cwd="/tok",
        variables={"x_tok": Variable("x", "a tok b"), "m": Variable("A", {"tok": "tok"})},
        functions={"tokf": Function("tokf () { echo tok; }"), "f": Function("f () { tok; }")},
        options=frozenset({"tok"}),
        arguments=("tok",),
    )
    covered = decode_state({p: cover_part(data, "tok") for p, data in parts(state).items()})
    assert covered == State(
        cwd="/***",
        variables={"x____": Variable("x", "a *** b"), "m": Variable("A", {"***": "***"})},
        functions={"___f": Function("___f () { echo ___; }"), "f": Function("f () { ***; }")},
        options=frozenset({"tok"}),
        arguments=("***",),
    )


@pytest.mark.parametrize("text", ["n", "cwd", "functions", "u", "\\", '"', "x", "{"])
def test_covering_never_damages_a_state(text: str) -> None:
    covered = {part: cover_part(data, text) for part, data in parts(FULL).items()}
    assert decode_state(covered).options == FULL.options
    for data in covered.values():
        json.loads(data)
