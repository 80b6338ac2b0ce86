"""Where the record lives, and that it is its owner's alone."""

import os
import stat
import sys
from pathlib import Path

from rewind.errors import StoreUnusable

FILE_NAME = "rewind.db"

_ROOM = 1 << 20
"""Bytes that have to be free for a recording to go on: less would be full again at once."""


def home() -> Path:
    """Return $REWIND_HOME, or else the platform's user data folder for rewind. Touches no disk."""
    chosen = os.environ.get("REWIND_HOME")
    if chosen:
        return Path(chosen).absolute()
    if sys.platform == "linux":
        return xdg_folder("XDG_DATA_HOME", "~/.local/share")
    from platformdirs import user_data_path

    return user_data_path("rewind", appauthor=False)


def config_path() -> Path:
    """Return where the configuration is, on this platform and for this user."""
    if sys.platform == "linux":
        return xdg_folder("XDG_CONFIG_HOME", "~/.config") / "config.toml"
    from platformdirs import user_config_path

    return user_config_path("rewind") / "config.toml"


def xdg_folder(variable: str, default: str) -> Path:
    """Return rewind's folder in the one that `variable` names (XDG Base Directory Specification).
    platformdirs says the same, and takes a fifth of the time that Python itself takes to start."""
    return Path(os.environ.get(variable, "").strip() or default).expanduser() / "rewind"


def store_path() -> Path:
    """Return the path of the store's file in `home()`."""
    return home() / FILE_NAME


def prepare_folder(folder: Path) -> None:
    """Make `folder`, or check it: it must be ours and nobody else may look into it.

    One that exists is closed to others only if it is empty or already holds a store: the folder
    may be a slip (REWIND_HOME=/tmp), and then changing its mode would be harm. Raises
    StoreUnusable."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.mkdir(mode=0o700)
            folder.chmod(0o700)
        except FileExistsError:
            _check_folder(folder)
    except OSError as error:
        raise StoreUnusable(
            f"cannot make the folder {folder}: {error.strerror}",
            "set REWIND_HOME to a folder that can be written",
        ) from error


def _check_folder(folder: Path) -> None:
    status = folder.stat()
    if not stat.S_ISDIR(status.st_mode):
        raise StoreUnusable(f"{folder} is not a folder", "set REWIND_HOME to a folder")
    if status.st_uid != os.geteuid():
        raise StoreUnusable(
            f"the folder {folder} belongs to another user",
            "run rewind as its owner, or set REWIND_HOME to a folder of your own",
        )
    if not status.st_mode & 0o077:
        return
    if (folder / FILE_NAME).exists() or not any(folder.iterdir()):
        folder.chmod(0o700)
        return
    raise StoreUnusable(
        f"the folder {folder} is open to other users",
        f"chmod 700 '{folder}', or set REWIND_HOME to a folder of its own",
    )


def prepare_file(path: Path) -> None:
    """Make the store's file, empty, or check it: ours, a plain file, closed to others whatever
    the umask. SQLite gives its side files the mode of this one. Raises StoreUnusable."""
    try:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            os.fchmod(descriptor, 0o600)
            os.close(descriptor)
        except FileExistsError:
            # Of a link it would be another file whose mode is changed.
            status = path.lstat()
            if stat.S_ISLNK(status.st_mode):
                hint = "move the file there, or make the folder itself a link"
                raise StoreUnusable(f"the store {path} is a link", hint) from None
            if not stat.S_ISREG(status.st_mode):
                raise StoreUnusable(f"{path} is not a file", "move it away") from None
            if status.st_uid != os.geteuid():
                raise StoreUnusable(
                    f"the store {path} belongs to another user", "run rewind as its owner"
                ) from None
            if status.st_mode & 0o077:
                path.chmod(0o600)
    except OSError as error:
        raise StoreUnusable(
            f"cannot make the store {path}: {error.strerror}",
            "set REWIND_HOME to a folder that can be written",
        ) from error


def has_room(path: Path) -> bool:
    """Whether the store's file could grow. Tried with a file beside it that has nothing before the
    same place: quotas and limits on a file's size count too."""
    probe = path.with_name(f"room-{os.getpid()}")
    try:
        descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            probe.unlink()
            return os.pwrite(descriptor, bytes(_ROOM), path.stat().st_size) == _ROOM
        finally:
            os.close(descriptor)
    except OSError:
        return False
