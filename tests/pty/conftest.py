"""The two bashes that are compared, each in a home of its own that looks the same to it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.hosted import Hosted
from harness.places import Home, bash_under_test
from harness.vanilla import Vanilla


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def hosted(home: Home) -> Iterator[Callable[..., Hosted]]:
    """Starts hosted bashes; their start-up file is the home's ~/.bashrc unless told."""
    started: list[Hosted] = []

    def start(*, rc: str | None = None, size: tuple[int, int] = (24, 80), **env: str) -> Hosted:
        if rc is not None:
            home.bashrc.write_text(rc)
        shell = Hosted(bash_under_test(), home.bashrc, home.env(**env), home.work, size)
        started.append(shell)
        return shell

    yield start
    for shell in started:
        shell.close()


@pytest.fixture
def vanilla(home: Home) -> Iterator[Callable[..., Vanilla]]:
    """Starts unhosted bashes, with the same start-up file."""
    started: list[Vanilla] = []

    def start(*, rc: str | None = None, size: tuple[int, int] = (24, 80), **env: str) -> Vanilla:
        if rc is not None:
            home.bashrc.write_text(rc)
        shell = Vanilla(bash_under_test(), home.bashrc, home.env(**env), home.work, size)
        started.append(shell)
        return shell

    yield start
    for shell in started:
        shell.close()
