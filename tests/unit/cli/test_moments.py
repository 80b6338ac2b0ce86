from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from rewind.cli.moments import since_when
from rewind.errors import UsageError

EAST = timezone(timedelta(hours=2))
NOW = datetime(2024, 5, 1, 12, 30, tzinfo=EAST)


@pytest.fixture(autouse=True)
def _two_hours_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import time

    with monkeypatch.context() as changed:
        changed.setenv("TZ", "<+02>-2")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2h", datetime(2024, 5, 1, 10, 30, tzinfo=EAST)),
        ("90 minutes ago", datetime(2024, 5, 1, 11, 0, tzinfo=EAST)),
        ("45s", datetime(2024, 5, 1, 12, 29, 15, tzinfo=EAST)),
        ("3 days ago", datetime(2024, 4, 28, 12, 30, tzinfo=EAST)),
        ("1 week", datetime(2024, 4, 24, 12, 30, tzinfo=EAST)),
        ("now", NOW),
        ("today", datetime(2024, 5, 1, tzinfo=EAST)),
        ("Yesterday", datetime(2024, 4, 30, tzinfo=EAST)),
        ("9:05", datetime(2024, 5, 1, 9, 5, tzinfo=EAST)),
        ("09:05:30", datetime(2024, 5, 1, 9, 5, 30, tzinfo=EAST)),
        ("2024-04-01", datetime(2024, 4, 1, tzinfo=EAST)),
        ("2024-04-01 08:00", datetime(2024, 4, 1, 8, tzinfo=EAST)),
        ("2024-04-01T08:00:00Z", datetime(2024, 4, 1, 10, tzinfo=EAST)),
        ("2024-04-01t08:00:00-05:00", datetime(2024, 4, 1, 15, tzinfo=EAST)),
    ],
)
def test_a_moment_is_what_people_mean_by_it(text: str, moment: datetime) -> None:
    assert since_when(text, NOW) == moment


@pytest.mark.parametrize(
    "text", ["", "soon", "2 parsecs", "25:00", "2024-13-01", "999999 weeks", "-2h", "h", "٣h"]
)
def test_what_means_nothing_is_a_usage_error_with_examples(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        since_when(text, NOW)
    assert "yesterday" in (refused.value.hint or "")
