from pathlib import Path

import pytest

from rewind.repl.filelooks import looks
from rewind.repl.menu import Menu
from rewind.repl.readlinekeys import ReadlineSettings

WORDS = ("dir", "link", "plain.txt", "run")


@pytest.fixture
def folder(tmp_path: Path) -> str:
    (tmp_path / "dir").mkdir()
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "plain.txt").write_text("")
    (tmp_path / "run").write_text("")
    (tmp_path / "run").chmod(0o755)
    return str(tmp_path)


def settings(**variables: str) -> ReadlineSettings:
    return ReadlineSettings({name.replace("_", "-"): value for name, value in variables.items()})


def test_a_folder_has_its_slash(folder: str) -> None:
    assert looks(folder, WORDS, settings(), None).suffixes == {"dir": "/"}


def test_no_folder_has_one_with_mark_directories_off(folder: str) -> None:
    assert looks(folder, WORDS, settings(mark_directories="off"), None).suffixes == {}


def test_visible_stats_say_what_each_file_is(folder: str) -> None:
    shown = looks(folder, WORDS, settings(visible_stats="on"), None)
    assert shown.suffixes == {"dir": "/", "link": "@", "run": "*"}


def test_colored_stats_give_each_kind_its_colour(folder: str) -> None:
    shown = looks(folder, WORDS, settings(colored_stats="on"), None)
    assert shown.colours == {"dir": "01;34", "link": "01;31", "run": "01;32"}


def test_names_that_are_not_all_files_are_taken_for_none(folder: str) -> None:
    shown = looks(folder, (*WORDS, "branch"), settings(colored_stats="on"), None)
    assert not shown.files
    assert shown.colours == {}


def test_what_was_typed_already_has_the_colour_of_the_prefix(folder: str) -> None:
    shown = looks(folder, ("dir/", "dirk"), settings(colored_completion_prefix="on"), None)
    menu = Menu(("dir/", "dirk"), shown, 3)
    assert menu.text(80) == "\x1b[01;35mdir\x1b[0;m/\x1b[0m  \x1b[01;35mdir\x1b[0;mk\x1b[0m\n"
