import os
import stat
from pathlib import Path

import platformdirs
import pytest

from rewind.errors import StoreUnusable
from rewind.store import Store
from rewind.store.location import config_path, home, store_path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_rewind_home_says_where_the_store_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REWIND_HOME", str(tmp_path / "r"))
    assert home() == tmp_path / "r"
    assert store_path() == tmp_path / "r" / "rewind.db"


def test_without_rewind_home_the_store_is_in_the_users_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REWIND_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert home().name == "rewind"
    assert tmp_path in home().parents


@pytest.mark.parametrize("value", [None, "", " ", "/somewhere/else"])
def test_the_folders_are_those_that_platformdirs_names(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REWIND_HOME", raising=False)
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(variable, raising=False)
        if value is not None:
            monkeypatch.setenv(variable, value)
    assert home() == platformdirs.user_data_path("rewind", appauthor=False)
    assert config_path() == platformdirs.user_config_path("rewind") / "config.toml"


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_folder_and_files_are_their_owners_alone_whatever_the_umask(
    tmp_path: Path, umask: int
) -> None:
    path = tmp_path / "home" / "rewind.db"
    before = os.umask(umask)
    try:
        with Store(path) as store:
            store.create_session("a", cwd="/")
            files = sorted(p.name for p in path.parent.iterdir())
            modes = {mode(p) for p in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert files == ["rewind.db", "rewind.db-shm", "rewind.db-wal"]
    assert modes == {0o600}
    assert mode(path.parent) == 0o700


def test_an_empty_folder_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o755)
    Store(tmp_path / "home" / "rewind.db").close()
    assert mode(tmp_path / "home") == 0o700


def test_an_open_folder_with_other_things_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "letter.txt").touch()
    with pytest.raises(StoreUnusable, match="open to other users") as caught:
        Store(folder / "rewind.db")
    assert caught.value.hint is not None
    assert "chmod 700" in caught.value.hint
    assert mode(folder) == 0o755


def test_a_store_that_others_could_read_is_closed_to_them(store_file: Path) -> None:
    Store(store_file).close()
    store_file.chmod(0o644)
    store_file.parent.chmod(0o755)
    Store(store_file).close()
    assert (mode(store_file), mode(store_file.parent)) == (0o600, 0o700)


def test_anothers_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with pytest.raises(StoreUnusable, match="belongs to another user"):
        Store(tmp_path / "home" / "rewind.db")


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(StoreUnusable, match="is not a folder"):
        Store(tmp_path / "home" / "rewind.db")


def test_a_file_above_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnusable, match="cannot make the folder"):
        Store(tmp_path / "file" / "home" / "rewind.db")


@pytest.mark.parametrize("read_only", [False, True])
def test_a_name_that_the_disk_does_not_take_is_refused(tmp_path: Path, read_only: bool) -> None:
    with pytest.raises(StoreUnusable, match="too long"):
        Store(tmp_path / ("x" * 300) / "rewind.db", read_only)


def test_a_folder_where_the_store_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home" / "rewind.db").mkdir(parents=True)
    with pytest.raises(StoreUnusable, match="is not a file"):
        Store(tmp_path / "home" / "rewind.db")


def test_a_link_in_the_place_of_the_store_changes_nothing_elsewhere(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("mine")
    other.chmod(0o644)
    folder = tmp_path / "r"
    folder.mkdir(mode=0o700)
    (folder / "rewind.db").symlink_to(other)
    with pytest.raises(StoreUnusable, match="is a link"):
        Store(folder / "rewind.db")
    assert (mode(other), other.read_text()) == (0o644, "mine")
