"""Standard streams that are no terminal, for the commands of a hosted bash.

bash itself reads its lines from a terminal, but `rewind run x s.sh <data >log` has no terminal to
offer, and a program asks its streams: `git log` opens no pager into a pipe, `cat` reads a file to
its last byte. So each of 0, 1 and 2 that is no terminal is what the commands get: standard input as
it is, so that it is read as `bash script` has it read, and for an output a pipe, to be recorded and
passed on. The other side is `rewind/shell/bash/streams.bash`.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from rewind.protocol.events import Event, Output
from rewind.protocol.markers import Scanner
from rewind.shell.hooks import part
from rewind.shell.rundir import RunDirectory

_NUMBERS_FROM = 120
"""Where bash finds them at first: above what start-up files and scripts use by number."""
_PIPE = 1 << 20
"""Bytes that a pipe may hold, where the system lets one ask; else it is what it is."""
_F_SETPIPE_SZ = 1031


class Streams:
    """Those of the given streams that are no terminal. `numbers` are bash's descriptors for them at
    its start, `reads` the ends of the pipes that the host reads, each with the stream it is of."""

    def __init__(self, standard: Sequence[int]) -> None:
        """`standard` are those of the three to look at. Raises OSError where no pipe can be had."""
        self.numbers: dict[int, int] = {}
        self.reads: dict[int, int] = {}
        self.ready = False
        self._open: list[int] = []
        self._come: dict[int, bytes] = {}
        self._scanners: dict[int, Scanner] = {}
        given = {stream for stream in standard if not os.isatty(stream)}
        if 0 in given:
            self.numbers[0] = self._kept(os.dup(0))
        if 1 in given:
            self._pipe(1)
        if 2 in given:
            if 1 in given and _same(1, 2):
                # `>log 2>&1`: in the order in which they are written.
                self.numbers[2] = self._kept(os.dup(self.numbers[1]))
            else:
                self._pipe(2)

    @property
    def passed(self) -> tuple[int, ...]:
        """The descriptors that bash inherits."""
        return tuple(sorted(self.numbers.values()))

    @property
    def pipes(self) -> tuple[str, ...]:
        """What its descriptors for them point to, as /proc says it."""
        found = []
        for fd in self.reads:
            with contextlib.suppress(OSError):
                found.append(str(Path(f"/proc/self/fd/{fd}").readlink()))
        return tuple(found)

    @property
    def sink(self) -> int:
        """The stream that what is printed to the terminal itself belongs to."""
        return 2 if 1 in self.numbers else 1

    @property
    def second(self) -> int:
        """The stream that standard error goes to."""
        return 2 if 2 in self.reads.values() else self.sink if 2 not in self.numbers else 1

    def install(self, rundir: RunDirectory) -> str:
        """Return what a bash is to run once at its prompt. Only then may commands be joined with
        the streams."""
        text = part("streams")
        for name, stream in ((b"@IN@", 0), (b"@OUT@", 1), (b"@ERR@", 2)):
            text = text.replace(name, b"%d" % self.numbers.get(stream, 0))
        rundir.write("streams", text)
        self.ready = True
        return '. "$__rw_dir/streams"'

    def read(self) -> None:
        """Take what has come over the pipes."""
        for fd in self.reads:
            self._come[fd] += _all_of(fd)

    def outputs(self) -> Iterator[Event]:
        """What has come over them."""
        for fd, stream in self.reads.items():
            for text in self._scanners[fd].feed(self._taken(fd)):
                # A mark in it is nobody's: somebody prints a recording.
                if isinstance(text, bytes):
                    yield Output(text, recorded=True, stream=stream)

    def _taken(self, fd: int) -> bytes:
        come, self._come[fd] = self._come[fd], b""
        return come

    def close(self) -> None:
        for fd in self._open:
            with contextlib.suppress(OSError):
                os.close(fd)
        self._open.clear()

    def _pipe(self, stream: int) -> None:
        reading, writing = os.pipe()
        with contextlib.suppress(OSError):
            fcntl.fcntl(reading, _F_SETPIPE_SZ, _PIPE)
        os.set_blocking(reading, False)
        self._open.append(reading)
        self.reads[reading] = stream
        self._scanners[reading] = Scanner()
        self._come[reading] = b""
        self.numbers[stream] = self._kept(writing)

    def _kept(self, fd: int) -> int:
        """The same under a number that bash may inherit."""
        number = fcntl.fcntl(fd, fcntl.F_DUPFD, _NUMBERS_FROM)
        os.close(fd)
        os.set_inheritable(number, True)
        self._open.append(number)
        return number


def _same(a: int, b: int) -> bool:
    """Whether two descriptors are of one file."""
    one, other = os.fstat(a), os.fstat(b)
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)


def _all_of(fd: int) -> bytes:
    """What a pipe holds, at most about _PIPE bytes."""
    parts: list[bytes] = []
    size = 0
    while size < _PIPE:
        try:
            data = os.read(fd, 1 << 16)
        except BlockingIOError:
            break
        parts.append(data)
        size += len(data)
    return b"".join(parts)
