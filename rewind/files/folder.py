"""What was last seen of each folder of a tracked tree: the stat cache.

In memory it is a `Folder` for each path. On disk it is one file for each tracked tree: the
SHA-256 of the rest, then a zstd frame of the `marshal` of (format, root, generation, rules,
folders). marshal reads and writes 50,000 entries in some 20 ms; the digest before it and the
folder's 0700 keep foreign bytes away from it. A cache that does not fit in any way is not used: the
price is one full read.
"""

import hashlib
import marshal
import os
import sys
from dataclasses import dataclass, field, fields
from operator import attrgetter
from pathlib import Path

from rewind.files.facts import Facts

FORMAT = (4, sys.version_info[:2])
_DIGEST = 32


Seen = tuple[Facts, bytes]
"""What lstat said of a file, and its packed entry."""


@dataclass(slots=True)
class Folder:
    """`files` maps the name of everything that is no folder to what was seen, `folders`
    the name of each folder to its packed entry. `doubtful` are names that must be read again
    whatever lstat says, `ignored` those a rule leaves out. `digest` is the listing's, empty where
    it must be written anew. `count`, `size` and `untracked` are of everything below; `entries`, how
    many names were seen, and `blocks`, the 512 bytes of disk they take, of what is directly in it.
    `linked`: a file in it has had another hard link."""

    files: dict[bytes, Seen] = field(default_factory=dict)
    folders: dict[bytes, bytes] = field(default_factory=dict)
    doubtful: set[bytes] = field(default_factory=set)
    ignored: set[bytes] = field(default_factory=set)
    digest: bytes = b""
    count: int = 0
    size: int = 0
    untracked: int = 0
    entries: int = 0
    blocks: int = 0
    linked: bool = False


_parts = attrgetter(*(part.name for part in fields(Folder)))

Folders = dict[bytes, Folder]
"""By path relative to the root; the root itself is b''."""


Key = tuple[bytes, int, bytes]
"""What a cache is good for: the tree's root, the home's generation, the rules' digest."""


def load(path: Path, key: Key) -> Folders:
    """Return the cache in `path`, empty where there is none that was saved under `key`."""
    try:
        saved = path.read_bytes()
        body = saved[_DIGEST:]
        if hashlib.sha256(body).digest() != saved[:_DIGEST]:
            return {}
        found, folders = marshal.loads(_decompressed(body))
        if found != (FORMAT, *key):
            return {}
        return {rel: Folder(*parts) for rel, parts in folders.items()}
    except (OSError, ValueError, EOFError, TypeError):
        return {}


def save(path: Path, key: Key, folders: Folders) -> None:
    """Replace the cache in `path`. Raises OSError."""
    parts = {rel: _parts(folder) for rel, folder in folders.items()}
    body = _compressed(marshal.dumps(((FORMAT, *key), parts)))
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(hashlib.sha256(body).digest())
        file.write(body)
    temporary.replace(path)


# Loaded by those who have a cache to read or write.


def _compressed(body: bytes) -> bytes:
    import zstandard

    frame: bytes = zstandard.ZstdCompressor(level=1).compress(body)
    return frame


def _decompressed(frame: bytes) -> bytes:
    """Raises ValueError for what is no frame."""
    import zstandard

    try:
        body: bytes = zstandard.ZstdDecompressor().decompress(frame)
    except zstandard.ZstdError as error:
        raise ValueError("the stat cache is damaged") from error
    return body
