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

    def after(self, written: str) -> tuple[tuple[str, int], tuple[str, int]]:
        bash, rewind = (shell.after(keys(written)) for shell in self._shells)
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
