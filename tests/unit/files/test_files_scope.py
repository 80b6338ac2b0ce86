"""What a shell tracks, decided quickly and said in one line."""

import time
from pathlib import Path

import pytest

from rewind.files.limits import Limits
from rewind.files.scope import decide


@pytest.mark.parametrize(
    ("here", "words"),
    [("/", "root of everything"), ("/u/me", "your home"), ("/u", "holds your home")],
)
def test_auto_does_not_dare_root_home_or_above(tmp_path, here, words):
    home = tmp_path / "u/me"
    home.mkdir(parents=True)
    folder = Path("/") if here == "/" else tmp_path / here[1:]
    scope = decide(folder, home=home)
    assert scope.root is None
    assert words in scope.reason


def test_a_link_to_home_is_home(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to("home")
    assert decide(tmp_path / "link", home=tmp_path / "home").root is None


def test_a_small_tree_is_tracked_and_counted(tmp_path):
    (tmp_path / "p/d").mkdir(parents=True)
    (tmp_path / "p/d/f").write_text("x")
    scope = decide(tmp_path / "p", home=tmp_path)
    assert (scope.root, scope.files, scope.settled) == (tmp_path / "p", 1, True)
    assert scope.reason.startswith("files are tracked: ")
    assert "\n" not in scope.reason


def test_off_and_no_folder_say_so(tmp_path):
    assert decide(tmp_path, "off").root is None
    assert "no folder" in decide(tmp_path, tmp_path / "nothing").reason


def test_a_named_path_is_tracked_even_where_auto_would_not_dare(tmp_path):
    assert decide(tmp_path, tmp_path, home=tmp_path).root == tmp_path


@pytest.mark.parametrize("limits", [Limits(entries=5), Limits(bytes=8192)])
def test_a_tree_beyond_the_limits_is_refused_with_the_limit(tmp_path, limits):
    (tmp_path / "p").mkdir()
    for i in range(10):
        (tmp_path / f"p/{i}").write_text("x" * 3000)
    scope = decide(tmp_path / "p", limits=limits, home=tmp_path)
    assert scope.root is None
    assert "than" in scope.reason


def test_a_look_that_takes_too_long_ends_and_says_that_it_is_not_over(tmp_path):
    (tmp_path / "p").mkdir()
    for i in range(300):
        (tmp_path / f"p/{i}").mkdir()
    began = time.monotonic()
    scope = decide(tmp_path / "p", home=tmp_path, seconds=0.0001)
    assert time.monotonic() - began < 1
    assert scope.root == tmp_path / "p"
    assert not scope.settled


def test_a_strange_name_is_shown_harmlessly(tmp_path):
    (tmp_path / "a\nb\x1b[2J").mkdir()
    reason = decide(tmp_path / "a\nb\x1b[2J", home=tmp_path).reason
    assert "\n" not in reason
    assert "\x1b" not in reason
