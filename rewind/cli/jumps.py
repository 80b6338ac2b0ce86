"""What makes jumps and answers the commands that are typed inside the shell. No first prompt waits
for it: it is loaded while the user reads that, or when it is wanted."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from rewind.cli.past import Past
from rewind.engine.live import Recording
from rewind.files.files import Files
from rewind.model.config import Config
from rewind.shell.standing import StandingBash
from rewind.store import Store

if TYPE_CHECKING:
    from rewind.cli.travel import Travel
    from rewind.engine.requests import Requests


class Jumps:
    """Those of one recording shell."""

    def __init__(
        self,
        store: Store,
        recording: Recording,
        bash: StandingBash,
        files: Files,
        past: Past,
        config: Config,
    ) -> None:
        self._store = store
        self._recording = recording
        self._bash = bash
        self._files = files
        self._past = past
        self._config = config

    def load(self) -> None:
        """Import what they are made of. From any thread."""
        import rewind.cli.travel
        import rewind.engine.requests
        import rewind.shell.restore  # noqa: F401

    def travel(self) -> "Travel":
        """Makes the jumps."""
        return self._travel

    def answer(self, request: dict[str, Any], process: int) -> dict[str, Any]:
        """Answer a command that is typed inside the shell."""
        return self._requests.answer(request, process)

    @cached_property
    def _travel(self) -> "Travel":
        from rewind.cli.travel import Travel
        from rewind.model.reach import extra_rules

        rules = extra_rules(self._config.reach)
        return Travel(self._store, self._recording, self._bash, self._files, self._past, rules)

    @cached_property
    def _requests(self) -> "Requests":
        from rewind.engine.requests import Requests
        from rewind.model.reach import extra_rules

        return Requests(
            self._recording,
            self._bash,
            self._travel.remembered,
            self._travel.file_changes,
            extra_rules(self._config.on_undo),
            extra_rules(self._config.reach),
        )
