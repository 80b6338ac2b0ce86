"""The same keys make the same line as in bash's own readline."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.keyed import RC, Keyed, hosted, vanilla
from harness.places import Home, bash_under_test

HISTORY = """\
echo one two three
git commit -m "a message" file.txt
ls -la /tmp/dir | grep foo
make all && make install
"""
INPUTRC = """\
set enable-bracketed-paste on
set revert-all-at-newline on
"\\e\\C-b": shell-backward-word
"\\e\\C-f": shell-forward-word
"\\e\\C-d": shell-kill-word
"\\e[5~": history-search-backward
"\\e[6~": history-search-forward
"\\e[1;5C": forward-word
"\\e[1;5D": backward-word
"\\e[3;5~": kill-word
"\\e[3~": delete-char
"\\C-xs": history-substring-search-backward
"\\C-xd": history-substring-search-forward
"\\C-xo": overwrite-mode
"\\C-xq": "a\\C-xq"
"""
"""Keys that older versions of readline have bound to nothing are bound here."""
VI = "set editing-mode vi\n"


def sequences(name: str) -> list[str]:
    """Those of a file that the bash under test is asked for: `# since 5.1` stands before what older
    ones have other answers to."""
    found: list[str] = []
    oldest = (0, 0)
    for line in (Path(__file__).parent / "keys" / f"{name}.txt").read_text().splitlines():
        if since := re.fullmatch(r"# since (\d+)\.(\d+)", line):
            oldest = int(since[1]), int(since[2])
        elif not line.startswith("#") and bash_under_test().version >= oldest:
            found.append(line)
    return found


def keys(written: str) -> bytes:
    return written.encode().decode("unicode_escape").encode("latin-1")


class Both:
    """bash, and rewind with the same bash, in one home."""

    def __init__(self, home: Home, inputrc: str, *, vi: bool) -> None:
        (home.path / ".bash_history").write_text(HISTORY)
        (home.path / ".inputrc").write_text(inputrc)
        self._shells: tuple[Keyed, Keyed] = vanilla(home), hosted(home)
        for shell in self._shells:
            shell.vi = vi

    def after(self, *written: str) -> tuple[tuple[str, int], tuple[str, int]]:
        bash, rewind = (shell.after(*map(keys, written)) for shell in self._shells)
        return bash, rewind

    def close(self) -> None:
        for shell in self._shells:
            shell.close()


@pytest.fixture(scope="module")
def emacs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    both = Both(Home(tmp_path_factory.mktemp("emacs") / "home", RC), INPUTRC, vi=False)
    yield both
    both.close()


@pytest.fixture(scope="module")
def vi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    both = Both(Home(tmp_path_factory.mktemp("vi") / "home", RC), INPUTRC + VI, vi=True)
    yield both
    both.close()


@pytest.mark.parametrize("written", sequences("emacs"))
def test_keys_of_emacs_do_what_they_do_in_bash(emacs: Both, written: str) -> None:
    bash, rewind = emacs.after(written)
    assert rewind == bash


@pytest.mark.parametrize("written", sequences("vi"))
def test_keys_of_vi_do_what_they_do_in_bash(vi: Both, written: str) -> None:
    bash, rewind = vi.after(written)
    assert rewind == bash


@pytest.mark.parametrize(
    "written",
    [
        ("one two", r"\x1b", "b", "X"),
        (r"\x1b", "."),
        (r"one\x1b", "3", "x"),
        ("one", r"\x18", r"\x18", "X"),
        ("one", r"\x1b", "[", "D", "X"),
    ],
)
def test_keys_that_begin_others_wait_for_them_as_in_bash(
    emacs: Both, written: tuple[str, ...]
) -> None:
    bash, rewind = emacs.after(*written)
    assert rewind == bash


@pytest.mark.parametrize("unknown", [r"\x1b[1;2D", r"\x1b[5;5~", r"\x1b[99;9~", r"\x1bOP", r"\x1a"])
def test_keys_that_nobody_has_bound_type_nothing(emacs: Both, unknown: str) -> None:
    _, rewind = emacs.after(rf"one{unknown}\x02X")
    assert rewind == ("onXe", 3)


def test_what_is_pasted_behind_a_key_that_waits_for_another_is_not_lost(emacs: Both) -> None:
    _, rewind = emacs.after(r"one\x1b\x1b[200~two\x1b[201~")
    assert rewind == ("onetwo", 6)


def test_overwriting_ends_with_the_line(emacs: Both) -> None:
    emacs.after(r"\x18oone")
    assert emacs.after(r"one\x01X") == (("Xone", 1), ("Xone", 1))
