"""Identifiers that need no coordinator: UUID version 7 (RFC 9562, section 5.7)."""

import secrets
import time


def new_id() -> str:
    """Return a new UUIDv7 as text. Its first 48 bits are the Unix time in milliseconds, so
    ids made later sort later, to the millisecond."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= secrets.randbits(12) << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
