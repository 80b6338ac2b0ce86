"""A dump is right, and leaves no trace, whatever the user has set up."""

import pytest

SETUPS = {
    "nothing": ":",
    "set -e": "set -e",
    "set -u": "set -u",
    "set -x": "set -x",
    "set -v": "set -v",
    "set -f": "set -f",
    "set -C": "set -C",
    "posix": "set -o posix",
    "IFS": "IFS=0",
    "failglob": "shopt -s failglob nullglob",
    "FUNCNEST": "FUNCNEST=1",
    "functions": "printf () { echo no; }; declare () { echo no; }; true () { echo no; }; "
    "eval () { echo no; }; history () { echo no; }",
    "aliases": "alias printf=false declare=false builtin=false set=false true=false",
    "traps": "set -ET; trap 'echo debug' DEBUG; trap 'echo err' ERR; trap 'echo return' RETURN",
    "xtrace and traps": "PS4='+$(echo trace)'; set -x; trap 'echo debug' DEBUG",
    "extdebug": "shopt -s extdebug",
    "readonly HISTTIMEFORMAT": "readonly HISTTIMEFORMAT='%F '",
    "umask": "umask 777",
    "descriptor 9": "exec 9>kept",
}


@pytest.mark.parametrize("name", SETUPS)
def test_a_dump_changes_nothing_and_shows_nothing(bash, name):
    bash.run(SETUPS[name])
    bash.run('(exit 3) || echo "first  word" "last  word" >/dev/null')
    first = bash.state
    said = bash.output.read_bytes()
    second = bash.state
    # A DEBUG trap runs before `$_` can be read, here as at any prompt.
    assert first.last_argument == ("debug" if "traps" in name else "last  word")
    assert first == second
    news = bash.output.read_bytes()[len(said) :]
    assert news == b"" or name == "set -v"


def test_a_dump_records_the_exit_code(bash):
    assert bash.after("(exit 42)").exit_code == 42


def test_a_dump_does_not_step_the_random_numbers(bash):
    bash.run("RANDOM=42; first=$RANDOM; RANDOM=42")
    assert bash.state.variables["first"] == bash.after("second=$RANDOM").variables["second"]


def test_nothing_of_ours_is_exported_under_allexport(bash):
    bash.run("set -a")
    state = bash.state
    bash.restore(state, state)
    bash.run("env >environment")
    assert not any(name.startswith("__rw") for name in bash.state.variables)
    assert "__rw" not in (bash.home / "environment").read_text().replace("__rw_dir", "")


def test_functions_whose_text_is_ambiguous_are_listed_one_by_one(bash):
    bash.run("a () {\ncat <<E\n}\nb () \n{ \n    :\n}\nE\n}\nb () { echo real; }")
    functions = bash.state.functions
    assert "real" in functions["b"].body
    assert functions["a"].body.endswith("E\n\n}\n")
    bash.run("c () { :; }")
    assert set(bash.state.functions) == {"a", "b", "c"}


def test_an_unchanged_part_is_the_same_object_in_the_next_dump(bash):
    bash.run("f () { :; }; alias a=b; x=(1 2)")
    first = bash.state
    second = bash.state
    for part in ("variables", "functions", "aliases", "options", "shopt", "limits"):
        assert first.section(part) is second.section(part)
    third = bash.after("y=1")
    assert third.variables["x"] is first.variables["x"]


def test_where_there_is_no_fifo_nothing_is_written(bash):
    (bash.run_folder / "state").rename(bash.run_folder / "moved")
    from rewind.shell.capture import dump_script

    bash.run(dump_script())
    bash.run('mv "$__rw_dir/moved" "$__rw_dir/gone-by"')
    bash.run('mv "$__rw_dir/gone-by" "$__rw_dir/state"')
    assert bash.state.exit_code == 0
    assert sorted(path.name for path in bash.run_folder.iterdir()) == ["state"]
