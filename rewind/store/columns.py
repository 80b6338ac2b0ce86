"""Values as the columns hold them."""

import functools
from datetime import UTC, datetime, timedelta, timezone

from rewind.errors import UnknownName
from rewind.model.step import Status

STATUSES = (Status.RUNNING, Status.OK, Status.FAILED, Status.INTERRUPTED)
"""A step's status is its place in here."""

PARTS = ("moment", "settings", "variables", "functions", "aliases", "completions")
"""The columns of `state` that refer to its parts: the keys of `statecodec.PARTS`, in order."""

RUNNING, OK, FAILED, INTERRUPTED = range(len(STATUSES))


def to_bytes(text: str) -> bytes:
    """Return the bytes that the shell had for `text`."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # A lone surrogate that stands for no byte: none came from a shell, but one may be typed.
        return text.encode("utf-8", "replace")


def to_text(data: bytes) -> str:
    """Return `to_bytes`'s argument."""
    return data.decode("utf-8", "surrogateescape")


def maybe_bytes(text: str | None) -> bytes | None:
    return None if text is None else to_bytes(text)


def maybe_text(data: bytes | None) -> str | None:
    return None if data is None else to_text(data)


def to_uid(identifier: str) -> bytes:
    """Return the 16 bytes of an id. Raises UnknownName where it is none."""
    try:
        uid = bytes.fromhex(identifier.replace("-", ""))
    except ValueError as error:
        raise UnknownName("no step has that id") from error
    if len(uid) != 16:
        raise UnknownName("no step has that id")
    return uid


def to_id(uid: bytes) -> str:
    """Return the id whose 16 bytes are `uid`."""
    digits = uid.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def to_address(address: str) -> bytes:
    """Return the bytes of an address; no bytes, which nothing is stored under, where it is none."""
    try:
        return bytes.fromhex(address)
    except ValueError:
        return b""


def to_time(at: datetime) -> tuple[int, int]:
    """Return microseconds since the epoch and the offset from UTC in seconds. A time without a
    zone is taken for local time."""
    if at.tzinfo is None:
        at = at.astimezone()
    offset = at.utcoffset() or timedelta()
    return (at - _EPOCH) // timedelta(microseconds=1), int(offset.total_seconds())


def from_time(microseconds: int, offset: int) -> datetime:
    """Return the time that `to_time` was given."""
    return _epoch(offset) + timedelta(0, 0, microseconds)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@functools.cache
def _epoch(offset: int) -> datetime:
    return _EPOCH.astimezone(timezone(timedelta(seconds=offset)))
