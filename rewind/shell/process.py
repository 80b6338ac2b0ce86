"""One bash on a pseudo-terminal of its own: spawn it, size it, see it end."""

import contextlib
import ctypes
import errno
import fcntl
import os
import signal
import struct
import termios
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pexpect

# What Python or a parent may have set to be ignored, and a shell's children must find as usual.
_DEFAULTED = ("SIGINT", "SIGQUIT", "SIGPIPE", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGXFSZ", "SIGCHLD")
_READ = 1 << 16
_PIECE = 1 << 13
"""Linux hands out 4 KB of a terminal at a time; to ask for more costs memory that is given back."""


class Process:
    """A running bash. `master` is the host's side of its terminal, non-blocking; `slave` is kept
    open too, to look at the terminal's modes and to take back what was typed ahead."""

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: str | None,
        size: tuple[int, int],
        passed: Sequence[int] = (),
        *,
        plain: bool = False,
    ) -> None:
        """Start `argv`; `size` is rows, columns, `passed` are descriptors that it inherits. With
        `plain` its terminal neither echoes nor ends lines with CR LF: the output goes to none.
        Raises OSError."""
        try:
            self._child = _spawning(passed)(
                argv[0],
                list(argv[1:]),
                env=dict(env),
                cwd=cwd,
                dimensions=size,
                preexec_fn=_prepare_plainly if plain else _prepare,
                timeout=None,
            )
        except pexpect.ExceptionPexpect as error:
            raise OSError(errno.ENOENT, str(error)) from error
        self.pid = int(self._child.pid or 0)
        self.master: int = self._child.child_fd
        self.size = size
        os.set_blocking(self.master, False)
        self.name = _slave_name(self.master)
        self.slave = os.open(self.name, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
        os.set_blocking(self.slave, False)
        self.echoes = not plain
        self.resized: Callable[[int, int], None] = lambda rows, columns: None
        """Told of each new size."""
        self._kept: list[Any] | None = None
        self.modes: list[Any] | None = None
        """The terminal's modes as the last command left them."""
        self.status: int | None = None
        """What the shell would exit with after it: bash's exit status, or 128 + its signal."""
        self.killed = False
        """Whether it was a signal."""

    def remember_modes(self) -> None:
        """Keep the terminal's modes for `restore_modes`."""
        with contextlib.suppress(termios.error):
            self._kept = termios.tcgetattr(self.slave)

    def restore_modes(self) -> None:
        """Give the terminal the modes that it had, once."""
        if self._kept is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.slave, termios.TCSANOW, self._kept)
        self._kept = None

    def read_lines(self) -> None:
        """Let the terminal give programs whole lines."""
        with contextlib.suppress(termios.error):
            modes = termios.tcgetattr(self.slave)
            modes[0] |= termios.ICRNL
            modes[3] |= termios.ICANON
            termios.tcsetattr(self.slave, termios.TCSANOW, modes)

    def read(self, limit: int = _READ) -> bytes:
        """What bash and its children have printed since the last read, up to about `limit` bytes;
        empty where nothing has come."""
        parts: list[bytes] = []
        size = 0
        while size < limit:
            try:
                part = os.read(self.master, _PIECE)
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno == errno.EIO:
                    break
                raise
            if not part:
                break
            parts.append(part)
            size += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def write(self, data: bytes) -> int:
        """Type `data`; return how much of it the terminal took."""
        try:
            return os.write(self.master, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            if error.errno == errno.EIO:
                return len(data)
            raise

    def resize(self, size: tuple[int, int]) -> None:
        """Give the terminal another size; the kernel tells the programs in it."""
        if size != self.size and min(size) > 0:
            self.size = size
            self.resized(*size)
            fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))

    def foreground(self) -> int:
        """The process group that the terminal belongs to at this moment."""
        try:
            return os.tcgetpgrp(self.slave)
        except OSError:
            # Not our controlling terminal: some systems only tell the master's side.
            buffer = fcntl.ioctl(self.master, termios.TIOCGPGRP, struct.pack("i", 0))
            return int(struct.unpack("i", buffer)[0])

    def image(self) -> tuple[str, ...]:
        """What tells one program in this process from the next that takes its place by exec, be it
        another bash: where the system has put it (proc(5), /proc/pid/stat, fields 26 to 28). Empty
        where the system does not tell."""
        try:
            stat = Path(f"/proc/{self.pid}/stat").read_text()
        except OSError:
            return ()
        return tuple(stat.rpartition(")")[2].split()[23:26])

    def reads_keys(self) -> bool:
        """Whether bash itself reads the terminal key by key, as readline does."""
        try:
            modes = termios.tcgetattr(self.slave)[3]
        except termios.error:
            return False
        return not modes & (termios.ICANON | termios.ECHO) and self.foreground() == self.pid

    def sleeps(self) -> bool:
        """Whether bash sleeps, as it does when it waits for keys; true where nobody tells."""
        try:
            stat = Path(f"/proc/{self.pid}/stat").read_bytes()
        except OSError:
            return True
        # The name, in parentheses, may hold anything: the state begins behind its end.
        return stat.rpartition(b")")[2].split()[0] == b"S"

    def hides_typing(self) -> bool:
        """Whether the terminal takes lines without showing them, as for a password."""
        if not self.echoes:
            return False
        try:
            modes = termios.tcgetattr(self.slave)[3]
        except termios.error:
            return False
        return bool(modes & termios.ICANON) and not modes & termios.ECHO

    def echoed(self) -> bool:
        """Whether the terminal echoed what was typed when the last command left it."""
        return self.echoes and (self.modes is None or bool(self.modes[3] & termios.ECHO))

    def shows_errors(self) -> bool:
        """Whether bash's standard error is its terminal; so it is taken to be where the system does
        not tell."""
        try:
            said = str(Path(f"/proc/{self.pid}/fd/2").readlink())
        except FileNotFoundError:
            return not Path(f"/proc/{self.pid}/fd").is_dir()
        except OSError:
            return True
        return said in (self.name, "/dev/tty")

    def unread(self) -> int:
        """How many bytes of whole lines have been typed and not been read."""
        buffer = fcntl.ioctl(self.slave, termios.FIONREAD, struct.pack("i", 0))
        return int(struct.unpack("i", buffer)[0])

    def typed_ahead(self) -> bytes:
        """Take what was typed and nobody has read out of the terminal's queue."""
        try:
            before = self.modes = termios.tcgetattr(self.slave)
        except termios.error:
            return b""
        raw = [*before[:6], list(before[6])]
        raw[3] &= ~termios.ICANON
        raw[6][termios.VMIN] = 0
        raw[6][termios.VTIME] = 0
        taken = b""
        termios.tcsetattr(self.slave, termios.TCSANOW, raw)
        try:
            while part := os.read(self.slave, _READ):
                taken += part
        except BlockingIOError:
            pass
        finally:
            termios.tcsetattr(self.slave, termios.TCSANOW, before)
        # The kernel keeps a typed end-of-file as a NUL in the queue.
        return taken.replace(b"\0", b"")

    def end_of_file_key(self) -> bytes:
        """The key that the terminal takes for an end of file."""
        try:
            return bytes(termios.tcgetattr(self.slave)[6][termios.VEOF])
        except termios.error:
            return b"\x04"

    def poll(self) -> str:
        """'running', 'stopped' or 'ended'; once ended, `status` is set."""
        if self.status is not None:
            return "ended"
        try:
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
        except ChildProcessError:
            self.status = 0
            return "ended"
        if pid == 0:
            return "running"
        if os.WIFSTOPPED(status):
            return "stopped"
        self.killed = os.WIFSIGNALED(status)
        self.status = 128 + os.WTERMSIG(status) if self.killed else os.WEXITSTATUS(status)
        return "ended"

    def signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End bash for good, and wait for that."""
        if self.status is None:
            self.signal(signal.SIGKILL)
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)

    def close(self) -> None:
        """Let go of the terminal; bash, if it lives, gets its hang-up."""
        if self._child.closed:
            return
        if self.status is None:
            # Before the end of its input, which is an exit to it: that leaves its jobs alone.
            self.signal(signal.SIGHUP)
        with contextlib.suppress(OSError):
            os.close(self.slave)
        # pexpect keeps a file object on the master, which closes the number a second time when it
        # is collected: by then it may be somebody else's.
        inner = getattr(self._child, "ptyproc")  # noqa: B009 - missing in the stubs
        with contextlib.suppress(OSError):
            inner.fileobj.close()
        for handle in (self._child, inner):
            handle.closed = handle.terminated = True


def _spawning(passed: Sequence[int]) -> "type[pexpect.spawn[bytes]]":
    class Spawn(pexpect.spawn):  # type: ignore[type-arg]
        def _spawnpty(self, args: list[str], **more: Any) -> Any:
            return super()._spawnpty(args, pass_fds=passed, **more)  # type: ignore[misc]

    return Spawn if passed else pexpect.spawn


def _prepare_plainly() -> None:
    modes = termios.tcgetattr(0)
    modes[1] &= ~termios.ONLCR
    modes[3] &= ~termios.ECHO
    termios.tcsetattr(0, termios.TCSANOW, modes)
    _prepare()


def _prepare() -> None:
    for name in _DEFAULTED:
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _slave_name(master: int) -> str:
    ptsname = ctypes.CDLL(None, use_errno=True).ptsname
    ptsname.restype = ctypes.c_char_p
    name = ptsname(master)
    if name is None:
        raise OSError(ctypes.get_errno(), "no name for the terminal")
    return bytes(name).decode()
