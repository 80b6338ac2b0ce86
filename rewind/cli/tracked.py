"""Which files a recorded shell tracks, and the store that keeps them."""

from pathlib import Path
from typing import Literal

from rewind.engine.tracked import Decision
from rewind.files.files import Files
from rewind.files.limits import Limits
from rewind.files.scope import decide
from rewind.model.config import FilesConfig

Mode = Literal["auto", "off"] | Path


def mode_of(words: str) -> Mode:
    """What `--files` says."""
    if words == "auto":
        return "auto"
    return "off" if words == "off" else Path(words).expanduser().absolute()


def decision(
    files: Files, mode: Mode, record: Path, earlier: str | None, config: FilesConfig
) -> Decision:
    """What a shell started here tracks. `record` is the folder of the record itself, never tracked;
    `earlier` is the tree that the session tracked before: with `auto` it goes on with that one.
    Raises GotoFailed, StateDamaged, OSError."""
    if mode == "off":
        return Decision(None, None, decide(Path.cwd(), "off").reason)
    said = files.recover()
    if mode == "auto" and earlier is not None and Path(root := files.root(earlier)).is_dir():
        mode = Path(root)
    limits = Limits(config.entries, config.bytes, config.file_bytes, config.seconds)
    scope = decide(Path.cwd(), mode, limits)
    if scope.root is None:
        return Decision(None, None, scope.reason, said)
    tracker = files.tracker(scope.root, limits, excluded=[record])
    return Decision(tracker, str(scope.root), scope.reason, said)
