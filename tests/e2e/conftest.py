"""The installed program on a terminal, in a home of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.places import Home
from harness.recorded import RC, RecordedShell


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", RC)


@pytest.fixture
def recorded(home: Home) -> Iterator[Callable[..., RecordedShell]]:
    """Starts `rewind shell` with the arguments given."""
    started: list[RecordedShell] = []

    def start(*arguments: str, **more: object) -> RecordedShell:
        shell = RecordedShell(home, *arguments, **more)  # type: ignore[arg-type]
        started.append(shell)
        return shell

    yield start
    for shell in started:
        shell.close()
