from pathlib import Path

import pytest

from rewind.model.state import State, Variable
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


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("a\\ b\\$c", "a b$c/"),
        ('"a b\\$c"', "a b$c/"),
        ("'a b$c'", "a b$c/"),
        ("$'a b$c'", "a b$c/"),
        ("\\~tilde", "~tilde/"),
        ("$PART/in\\ ner", "in ner/"),
        ('"${PART}/in ner"', "in ner/"),
        ("$PWD/dir", "dir/"),
        ("~+/dir", "dir/"),
        ("~-/dir", "dir/"),
        ("~1/dir", "dir/"),
        ("$UNSET/tmp", "tmp/"),
    ],
)
def test_a_folder_has_its_slash_and_its_bare_name_however_it_is_written(
    tmp_path: Path, word: str, label: str
) -> None:
    for name in ("a b$c", "~tilde", "dir", "part/in ner"):
        (tmp_path / name).mkdir(parents=True)
    here = str(tmp_path)
    variables = {"PART": Variable(value="part"), "OLDPWD": Variable(value=here)}
    state = State(cwd=here, dirstack=(here,), variables=variables)
    menu = Menu((word,), looks(here, (word,), settings(), state), 0)
    assert menu.text(80) == f"{label}\n"


def test_names_of_which_one_is_quoted_are_of_files(folder: str) -> None:
    (Path(folder) / "a b").write_text("")
    assert looks(folder, ("dir", "gone"), settings(), None).suffixes == {}
    assert looks(folder, ("a\\ b", "dir", "gone"), settings(), None).suffixes == {"dir": "/"}


@pytest.mark.parametrize("word", ["$(pwd)/dir", "$RANDOM", "${PART%t}", "~nobody-has-it/dir"])
def test_what_would_have_to_be_run_to_be_known_is_shown_as_it_stands(
    folder: str, word: str
) -> None:
    shown = looks(folder, (word,), settings(), State(variables={"PART": Variable(value="dir")}))
    assert shown.names == {}
    assert not shown.files
