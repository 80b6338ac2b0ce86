"""What the random walks found: each a program and its jumps that once went wrong."""

from collections.abc import Callable, Generator
from pathlib import Path

from harness.places import Home
from harness.unprompted import Unprompted, play
from rewind.model.changes import differences
from rewind.model.session import Position

Looks = Callable[[Unprompted], None]


def walked(tmp_path: Path, lines: list[str], places: list[int], looks: Looks) -> None:
    """Run `lines`, go to `places`, each of which must be as it was recorded, then look."""
    home = Home(tmp_path / "home")
    seen: list[int] = []

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        for line in lines:
            yield line
            shell.settle()
        for place in places:
            shell.wish(step=str(place) if place >= 0 else "start")
            yield None
            wanted = shell.recorded(Position("play", place))
            assert [d.what for d in differences(wanted, shell.captured())] == []
            assert shell.stage.recording.not_restored == ()
            seen.append(place)
        looks(shell)

    play(scenario, home)
    assert seen == places


def test_a_command_that_was_no_new_history_entry_is_none_after_a_jump_forward(
    tmp_path: Path,
) -> None:
    def looks(shell: Unprompted) -> None:
        assert shell.told_by_bash("\\builtin fc -ln -9").split() == [b"true", b"false"]

    walked(tmp_path, ["true", "true", "false"], [-1, 2], looks)


def test_a_command_of_two_lines_is_an_entry_each_time_it_is_run(tmp_path: Path) -> None:
    def looks(shell: Unprompted) -> None:
        assert shell.told_by_bash("\\builtin fc -ln -9").count(b"true 'a") == 2

    walked(tmp_path, ["true 'a\nb'", "true 'a\nb'"], [-1, 1], looks)


def test_functions_that_only_bash_can_tell_apart_have_a_state_at_their_own_step(
    tmp_path: Path,
) -> None:
    line = "eval 'function g () { cat <<EOF\n}\ng () \n{ \n    echo\nEOF\n\n}'"

    def looks(shell: Unprompted) -> None:
        assert b"<<EOF\n}\n" in shell.told_by_bash("\\builtin declare -f g")

    walked(tmp_path, [line, "true"], [-1, 0], looks)


def test_no_descriptor_of_a_capture_is_reported_after_a_jump(tmp_path: Path) -> None:
    walked(tmp_path, ["a=1", "a=2"], [0, 1] * 15, lambda shell: None)


def test_a_state_is_told_again_and_again_without_a_pause(tmp_path: Path) -> None:
    def looks(shell: Unprompted) -> None:
        first = shell.captured()
        assert all(shell.captured() == first for _ in range(100))

    walked(tmp_path, ["a=1"], [], looks)


def test_the_history_of_a_line_that_was_left_is_replaced_also_where_both_end_alike(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home")
    told: list[bytes] = []

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        for line in ("a=0", "a=1", "a=2", "a=3"):
            yield line
        shell.wish(step="1")
        yield None
        for line in ("a=left", "a=3"):
            yield line
        shell.wish(step="-")
        yield None
        told.append(shell.told_by_bash("\\builtin fc -ln -9"))

    play(scenario, home)
    assert told[0].split() == [b"a=0", b"a=1", b"a=2", b"a=3"]


def test_no_line_of_the_script_is_an_entry_where_history_is_turned_on(tmp_path: Path) -> None:
    def looks(shell: Unprompted) -> None:
        assert shell.told_by_bash("\\builtin history").split() == [b"1", b"a=0"]

    walked(tmp_path, ["a=0", "set +o history"], [0], looks)


def test_a_variable_that_cannot_be_an_integer_again_keeps_its_value(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    said: list[str] = []

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        yield "declare -i IFS"
        yield "IFS=1"
        shell.wish(step="0")
        yield None
        said.extend(shell.said)
        assert shell.told_by_bash('printf %q "$IFS"') == b"$' \\t\\n'"

    play(scenario, home)
    assert said[1:] == ["rewind: not restored: variable IFS (attributes - instead of i)"]


def test_undo_after_going_on_cuts_only_what_came_since_from_the_users_history(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home")
    told: list[list[bytes]] = []

    def first(shell: Unprompted) -> Generator[str | None, None, None]:
        yield "a=1"
        yield "a=2"

    def second(shell: Unprompted) -> Generator[str | None, None, None]:
        shell.stage.loop.moved(shell.stage.travel.resume(()))
        yield "a=3"
        for place in ("1", "0", "2"):
            shell.wish(step=place)
            yield None
            told.append(shell.told_by_bash("\\builtin fc -ln 1").split())
            assert shell.said[1:] == []

    play(first, home)
    old = [f"old{number}" for number in range(20)]
    (home.path / ".bash_history").write_text("".join(f"{line}\n" for line in old))
    play(second, home)
    kept = [line.encode() for line in old]
    assert told == [kept, kept, [*kept, b"a=2", b"a=3"]]


def test_an_undo_on_a_line_that_was_regained_cuts_its_history_where_it_is_now(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home")
    told: list[list[bytes]] = []

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        yield "a=0"
        yield "rewind version >/dev/null"
        yield "a=1"
        shell.wish(step="0")
        yield None
        shell.wish(step="-")
        yield None
        yield "a=2"
        shell.wish(step="1")
        yield None
        told.append(shell.told_by_bash("\\builtin fc -ln -9").split())
        assert shell.said[1:] == []

    play(scenario, home)
    assert told == [[b"a=0", b"a=1"]]


def test_a_folder_that_was_gone_already_is_not_named(tmp_path: Path) -> None:
    walked(tmp_path, ["mkdir x; cd x; rmdir ../x", "a=1"], [0], lambda shell: None)


def test_a_signal_that_was_ignored_is_not_after_a_jump_to_a_fresh_bash(tmp_path: Path) -> None:
    def looks(shell: Unprompted) -> None:
        assert shell.told_by_bash("trap -p CHLD USR1").split(b"\n") == [b""]

    walked(tmp_path, ["a=1", "trap '' CHLD USR1; readonly R=1"], [0], looks)


def test_the_editing_mode_changes_in_both_directions(tmp_path: Path) -> None:
    walked(tmp_path, ["a=1", "set -o vi", "set -o emacs"], [1, 0, 1, 2], lambda shell: None)


def test_a_command_keeps_its_delete_character_whatever_ifs_is(tmp_path: Path) -> None:
    def looks(shell: Unprompted) -> None:
        assert b"'\x7f'" in shell.told_by_bash("\\builtin fc -ln -1")
        assert shell.captured().variables["v"].value == "\x7f"

    lines = ["IFS='\x7f'", "PS1='a\x7fb'; HISTIGNORE='c\x7fd'", "v='\x7f'", "v='\x7f'", "a=1"]
    walked(tmp_path, [*lines, "v='\x7f'"], [0, 5, 2, 5], looks)


def test_the_exit_code_is_that_of_the_step_also_where_the_terminal_changes(tmp_path: Path) -> None:
    def looks(shell: Unprompted) -> None:
        assert shell.captured().exit_code == 3

    walked(tmp_path, ["stty -ixon; (exit 3)", "stty ixon"], [0], looks)


def test_a_line_with_a_jump_in_it_is_a_step_with_a_state_and_files(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.install_rewind()
    (home.work / "file").write_text("")

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        shell.settle()
        yield "a=0; echo 0 > file"
        shell.settle()
        yield "a=1; echo 1 > file; rewind goto 0; a=no"
        yield None
        assert shell.position == Position("play", 0)
        shell.wish(step="1")
        yield None
        assert shell.said[0] == "rewind: now after step 1 of play (was: step 0)"
        assert not any("not restored" in line or "no state" in line for line in shell.said)
        assert shell.captured().variables["a"].value == "1"
        assert (home.work / "file").read_text() == "1\n"

    play(scenario, home, files=str(home.work))


def test_entries_of_several_lines_are_named_where_a_fresh_bash_makes_more_of_them(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home")
    said: list[str] = []

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        yield "a='x\ny'"
        yield "a=1"
        yield "readonly R=1"
        shell.wish(step="1")
        yield None
        said.extend(shell.said)

    play(scenario, home)
    assert said[1:] == ["rewind: not restored: history list (ends at entry 3 instead of 2)"]


def test_lines_that_bash_kept_out_of_its_history_do_not_come_into_it_by_a_jump(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home")
    said: list[str] = []

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        yield "HISTIGNORE='pwd:a=*'"
        yield "a=1"
        yield "\\builtin set +o history"
        yield "b=1"
        kept = shell.told_by_bash("\\builtin history")
        shell.wish(step="0")
        yield None
        said.extend(shell.said)
        shell.wish(step="-")
        yield None
        said.extend(shell.said)
        assert shell.told_by_bash("\\builtin history") == kept

    play(scenario, home)
    assert not any("not restored" in line for line in said), said


def test_many_jumps_that_need_a_fresh_bash_leave_none_waiting_for_a_reader(tmp_path: Path) -> None:
    # Each told its readline's settings into a FIFO that nobody read: the sixth or so was stuck.
    home = Home(tmp_path / "home")

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        yield "readonly R=1"
        shell.wish(step="start")
        yield None
        yield "a=1"
        for _ in range(5):
            shell.wish(step="play:0")
            yield None
            assert "rewind: now after step 0 of play" in shell.said[0]
            shell.wish(step="-")
            yield None
            assert "rewind: now after step 0 of play-branch-start" in shell.said[0]

    play(scenario, home)
