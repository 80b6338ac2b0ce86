"""The listings of bash's other builtins."""

import pytest

from rewind.model.state import Function, History
from rewind.protocol import listings
from rewind.protocol.listings import Damaged, FunctionsUnclear

F = b"f () \n{ \n    :\n}\n"
G = b"g () \n{ \n    cat <<E\n}\nh () \n{ \nE\n\n}\n"


def test_functions_are_divided_at_their_headers():
    assert listings.divide_functions(F + G, [b"f", b"g"]) == [F, G]
    assert listings.divide_functions(b"", []) == []


def test_functions_that_divide_in_two_ways_are_unclear():
    with pytest.raises(FunctionsUnclear) as unclear:
        listings.divide_functions(F + G + F.replace(b"f", b"h", 1), [b"f", b"g", b"h"])
    assert unclear.value.names == ("f", "g", "h")


def test_functions_without_their_names_are_damage():
    for names in ([], [b"g"], [b"f", b"g"]):
        with pytest.raises(Damaged):
            listings.divide_functions(F, names)


def test_our_own_functions_are_left_out():
    attributes = listings.function_attributes(b"declare -f __rw_pre\ndeclare -fxr f\n")
    assert listings.functions([b"x", F], attributes) == {"f": Function(F.decode(), "rx")}


def test_aliases():
    raw = b"alias a='b'\nalias -- -x='it'\\''s'\nalias \xc3\xa9='x\ny'\nalias q=\\''z'\n"
    assert listings.aliases(raw) == {"a": "b", "-x": "it's", "é": "x\ny", "q": "'z"}


def test_traps_have_the_same_names_in_posix_mode():
    assert listings.traps(b"trap -- 'a\nb' EXIT\ntrap -- '' SIGQUIT\n") == {
        "EXIT": "a\nb",
        "SIGQUIT": "",
    }
    assert listings.traps(b"trap -- 'x' INT\n") == {"SIGINT": "x"}


def test_options():
    assert listings.options(b"set -o posix\nset +o emacs\n") == {"posix"}
    assert listings.options(b"shopt -s extglob\nshopt -u dotglob\n") == {"extglob"}


def test_blocks_are_of_1024_bytes_also_in_posix_mode():
    raw = (
        b"core file size          (blocks, -c) 8\n"
        b"open files                      (-n) 1024\n"
        b"pipe size            (512 bytes, -p) 8\n"
        b"cpu time               (seconds, -t) unlimited\n"
    )
    assert listings.limits(raw, posix=False) == {"c": "8", "n": "1024", "t": "unlimited"}
    assert listings.limits(raw, posix=True)["c"] == "4"


def test_completions_are_quoted_whatever_bash_printed():
    raw = (
        b"complete -o nospace -b -A file -W 'it'\\''s\nx' -F f git\n"
        b"complete -F a b;c x\ncomplete -F g -D\ncomplete -C 'c' -dash\n"
    )
    assert listings.completions(raw, names_quoted=False) == {
        "git": "complete -o nospace -b -A file -W 'it'\\''s\nx' -F f git",
        "b;c x": "complete -F a 'b;c x'",
        "-D": "complete -F g -D",
        "-dash": "complete -C c -- -dash",
    }


def test_a_name_of_two_words_is_the_same_in_all_versions():
    old = listings.completions(b"complete -f n m\n", names_quoted=False)
    new = listings.completions(b"complete -f 'n m'\n", names_quoted=True)
    assert old == new == {"n m": "complete -f 'n m'"}


def test_the_history_entry_is_told_from_number_and_time():
    assert listings.history(b"") == History()
    assert listings.history(b"    1  \x1fone\ntwo\n") == History(1, "one\ntwo")
    assert listings.history(b"  502* ?? spaced\n") == History(502, " spaced")
