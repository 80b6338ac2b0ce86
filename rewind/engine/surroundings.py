"""What belongs to a bash but to no state: its open descriptors and its children. It is remembered
for as long as the bash lives, to tell after a jump which of them came later."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rewind.engine.ports import LiveShell
from rewind.model.changes import Difference
from rewind.model.session import Position


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`descriptors` maps a descriptor's number to what it points to, `children` a process id to a
    command line."""

    descriptors: Mapping[int, str] = field(default_factory=dict)
    children: Mapping[int, str] = field(default_factory=dict)


def surroundings(shell: LiveShell) -> Surroundings:
    """What is around `shell` now."""
    return Surroundings(shell.descriptors(), dict(shell.children()))


@dataclass
class Remembered:
    """The surroundings at each position of this bash's life; one object for as long as they stay
    the same."""

    _at: dict[Position, Surroundings] = field(default_factory=dict)
    _last: Surroundings = Surroundings()

    def keep(self, position: Position, now: Surroundings) -> None:
        if now != self._last:
            self._last = now
        self._at[position] = self._last

    def jobs_since(self, position: Position, now: Surroundings) -> dict[int, str]:
        """The children that bash had not yet at `position`."""
        then = self._at.get(position, Surroundings())
        return {pid: name for pid, name in now.children.items() if pid not in then.children}

    def since(self, position: Position, now: Surroundings) -> list[Difference]:
        """What is there now and was not at `position`, and what was there and is gone."""
        then = self._at.get(position, Surroundings())
        found = [
            Difference(f"job still running: {command}", f"process {pid}")
            for pid, command in self.jobs_since(position, now).items()
        ]
        found += [
            Difference(f"descriptor {fd} is open", f"on {path}")
            for fd, path in now.descriptors.items()
            if then.descriptors.get(fd) != path
        ]
        found += [
            Difference(f"descriptor {fd} is no longer open", f"it was on {path}")
            for fd, path in then.descriptors.items()
            if fd not in now.descriptors
        ]
        found += [
            Difference(f"job has ended: {command}", f"process {pid}")
            for pid, command in then.children.items()
            if pid not in now.children
        ]
        return found
