"""What a hosted bash reads at its start."""

from pathlib import Path

import pytest

from rewind.shell.startup import startup_files, startup_script, without_ourselves


def test_an_ordinary_shell_reads_bashrc(tmp_path: Path) -> None:
    (tmp_path / ".bashrc").write_text("A=1\n")
    (tmp_path / ".profile").write_text("B=1\n")
    assert startup_files(tmp_path, login=False) == [tmp_path / ".bashrc"]


def test_a_login_shell_reads_the_first_profile_there_is(tmp_path: Path) -> None:
    (tmp_path / ".bash_login").write_text("")
    (tmp_path / ".profile").write_text("")
    assert startup_files(tmp_path, login=True)[-1] == tmp_path / ".bash_login"


def test_without_any_file_nothing_is_read(tmp_path: Path) -> None:
    assert startup_files(tmp_path, login=False) == []
    assert startup_script([]) == b""


def test_a_file_is_sourced_by_its_name_whatever_is_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "it's here"
    folder.mkdir()
    (folder / ".bashrc").write_text("A=1\n")
    expected = f"builtin . '{tmp_path}/it'\\''s here/.bashrc'\n"
    assert startup_script([folder / ".bashrc"]) == expected.encode()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (b"A=1\nexec rewind shell\n", b"A=1\n:\n"),
        (b"[[ -t 0 ]] && exec rewind shell\n", b"[[ -t 0 ]] && :\n"),
        (b"if x; then exec ~/.local/bin/rewind shell main; fi\n", b"if x; then :; fi\n"),
        (b"exec -l rewind record a || true\n", b":|| true\n"),
        (b"exec zsh\n", b"exec zsh\n"),
        (b"alias r='rewind shell'\n", b"alias r='rewind shell'\n"),
    ],
)
def test_starting_rewind_again_is_left_out(text: bytes, left: bytes) -> None:
    assert without_ourselves(text) == left
