"""States: each a row of its parts, so that a part that did not change is stored once."""

import time
from typing import TYPE_CHECKING, Any

from rewind.errors import StateDamaged
from rewind.store.blobs import Blobs, address_of
from rewind.store.columns import PARTS, to_address
from rewind.store.database import Database

if TYPE_CHECKING:
    from rewind.model.state import State

_KEPT = 4
"""How many encodings of each part are remembered."""

_READ = 24
_LARGEST_READ = 1 << 19
"""How many parts that were read are remembered, and of how many bytes one may be."""

_COLUMNS = ", ".join(PARTS)

Encoded = tuple[bytes, bytes]
"""The address of a part and its bytes."""


class Encodings:
    """Parts encoded lately, known by the very objects that they are made of: what a capture
    took over unchanged from the one before is not encoded again."""

    def __init__(self) -> None:
        self._kept: dict[str, list[tuple[tuple[Any, ...], Encoded]]] = {p: [] for p in PARTS}

    def encode(self, state: "State", part: str) -> Encoded:
        """Return the address and bytes of a part of `state`."""
        from rewind.model import statecodec

        objects = tuple(state.section(name) for name in statecodec.PARTS[part])
        kept = self._kept[part]
        for known, encoded in kept:
            if all(a is b for a, b in zip(known, objects, strict=True)):
                return encoded
        data = statecodec.encode_part(state, part)
        encoded = (address_of(data), data)
        # The objects are held, so that their identity cannot pass to others.
        kept.insert(0, (objects, encoded))
        del kept[_KEPT:]
        return encoded


class Decodings:
    """Parts read lately, by their blob's key. One state is much like the one before it: whoever
    reads a line's states one after the other reads only what changed."""

    def __init__(self) -> None:
        self._contents: dict[int, bytes] = {}
        self._sections: dict[int, dict[str, Any]] = {}

    def content(self, key: int) -> bytes | None:
        return self._contents.get(key)

    def sections(self, key: int) -> dict[str, Any] | None:
        return self._sections.get(key)

    def keep(self, key: int, content: bytes, sections: dict[str, Any]) -> None:
        """Remember a part, and forget the oldest where there are many."""
        if len(content) > _LARGEST_READ:
            return
        self._contents[key], self._sections[key] = content, sections
        if len(self._contents) > _READ:
            oldest = next(iter(self._contents))
            del self._contents[oldest], self._sections[oldest]


class States(Blobs):
    """The methods about states."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._encodings = Encodings()
        self._decodings = Decodings()

    def put_state(self, state: "State", base: str | None = None) -> str:
        """Store a state and return its address. `base` is the address of a state that is probably
        much like it. An equal state gets the equal address and costs a lookup. A state that
        nothing refers to may be swept a minute later."""
        parts = {part: self._encodings.encode(state, part) for part in PARTS}
        address = address_of(b"".join(part_address for part_address, _ in parts.values()))
        now = time.time_ns() // 1000
        with self._db.transaction():
            known = self._db.one("SELECT id, put_us FROM state WHERE address = ?", address)
            if known is not None:
                if abs(now - known[1]) > 10_000_000:
                    self._db.run("UPDATE state SET put_us = ? WHERE id = ?", now, known[0])
                return address.hex()
            like = None
            if base is not None:
                like = self._db.one(
                    f"SELECT {_COLUMNS} FROM state WHERE address = ?", to_address(base)
                )
            keys = [
                self._put(part_address, data, None if like is None else like[place])
                for place, (part_address, data) in enumerate(parts.values())
            ]
            self._db.insert(
                f"INSERT INTO state (address, put_us, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                address,
                now,
                *keys,
            )
        return address.hex()

    def state(self, address: str) -> "State":
        """The state stored under `address`. Raises StateDamaged."""
        from rewind.model.statecodec import state_of

        keys = self._db.one(f"SELECT {_COLUMNS} FROM state WHERE address = ?", to_address(address))
        if keys is None:
            raise StateDamaged(f"no state is recorded under {address!r}")
        return state_of(map(self._part, keys))

    def _part(self, key: int) -> dict[str, Any]:
        """The sections of the part that is the blob `key`. Raises StateDamaged."""
        from rewind.model.statecodec import decode_part

        sections = self._decodings.sections(key)
        if sections is None:
            content = self._get(key, self._decodings.content)
            sections = decode_part(content)
            self._decodings.keep(key, content, sections)
        return sections
