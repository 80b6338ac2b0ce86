"""The programs that are compared, each started the same way: bash with the same start-up file."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PROMPT = b"bench>"
"""What every prompt ends with, but for a space: prompt_toolkit moves the cursor over that."""


@dataclass(frozen=True)
class Place:
    """A home for the programs: `bin` holds the peers, `rewind` is the program measured."""

    root: Path
    rewind: Path
    peers: Path

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def store(self) -> Path:
        return self.root / "store"

    @property
    def cast(self) -> Path:
        return self.root / "recording"

    def fill(self, rc: str = "") -> None:
        """An empty home, whose ~/.bashrc sets the prompt and then does `rc`."""
        for folder in (self.home, self.work, self.store):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        self.cast.unlink(missing_ok=True)
        (self.home / ".bashrc").write_text(f"PS1='{PROMPT.decode()} '\n{rc}")
        (self.home / ".config").mkdir()
        (self.home / ".xonshrc").write_text(f"$PROMPT = '{PROMPT.decode()} '\n")

    def env(self) -> dict[str, str]:
        """The environment; without PYTHONDONTWRITEBYTECODE, which would have Python compile what
        it imports at every start."""
        kept = {name: os.environ[name] for name in ("USER", "LOGNAME") if name in os.environ}
        return kept | {
            "HOME": str(self.home),
            "PATH": f"{self.rewind.parent}:{self.peers}:{os.environ['PATH']}",
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "SHELL": "bash",
            "REWIND_HOME": str(self.store),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
        }


@dataclass(frozen=True)
class Contender:
    """`argv` starts it; `stored` is where it keeps what it records, None where it keeps nothing."""

    name: str
    argv: Callable[[Place], list[str]]
    stored: Callable[[Place], Path] | None = None


PLAIN = Contender("plain bash", lambda place: ["bash", "-i"])
REWIND = Contender(
    "rewind",
    lambda place: [str(place.rewind), "shell", "bench", "--files", "off"],
    lambda place: place.store,
)
SCRIPT = Contender(
    "script -f",
    lambda place: ["script", "-q", "-f", "-c", "bash -i", str(place.cast)],
    lambda place: place.cast,
)
ASCIINEMA = Contender(
    "asciinema 2.4",
    lambda place: [
        str(place.peers / "asciinema"),
        *("rec", "-q", "--overwrite", "-c", "bash -i", str(place.cast)),
    ],
    lambda place: place.cast,
)
PUMP = Contender(
    "a bare pump",
    lambda place: [sys.executable, "-S", "-E", str(Path(__file__).with_name("pump.py"))],
)
"""What a program between two terminals costs that keeps nothing and looks at nothing."""
XONSH = Contender("xonsh", lambda place: [str(place.peers / "xonsh"), "-i"])


def stored_bytes(path: Path) -> int:
    """What a recording takes, all files of its folder together."""
    if path.is_file():
        return path.stat().st_size
    return sum(file.lstat().st_size for file in path.rglob("*") if file.is_file())
