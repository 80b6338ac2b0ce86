"""Rows of a SQLite file, read without the pages that lead to them.

A table is a tree of pages. Its rows stand in the leaves, each of which can be read by itself; when
a page above them is destroyed, SQLite finds none of those below it any more. The format is that of
https://www.sqlite.org/fileformat2.html: 1.3 the header, 1.5 the free pages, 1.6 the pages of a
tree, 2.1 the records.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

Value = int | float | str | bytes | None

_MAGIC = b"SQLite format 3\0"
_HEADER_SIZE = 100
_TABLE_LEAF = 0x0D
_USUAL_PAGE = 4096
_SIZES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Bytes of an integer, by its serial type."""

_MOST_COLUMNS = 100
"""More than any table of ours has, or will."""
_LARGEST = 1 << 28
"""Bytes of a row; more than any of ours has."""
_READINGS = 16
"""How often a page is read at most. Rows share none, but those of a page of noise may seem to: all
of them may name one long chain, and then every one would cost as much as the whole file."""


class _Torn(Exception):
    """It is no row."""


@dataclass(frozen=True, slots=True)
class _File:
    data: memoryview
    page_size: int
    usable: int
    """Bytes of a page without those reserved at its end."""
    readings: bytearray = field(init=False)
    """How often each page was read as one that goes on with a row."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "readings", bytearray(len(self.data) // self.page_size + 1))

    def page(self, number: int) -> memoryview:
        start = (number - 1) * self.page_size
        if number < 1 or start + self.page_size > len(self.data):
            raise _Torn
        return self.data[start : start + self.page_size]

    def overflow_page(self, number: int) -> memoryview:
        page = self.page(number)
        if self.readings[number] >= _READINGS:
            raise _Torn
        self.readings[number] += 1
        return page


def leaf_rows(path: Path) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """Yield the key and the columns of every row in any table of the file, however its other pages
    are; a column that is another name for the key reads as None. Which table it is of, the file
    does not say. Free pages are left out: what is in them was deleted. Raises OSError."""
    import mmap

    with path.open("rb") as file:
        if not path.stat().st_size:
            return
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with mapped, memoryview(mapped) as data:
            yield from _rows(_opened(data))


def page_size(path: Path) -> int:
    """Bytes of a page of the file. Raises OSError."""
    with path.open("rb") as file:
        return _opened(memoryview(file.read(_HEADER_SIZE))).page_size


def _opened(data: memoryview) -> _File:
    size, reserved = _USUAL_PAGE, 0
    # A header that is destroyed is taken for a usual one.
    if _has_header(data):
        found = int.from_bytes(data[16:18], "big")
        found = 1 << 16 if found == 1 else found
        if found >= 512 and found & (found - 1) == 0:
            size, reserved = found, data[20]
    return _File(data, size, size - reserved)


def _has_header(data: memoryview) -> bool:
    return len(data) >= _HEADER_SIZE and data[: len(_MAGIC)] == _MAGIC


def _rows(file: _File) -> Iterator[tuple[int, tuple[Value, ...]]]:
    free = _free_pages(file)
    for number in range(1, len(file.data) // file.page_size + 1):
        page = file.page(number)
        start = _HEADER_SIZE if number == 1 else 0
        if number in free or page[start] != _TABLE_LEAF:
            continue
        count = int.from_bytes(page[start + 3 : start + 5], "big")
        left = _READINGS * file.page_size
        for at in range(start + 8, min(start + 8 + 2 * count, file.page_size - 1), 2):
            cell = int.from_bytes(page[at : at + 2], "big")
            try:
                size, body = _varint(page, cell)
                left -= min(size, file.page_size)
                if left < 0:
                    break
                yield _row(file, page, body, size)
            except (_Torn, IndexError, struct.error, UnicodeDecodeError):
                continue


def _free_pages(file: _File) -> set[int]:
    """The numbers of the pages in the chain of free ones, as far as it can be followed."""
    free: set[int] = set()
    trunk = int.from_bytes(file.data[32:36], "big") if _has_header(file.data) else 0
    try:
        while trunk and trunk not in free:
            page = file.page(trunk)
            following, count = struct.unpack_from(">II", page)
            free.add(trunk)
            if count > file.usable // 4 - 2:
                break
            free.update(struct.unpack_from(f">{count}I", page, 8))
            trunk = following
    except _Torn:
        pass
    return free


def _row(file: _File, page: memoryview, at: int, size: int) -> tuple[int, tuple[Value, ...]]:
    """The key, which begins at `at`, and the columns of a row whose record has `size` bytes."""
    key, at = _varint(page, at)
    if size > min(len(file.data), _LARGEST):
        raise _Torn
    return key - (key >> 63 << 64), tuple(_columns(_payload(file, page, at, size)))


def _payload(file: _File, page: memoryview, at: int, size: int) -> bytes:
    """A record of `size` bytes, of which the page holds the beginning, and a chain of others the
    rest (1.6, "Cell payload overflow pages")."""
    local = size
    if size > file.usable - 35:
        least = (file.usable - 12) * 32 // 255 - 23
        local = least + (size - least) % (file.usable - 4)
        local = local if local <= file.usable - 35 else least
    parts = [page[at : at + local]]
    left = size - local
    following = int.from_bytes(page[at + local : at + local + 4], "big") if left else 0
    while left > 0:
        page = file.overflow_page(following)
        following = int.from_bytes(page[:4], "big")
        parts.append(page[4 : 4 + min(left, file.usable - 4)])
        left -= len(parts[-1])
    payload = b"".join(parts)
    if len(payload) != size:
        raise _Torn
    return payload


def _columns(record: bytes) -> Iterator[Value]:
    view = memoryview(record)
    header, at = _varint(view, 0)
    if not at <= header <= min(len(record), 9 * _MOST_COLUMNS):
        raise _Torn
    body = header
    while at < header:
        kind, at = _varint(view, at)
        value, body = _value(record, kind, body)
        yield value
    if at != header or body != len(record):
        raise _Torn


def _value(record: bytes, kind: int, at: int) -> tuple[Value, int]:
    """The value of a serial type, which begins at `at`, and where it ends."""
    if kind == 0:
        return None, at
    if kind in (8, 9):
        return kind - 8, at
    size = _SIZES.get(kind, 8 if kind == 7 else (kind - 12) // 2)
    raw, end = record[at : at + size], at + size
    if size < 0 or len(raw) != size or kind in (10, 11):
        raise _Torn
    if kind in _SIZES:
        return int.from_bytes(raw, "big", signed=True), end
    if kind == 7:
        return float(struct.unpack(">d", raw)[0]), end
    return (raw if kind % 2 == 0 else raw.decode()), end


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the ninth byte whole, and where it ends."""
    number = 0
    for index in range(8):
        byte = data[at + index]
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, at + index + 1
    return number << 8 | data[at + 8], at + 9
