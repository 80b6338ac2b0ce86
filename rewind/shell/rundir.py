"""The folder in which host and bash meet: FIFOs beside the terminal, the next command, the socket.

events    bash → host   a command has ended (protocol.records)
replies   host → bash   . OLD-NONCE NEW-NONCE SESSION . (a line)
state     bash → host   a dump of the state
answers   bash → host   a completed line, or readline's settings, or what a key made of a line
notes     bash → host   what the words of a completion are
settings  readline's settings, as the start-up files have left them
words     what is asked about them: NUMBER NUL LINE NUL WORD NUL …
line      the line to complete: BEFORE-THE-CURSOR NUL AFTER-IT NUL
edit      the line for a key: BEFORE-THE-CURSOR NUL AFTER-IT NUL SHELL-COMMAND NUL
          READLINE-COMMAND NUL
command   the next command line: SEQUENCE NUL SESSION-or-'silent' NUL TEXT NUL SHORT NUL GUARD NUL,
          where SHORT is what is to be run instead of a text that is too long, and GUARD says
          whether a trap is to stand ready for a jump
long      such a text
hooks     bash's start-up file
restore   what bash runs to be in another state
next      the number of the line before the next command of a script
socket    where `rewind` commands reach the host
"""

import contextlib
import errno
import fcntl
import os
import shutil
import stat
import sys
import tempfile
import termios
import time
from pathlib import Path

from rewind.errors import BashUnusable

FIFOS = ("events", "replies", "state", "answers", "notes")
_GIVES_UP = 2.5
"""Seconds after an answer from which on an end without it means that the hook has given up waiting
for it, which takes it 3."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
SHORT = "/tmp"
IN_MEMORY = "/dev/shm"
"""Where Linux keeps files that are on no disk."""

_LONGEST_BASE = 60
"""The socket's path has to fit into 104 bytes (sun_path on the smallest system)."""

_LONGEST_TEMPORARY = 85 if sys.platform == "linux" else 81
"""What a folder's name, the socket's and the final NUL leave of sun_path's 108 or 104 bytes."""


def _base() -> str:
    """The user's own folder for such things, the one for temporary files where there is none, or
    where it is another's or open to others."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    if not base or not _fits(base) or not os.access(base, os.W_OK | os.X_OK):
        return _temporary()
    status = Path(base).stat()
    private = status.st_uid == os.geteuid() and not status.st_mode & 0o022
    return base if private else _temporary()


def _temporary() -> str:
    """The folder for temporary files: what TMPDIR names, or the system's."""
    named = tempfile.gettempdir()
    return named if len(os.fsencode(named)) < _LONGEST_TEMPORARY else SHORT


def _fits(base: str) -> bool:
    return len(os.fsencode(base)) < _LONGEST_BASE


def _made() -> Path:
    """A new folder at the first place where there is room for one. Raises BashUnusable."""
    why = ""
    for base in (_base, _temporary, lambda: IN_MEMORY):
        try:
            return Path(tempfile.mkdtemp(prefix="rewind-", dir=base()))
        except OSError as error:
            why = error.strerror or str(error)
    raise BashUnusable(f"no folder can be made to meet bash in: {why}", "set TMPDIR to another")


class RunDirectory:
    """The folder, made for one host, 0700 whatever the umask. The host keeps both ends of each FIFO
    open, so that bash never waits for a reader and the host never sees an end of file."""

    def __init__(self) -> None:
        self.path = _made()
        # A umask of the user's may have taken bits that are needed.
        self.path.chmod(0o700)
        self._open: dict[str, int] = {}
        self._in_memory: dict[str, int] = {}
        self._answered = 0.0
        self._make()
        # bash writes it, with whatever umask the user's start-up files have set.
        self.write("settings", b"")

    def _make(self) -> None:
        for name in FIFOS:
            path = self.path / name
            os.mkfifo(path, 0o600)
            path.chmod(0o600)
            self._open[name] = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._made = [
            (str(self.path / name), os.fstat(fd).st_ino) for name, fd in self._open.items()
        ]

    @property
    def socket(self) -> Path:
        return self.path / "socket"

    def fd(self, name: str) -> int:
        """The host's descriptor of a FIFO, non-blocking."""
        return self._open[name]

    def read(self, name: str) -> bytes:
        """What has come over a FIFO since the last read; empty where nothing has."""
        parts: list[bytes] = []
        while True:
            try:
                part = os.read(self._open[name], 1 << 16)
            except BlockingIOError:
                return b"".join(parts)
            parts.append(part)

    def reply(self, text: str) -> None:
        """Answer the prompt hook."""
        # What an earlier hook did not take, because it gave up waiting, is not for this one.
        self.read("replies")
        os.write(self._open["replies"], text.encode("utf-8", "surrogateescape") + b"\n")
        self._answered = time.monotonic()

    @property
    def unheard(self) -> bool:
        """Whether the last answer has not been read."""
        waiting = fcntl.ioctl(self._open["replies"], termios.FIONREAD, bytes(4))
        return any(waiting)

    def answered_by(self, moment: float) -> bool:
        """Whether the hook has its last answer, having ended by that moment of the monotonic clock.
        A program may have read it in the hook's place."""
        return not self.unheard and moment - self._answered < _GIVES_UP

    def write(self, name: str, data: bytes) -> Path:
        """Write a file for bash to read and return its path."""
        path = self.path / name
        # A new file each time: ext4 writes one out at once that was truncated and written again.
        self.forget(name)
        try:
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(fd, "wb") as file:
                os.fchmod(fd, 0o600)
                file.write(data)
        except OSError as error:
            if error.errno not in _NO_ROOM or not hasattr(os, "memfd_create"):
                raise
            self._keep_in_memory(name, data)
        return path

    def _keep_in_memory(self, name: str, data: bytes) -> None:
        """A full disk must not take the user's shell away: a link to a file in memory needs no room
        on it."""
        path = self.path / name
        path.unlink(missing_ok=True)
        fd = self._in_memory[name] = os.memfd_create(name, os.MFD_CLOEXEC)
        with os.fdopen(fd, "wb", closefd=False) as file:
            file.write(data)
        path.symlink_to(f"/proc/{os.getpid()}/fd/{fd}")

    def forget(self, name: str) -> None:
        """Remove a file that was written for bash, if it is there."""
        (self.path / name).unlink(missing_ok=True)
        if name in self._in_memory:
            os.close(self._in_memory.pop(name))

    def intact(self) -> bool:
        """Whether the folder and its FIFOs are still the ones that were made."""
        # Asked for at every command: a Path would cost more than the system does.
        for path, inode in self._made:
            try:
                there = os.lstat(path)
            except OSError:
                return False
            if not stat.S_ISFIFO(there.st_mode) or there.st_ino != inode:
                return False
        return True

    def remake(self) -> None:
        """Make the folder again at the same place; somebody has removed it, or parts of it. Raises
        BashUnusable where something that is not ours has come in its place: bash would run what
        stands there."""
        for fd in self._open.values():
            os.close(fd)
        self._open.clear()
        with contextlib.suppress(FileExistsError):
            self.path.mkdir(mode=0o700)
        there = self.path.lstat()
        if not stat.S_ISDIR(there.st_mode) or there.st_uid != os.geteuid():
            raise BashUnusable(f"{self.path} has been replaced by what is not this user's folder")
        self.path.chmod(0o700)
        for name in FIFOS:
            with contextlib.suppress(FileNotFoundError):
                (self.path / name).unlink()
        self._make()

    def remove(self) -> None:
        for fd in (*self._open.values(), *self._in_memory.values()):
            os.close(fd)
        self._open.clear()
        self._in_memory.clear()
        shutil.rmtree(self.path, ignore_errors=True)
