"""What belongs to a bash but to no state: its open descriptors, its processes, the limits it cannot
raise again, its terminal's modes. It is remembered for as long as the bash lives, to tell after a
jump what came later."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rewind.engine.liveshell import LiveShell, Modes
from rewind.model.changes import Difference
from rewind.model.session import Position

_STANDARD = {0: "standard input", 1: "standard output", 2: "standard error"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`descriptors` maps a descriptor's number to what it points to, `children` a process id to a
    command line; `limits` maps a `ulimit` letter to the hard limit. `moment` is when it was so, on
    the clock by which processes' starts are told; 0: not known. `folder` is where the system has
    bash."""

    descriptors: Mapping[int, str] = field(default_factory=dict)
    children: Mapping[int, str] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    modes: Modes | None = None
    moment: float = 0.0
    folder: str | None = None


def surroundings(shell: LiveShell) -> Surroundings:
    """What is around `shell` now."""
    return Surroundings(
        shell.descriptors(),
        dict(shell.children()),
        shell.hard_limits(),
        shell.modes,
        shell.moment,
        shell.folder(),
    )


@dataclass
class Remembered:
    """The surroundings at each position of this bash's life."""

    _at: dict[Position, Surroundings] = field(default_factory=dict)

    def keep(self, position: Position, now: Surroundings) -> None:
        self._at[position] = now

    def modes(self, position: Position) -> Modes | None:
        """The modes of the terminal at `position`, None where they are not known."""
        return self._at.get(position, Surroundings()).modes

    def folder(self, position: Position) -> str | None:
        """Where the system had bash at `position`, None where that is not known."""
        return self._at.get(position, Surroundings()).folder

    def jobs_since(self, position: Position, now: Surroundings) -> dict[int, str]:
        """The children that bash had not yet at `position`."""
        then = self._at.get(position, Surroundings())
        return {pid: name for pid, name in now.children.items() if pid not in then.children}

    def since(
        self,
        position: Position,
        now: Surroundings,
        detached: Callable[[float], Iterable[tuple[int, str]]] = lambda moment: (),
    ) -> list[Difference]:
        """What is there now and was not at `position`, and what was there and is gone. `detached`
        tells what was started since a moment and is no child any more."""
        then = self._at.get(position, Surroundings())
        found = [
            Difference(f"job still running: {command}", f"process {pid}")
            for pid, command in self.jobs_since(position, now).items()
        ]
        found += [
            Difference(f"still running, no job any more: {command}", f"process {pid}")
            for pid, command in detached(then.moment)
            if pid not in now.children
        ]
        found += _descriptors(then.descriptors, now.descriptors)
        found += [
            Difference(f"job has ended: {command}", f"process {pid}")
            for pid, command in then.children.items()
            if pid not in now.children
        ]
        found += [
            Difference(f"hard limit -{letter} was lowered", f"to {limit} from {before}")
            for letter, limit in now.limits.items()
            if limit < (before := then.limits.get(letter, limit))
        ]
        return found


def _descriptors(then: Mapping[int, str], now: Mapping[int, str]) -> Iterator[Difference]:
    for fd, path in now.items():
        if then.get(fd) != path:
            name = _STANDARD.get(fd)
            what = f"{name} does not go to the terminal" if name else f"descriptor {fd} is open"
            yield Difference(what, f"it is on {path}" if name else f"on {path}")
    for fd, path in then.items():
        if fd not in now:
            name = _STANDARD.get(fd)
            what = f"{name} is the terminal" if name else f"descriptor {fd} is no longer open"
            yield Difference(what, f"it was on {path}")
