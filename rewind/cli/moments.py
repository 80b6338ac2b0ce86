"""What people write for a moment in the past."""

import re
from datetime import datetime, time, timedelta

from rewind.errors import UsageError

_SPAN = re.compile(r"(\d{1,6})\s*([a-z]+?)s?(?:\s+ago)?", re.ASCII)
_UNITS = {
    **dict.fromkeys(("s", "sec", "second"), timedelta(seconds=1)),
    **dict.fromkeys(("m", "min", "minute"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hr", "hour"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day"), timedelta(days=1)),
    **dict.fromkeys(("w", "week"), timedelta(weeks=1)),
}


def since_when(text: str, now: datetime) -> datetime:
    """Return the moment that `text` means at `now`, which carries an offset: RFC 3339, a day, a
    time of today, a span such as `2h` or `3 days ago`, `today` or `yesterday`. Where an offset is
    missing it is the local one. Raises UsageError."""
    said = " ".join(text.split()).lower()
    midnight = datetime.combine(now.date(), time()).astimezone()
    if said == "now":
        return now
    if said == "today":
        return midnight
    if said == "yesterday":
        return datetime.combine(now.date() - timedelta(days=1), time()).astimezone()
    span = _SPAN.fullmatch(said)
    if span and span[2] in _UNITS:
        try:
            return now - int(span[1]) * _UNITS[span[2]]
        except OverflowError as error:
            raise _unclear(text) from error
    try:
        return _clock(said, now) or datetime.fromisoformat(said.upper()).astimezone()
    except (ValueError, OverflowError) as error:
        raise _unclear(text) from error


def _clock(said: str, now: datetime) -> datetime | None:
    if not re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", said, re.ASCII):
        return None
    moment = time.fromisoformat(said.rjust(5 if said.count(":") == 1 else 8, "0"))
    return datetime.combine(now.date(), moment).astimezone()


def _unclear(text: str) -> UsageError:
    hint = "write 2024-05-01T12:00:00+02:00, 2024-05-01, 14:30, 2h, '3 days ago' or yesterday"
    return UsageError(f"'{text}' is no time that can be understood", hint)
