"""Blobs: bytes stored once, under an address made from them, as differences where that is less."""

from collections.abc import Callable

from rewind.errors import StateDamaged
from rewind.store import compression
from rewind.store.columns import to_address
from rewind.store.lines import Tables

_LEVEL = 3

_CHAIN = 8
"""How many differences lie between a blob and a whole one at most: reading applies them all."""


Known = Callable[[int], bytes | None]
"""The content of the blob with that key, where it is at hand."""


def _nothing_known(key: int) -> None:
    return None


def address_of(data: bytes) -> bytes:
    """Return what `data` is stored under: BLAKE2b (RFC 7693) of 16 bytes."""
    import hashlib

    return hashlib.blake2b(data, digest_size=16).digest()


class Blobs(Tables):
    """The methods about blobs."""

    def put_blob(self, data: bytes) -> str:
        """Store `data` and return its address. It stays until `drop_blob`."""
        with self._db.transaction():
            key = self._put(address_of(data), data)
            self._db.run("UPDATE blob SET own = 1 WHERE id = ? AND own = 0", key)
        return address_of(data).hex()

    def get_blob(self, address: str) -> bytes:
        """The blob stored under `address`. Raises StateDamaged where there is none, or where it
        does not read back as it was written."""
        row = self._db.one("SELECT id FROM blob WHERE address = ?", to_address(address))
        if row is None:
            raise StateDamaged(f"nothing is recorded under {address!r}")
        return self._get(row[0])

    def drop_blob(self, address: str) -> None:
        """Say that the blob is not needed any more; `sweep` frees it."""
        self._db.run("UPDATE blob SET own = 0 WHERE address = ?", to_address(address))

    def _put(self, address: bytes, data: bytes, base: int | None = None) -> int:
        """Return the key of the blob with that content, stored now unless it was. `base` is the
        key of a blob that is probably much like it."""
        known = self._db.one("SELECT id FROM blob WHERE address = ?", address)
        if known is not None:
            return int(known[0])
        whole = compression.compress(data, _LEVEL)
        frame, under, depth = whole, None, 0
        if base is not None:
            difference, under, depth = self._difference(data, base)
            if len(difference) < len(whole) // 2:
                frame = difference
            else:
                under, depth = None, 0
        return self._db.insert(
            "INSERT INTO blob (address, base, depth, own, data) VALUES (?, ?, ?, 0, ?)",
            address,
            under,
            depth,
            frame,
        )

    def _difference(self, data: bytes, base: int) -> tuple[bytes, int, int]:
        """Return the difference to `base`, or to the whole blob at the end of its chain where
        that is as long as it may be, with the key it is to and its depth."""
        row = self._db.one("SELECT depth FROM blob WHERE id = ?", base)
        depth = row[0] if row else 0
        if depth >= _CHAIN:
            base = self._chain(base)[-1][0]
            depth = 0
        return compression.difference(data, self._get(base), _LEVEL), base, depth + 1

    def _get(self, key: int, known: Known = _nothing_known) -> bytes:
        """Return the content of a blob. `known` are contents that need not be read: one of them
        may lie under it. Raises StateDamaged."""
        row = self._db.one("SELECT address, base, data FROM blob WHERE id = ?", key)
        if row is None:
            raise StateDamaged("a recorded blob is missing")
        address, base, frame = row
        under = None if base is None else known(base)
        if base is None or under is not None:
            content = compression.decompress(frame, under)
        else:
            chain = self._chain(key)
            content = compression.decompress(chain[-1][2])
            for _, _, frame in reversed(chain[:-1]):
                content = compression.decompress(frame, content)
        if address_of(content) != address:
            raise StateDamaged("a recorded blob is damaged")
        return content

    def _chain(self, key: int) -> list[tuple[int, bytes, bytes]]:
        """Return key, address and frame of a blob and of those under it, down to a whole one."""
        rows = self._db.all(_CHAIN_ROWS, key, _CHAIN)
        if not rows or rows[-1][3] is not None:
            raise StateDamaged("a recorded blob is damaged: a part of it is missing")
        return [(row[0], row[1], row[2]) for row in rows]


_CHAIN_ROWS = """
WITH RECURSIVE chain (id, address, data, base, place) AS (
    SELECT id, address, data, base, 0 FROM blob WHERE id = ?1
    UNION ALL
    SELECT b.id, b.address, b.data, b.base, place + 1
    FROM chain JOIN blob b ON b.id = chain.base WHERE place < ?2
)
SELECT id, address, data, base FROM chain ORDER BY place
"""
