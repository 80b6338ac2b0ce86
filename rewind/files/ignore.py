"""The tree's `.rewindignore`: gitignore's rules, in one file at the root of the tree."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from rewind.files.entry import text

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

NAME = ".rewindignore"


class Rules:
    """Which names of a tree are left out. As in gitignore, nothing below a folder that is left
    out can be taken in again."""

    def __init__(self, content: bytes) -> None:
        self.digest = hashlib.sha256(content).digest() if content.strip() else b""
        self._spec = _parse(text(content)) if self.digest else None

    @classmethod
    def of(cls, root: Path) -> "Rules":
        """Return the rules of the tree at `root`; none where its file is missing or unreadable."""
        try:
            return cls((root / NAME).read_bytes())
        except OSError:
            return cls(b"")

    def leave_out(self, path: bytes, folder: bool) -> bool:
        """Whether the rules leave out `path`, which is relative to the root."""
        if self._spec is None:
            return False
        return self._spec.match_file(text(path) + "/" if folder else text(path))

    def __bool__(self) -> bool:
        return self._spec is not None


def _parse(content: str) -> "GitIgnoreSpec":
    # Most trees have no rules: the library is loaded only for those that do.
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(content.splitlines())
