"""What restoring must not do beside what it is for."""

import pytest

from rewind.model.changes import differences

HOSTILE = ["$(touch HIT)", "`touch HIT`", "'; touch HIT; '", '"; touch HIT; "', "a[$(touch HIT)]"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_value_runs_nothing(bash, text):
    from rewind.protocol.quote import quote

    start = bash.state
    word = quote(text)
    bash.run(f"x={word}; a=({word}); declare -A m=([{word}]={word}); alias q={word}")
    bash.run(f"declare -n r={word}; complete -W {word} {word}; trap {word} USR1; set -- {word}")
    bash.run(f"hash -p /{word} q; pushd -n {word}; n={word}; declare -i n; TIMEFORMAT={word}")
    state = bash.state
    for target in (start, state, start):
        bash.jump(target)
    assert not list(bash.home.rglob("HIT"))


def test_the_history_file_is_not_cut(bash):
    file = bash.home / "history"
    bash.run(f"HISTSIZE=5000; HISTFILE='{file}'; HISTFILESIZE=10")
    few = bash.state
    file.write_text("".join(f"echo {n}\n" for n in range(1000)))
    bash.run("HISTFILESIZE=5000")
    bash.jump(few)
    assert len(file.read_text().splitlines()) == 1000


def test_the_trace_descriptor_stays_open(bash):
    start = bash.after("exec 7>trace")
    state = bash.after("BASH_XTRACEFD=7; set -x")
    bash.jump(start)
    bash.run("echo still >&7")
    bash.jump(state)
    bash.jump(start)
    bash.run("echo open >&7")
    assert bash.state.exit_code == 0
    assert "open" in (bash.home / "trace").read_text()


def test_history_ends_where_it_ended(bash):
    start = bash.after("history -s one; history -s $'two\\nlines'")
    assert (start.history.number, start.history.last) == (2, "two\nlines")
    bash.run("history -s three; history -s four")
    bash.jump(start)


def test_a_restore_says_nothing_even_under_set_x_and_traps(bash):
    start = bash.state
    state = bash.after("set -xE; trap 'echo trapped' DEBUG ERR RETURN; x=1; f () { :; }")
    said = bash.output.read_bytes()
    bash.jump(start)
    bash.jump(state)
    assert bash.output.read_bytes() == said


def test_one_function_that_does_not_parse_leaves_the_rest(bash):
    from dataclasses import replace

    from rewind.model.state import Function

    start = bash.state
    good = bash.after("good () { :; }; also=1")
    bad = {"bad": Function("bad () \n{ \n    if ) then\n}\n"), **good.functions}
    reached = bash.restore(bash.restore(good, start), replace(good, functions=bad))
    assert [item.what for item in differences(replace(good, functions=bad), reached)] == [
        "function bad"
    ]


def test_a_folder_that_is_gone_is_named_and_the_rest_comes_back(bash):
    start = bash.state
    state = bash.after("mkdir gone; cd gone; x=1")
    bash.jump(start)
    (bash.home / "gone").rmdir()
    found = differences(state, bash.restore(start, state))
    assert [item.what for item in found] == ["working directory"]
