"""Disks that fill up: a small one of its own where the system lets us mount one (as root), else a
limit on what one process may write, which fails at the same calls."""

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SIZE = 8 << 20


class Mounted:
    """A file system of `SIZE` bytes at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self, process: int) -> None:
        """Leave no room."""
        fd = os.open(self.path / "ballast", os.O_WRONLY | os.O_CREAT, 0o600)
        with suppress(OSError):
            while os.write(fd, bytes(4096)):
                pass
        os.close(fd)

    def free(self, process: int) -> None:
        """Make room again."""
        (self.path / "ballast").unlink()


class Limited:
    """A folder at `path`; what fills up is a process."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self, process: int) -> None:
        sizes = [file.stat().st_size for file in self.path.rglob("*") if file.is_file()]
        limit = max(sizes, default=0) // 2
        resource.prlimit(process, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    def free(self, process: int) -> None:
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(process, resource.RLIMIT_FSIZE, unlimited)


@contextmanager
def small_disk() -> Iterator[Mounted | Limited]:
    """A disk, until the block ends. Its path is short: sockets are made on it."""
    path = Path(tempfile.mkdtemp(prefix="rw-"))
    options = f"size={SIZE},mode=700"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield Mounted(path) if mounted else Limited(path)
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(path)], check=True)
        shutil.rmtree(path)
