"""Which tree a shell that starts here tracks, and why not where it tracks none."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rewind.files.entry import text
from rewind.files.limits import Limits, amount
from rewind.model.names import printable

_LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Scope:
    """What is tracked. `root` is None where nothing is. `files` and `bytes` (on disk) are what
    the look counted; `settled` is False where it ended before all was seen: the first snapshot
    then finds out, and raises TreeTooLarge if it must. `skipped` names the other file systems
    that were seen inside. `reason` is one line for the user."""

    root: Path | None
    files: int
    bytes: int
    reason: str
    settled: bool = True
    skipped: tuple[str, ...] = ()


def decide(
    here: Path,
    mode: Literal["auto", "off"] | Path = "auto",
    limits: Limits | None = None,
    *,
    home: Path | None = None,
    seconds: float = _LOOK_SECONDS,
) -> Scope:
    """Decide what a shell started in `here` tracks; `mode` is what `--files` says, a path is
    tracked where it is within the limits, even if `auto` would not dare. `home` is the user's
    home folder ($HOME). Looks for at most about `seconds`."""
    if mode == "off":
        return Scope(None, 0, 0, "files are not tracked: turned off")
    root = (here if mode == "auto" else mode).absolute()
    if not root.is_dir():
        return Scope(None, 0, 0, f"files are not tracked: {printable(str(root))} is no folder")
    if mode == "auto" and (why := _too_wide(root, home or Path.home())) is not None:
        return Scope(None, 0, 0, f"files are not tracked: {why}")
    return _survey(root, limits or Limits(), seconds)


def _too_wide(root: Path, home: Path) -> str | None:
    real, real_home = root.resolve(), home.resolve()
    shown = printable(str(root))
    if real == Path(real.anchor):
        return f"{shown} is the root of everything"
    if real == real_home:
        return f"{shown} is your home folder"
    if real in real_home.parents:
        return f"{shown} holds your home folder"
    return None


def _survey(root: Path, limits: Limits, seconds: float) -> Scope:
    shown = printable(str(root))
    look = _Look(root, limits, time.monotonic() + seconds)
    try:
        over = look.run()
    except OSError as error:
        return Scope(
            None, 0, 0, f"files are not tracked: {shown} cannot be read ({error.strerror})"
        )
    size = look.blocks * 512
    skipped = tuple(look.skipped)
    if over is not None:
        reason = f"files are not tracked: {shown} has {over}"
        return Scope(None, look.files, size, reason, skipped=skipped)
    what = f"{look.files:,} files, {amount(size)}" if look.settled else "large: still looking"
    reason = f"files are tracked: {shown} ({what}){_except(look.skipped)}"
    return Scope(root, look.files, size, reason, look.settled, skipped)


class _Look:
    """Counts what is in a tree until a limit or the time is reached."""

    def __init__(self, root: Path, limits: Limits, deadline: float) -> None:
        self._root, self._limits, self._deadline = os.fsencode(root), limits, deadline
        self._device = root.stat().st_dev
        self._entries = 0
        self.files = self.blocks = 0
        self.settled = True
        self.skipped: list[str] = []

    def run(self) -> str | None:
        """Return which limit the tree is beyond, None where it is beyond none that was seen.
        Raises OSError where not even the root can be read."""
        pending = [self._root]
        while pending:
            folder = pending.pop()
            try:
                listing = os.scandir(folder)
            except OSError:
                if folder == self._root:
                    raise
                continue
            with listing:
                for entry in listing:
                    if (below := self._count(entry)) is not None:
                        pending.append(below)
                    if (why := self._beyond()) is not None:
                        return why
                    if self._entries % 64 == 0 and time.monotonic() > self._deadline:
                        self.settled = False
                        return None
        return None

    def _count(self, entry: "os.DirEntry[bytes]") -> bytes | None:
        """Count an entry; return its path where it is a folder to look into."""
        try:
            status = entry.stat(follow_symlinks=False)
            folder = entry.is_dir(follow_symlinks=False)
        except OSError:
            return None
        self._entries += 1
        if not folder:
            self.files += 1
            self.blocks += status.st_blocks
            return None
        if status.st_dev != self._device:
            self.skipped.append(text(os.path.relpath(entry.path, self._root)))
            return None
        return entry.path

    def _beyond(self) -> str | None:
        if self._entries > self._limits.entries:
            return f"more than {self._limits.entries:,} files and folders"
        if self.blocks * 512 > self._limits.bytes:
            return f"more than {amount(self._limits.bytes)}"
        return None


def _except(skipped: list[str]) -> str:
    if not skipped:
        return ""
    names = ", ".join(printable(name) for name in skipped[:3])
    more = f" and {len(skipped) - 3} more" if len(skipped) > 3 else ""
    return f"; not other file systems inside: {names}{more}"
