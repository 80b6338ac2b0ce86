"""Tab makes the same line as in bash itself, with bash-completion where that is installed."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.keyed import RC, Keyed, hosted, vanilla
from harness.places import Home

SETUP = r"""
for __f in /usr/share/bash-completion/bash_completion /etc/bash_completion; do
    if [[ -r $__f ]]; then . "$__f"; break; fi
done
unset __f
myfunc_one() { :; }
user_function() { :; }
alias myalias_one='echo hi'
words() { COMPREPLY=($(compgen -W "alpha alps beta" -- "$2")); }
complete -F words words
bind '"\C-xq": menu-complete'
bind '"\C-xw": menu-complete-backward'
"""
FILES = (
    "alpha.txt",
    "a file.txt",
    "a fine.txt",
    "it's",
    "übel",
    "dollar$x",
    "semi;colon",
    "br[a]k",
)
FOLDERS = ("sub/dir1", "sub/dir2", "with space")


def heads(name: str) -> list[str]:
    text = (Path(__file__).parent / "keys" / f"{name}.txt").read_text()
    return [line for line in text.splitlines() if not line.startswith("# ")]


def start(home: Home, inputrc: str) -> tuple[Keyed, Keyed]:
    """bash, and rewind with the same bash, in a folder with files and a repository."""
    for name in FOLDERS:
        (home.work / name).mkdir(parents=True)
    for name in FILES:
        (home.work / name).write_text("")
    (home.work / "Makefile").write_text("all:\n\ttrue\nclean:\n\ttrue\nalpine:\n\ttrue\n")
    git = ["git", "-C", str(home.work), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q", "-b", "main"], env=home.env(), check=True)
    commit = [*git, "commit", "-q", "--allow-empty", "-m", "first"]
    subprocess.run(commit, env=home.env(), check=True)
    (home.path / ".inputrc").write_text(inputrc)
    return vanilla(home), hosted(home)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Keyed, Keyed]]:
    home = Home(tmp_path_factory.mktemp("tab") / "home", SETUP + RC)
    shells = start(home, "set enable-bracketed-paste on\n")
    yield shells
    for shell in shells:
        shell.close()


@pytest.fixture(scope="module")
def loose(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Keyed, Keyed]]:
    """Both with variables of ~/.inputrc that change what a completion makes."""
    home = Home(tmp_path_factory.mktemp("loose") / "home", SETUP + RC)
    inputrc = (
        "set enable-bracketed-paste on\nset completion-ignore-case on\n"
        "set completion-map-case on\nset mark-directories off\nset show-all-if-ambiguous on\n"
        "set expand-tilde on\n"
    )
    shells = start(home, inputrc)
    yield shells
    for shell in shells:
        shell.close()


@pytest.mark.parametrize("head", heads("tab"))
def test_tab_does_what_it_does_in_bash(both: tuple[Keyed, Keyed], head: str) -> None:
    bash, rewind = (shell.after(head.encode() + b"\t") for shell in both)
    assert rewind == bash


@pytest.mark.parametrize(
    "keys",
    [
        "cat alpha.t foo\x1bb\x02\t",
        "cat alpha.t foo\x1bb\x02\tX",
        "cat al x\x02\x02\t",
        'cat "a fil" x\x02\x02\x02\t',
        'cat "a fil\x01\x05\t',
        "cd su y\x02\x02\t",
        "cd su/dir1\x02\x02\x02\x02\x02\t",
        "words al beta\x1bb\x02\t",
        "git che -b x\x1bb\x1bb\x02\x02\t",
        "cat alpha.txt\x02\x02\x02\t",
    ],
)
def test_tab_within_a_line_minds_what_stands_after_it(both: tuple[Keyed, Keyed], keys: str) -> None:
    bash, rewind = (shell.after(keys.encode()) for shell in both)
    assert rewind == bash


@pytest.mark.parametrize(
    "head",
    [
        "cat AL",
        "cd SUB/D",
        "cd su",
        "cat ALPHA.T",
        "cat ~/wo",
        "words AL",
        "ls It",
        "cat a-f",
        "GREP",
    ],
)
def test_tab_honours_the_variables_of_inputrc(loose: tuple[Keyed, Keyed], head: str) -> None:
    bash, rewind = (shell.after(head.encode() + b"\t") for shell in loose)
    assert rewind == bash


@pytest.mark.parametrize(
    "keys",
    [
        "cat al\x18q",
        "cat a\x18q\x18q",
        "cat a\x18w",
        "cat a\x18q\x18q\x18w",
        "cat a\x18q\x18w",
        'cat "a\x18q\x18q',
        "cd su\x18q",
        "cd su\x18q\x18q",
        "cd su\x18q\x18q\x18q",
        "cd sub/\x18q\x18q\x18q\x18q",
        "words al\x18q\x18q\x18q\x18q",
        "words al x\x02\x02\x18q",
        "words al\x18q\x7f\x7f\x18q",
        "git che\x18q x",
        "echo $HOM\x18q",
        "nosuchcmd zzz\x18q",
    ],
)
def test_menu_complete_does_what_it_does_in_bash(both: tuple[Keyed, Keyed], keys: str) -> None:
    bash, rewind = (shell.after(keys.encode()) for shell in both)
    assert rewind == bash
