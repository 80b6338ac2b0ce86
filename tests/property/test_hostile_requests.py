"""Whatever comes over the socket, the host answers in JSON and goes on."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rewind.engine.live import Recording
from rewind.engine.liveshell import LiveShell
from rewind.engine.recorder import Recorder
from rewind.engine.requests import Requests
from rewind.engine.surroundings import Remembered
from rewind.engine.tracked import Decision
from rewind.engine.tracking import Tracking
from rewind.model.session import Live, Position
from rewind.model.state import State
from rewind.model.step import Status
from rewind.store import Store


@dataclass
class FakeShell:
    """A shell that is asked, and never moved."""

    modes = None
    moment = 1.0
    alive = True

    def folder(self) -> str | None:
        return "/"

    @property
    def terminal(self) -> str:
        return "/dev/null"

    def hard_limits(self) -> dict[str, int]:
        return {}

    replaced = False

    def children(self) -> Sequence[tuple[int, str]]:
        return [(1, "sleep 9")]

    @property
    def has_user(self) -> bool:
        return True

    def running_for(self, process: int) -> Sequence[int]:
        return ()

    def descriptors(self) -> dict[int, str]:
        return {7: "/dev/null"}

    def detached(self, since: float) -> Sequence[tuple[int, str]]:
        return []

    def beyond(self, current: State, target: State) -> list[str]:
        return []


@pytest.fixture(scope="module")
def requests() -> Iterator[Requests]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "home", "rewind.db")
        path.parent.mkdir(mode=0o700)
        with Store(path) as store:
            store.create_session("s", cwd="/")
            state = store.put_state(State())
            store.set_start("s", state)
            for number in range(3):
                step = store.begin_step("s", number, "true", "/", datetime.now(UTC))
                store.finish_step(
                    step.id, status=Status.OK, exit_code=0, pipestatus=[0], cwd_after="/",
                    duration_ms=1,
                )  # fmt: skip
                store.set_state(step.id, state)
        recorder = Recorder(lambda: Store(path))
        tracking = Tracking(lambda: Decision(None, None, "no"))
        recording = Recording(recorder, Live("s", 1, 1, "", ""), Position("s", 2), 2, tracking)
        no_files: dict[str, list[str]] = {"added": [], "changed": [], "removed": []}
        yield Requests(
            recording, cast(LiveShell, FakeShell()), Remembered(), lambda target: no_files
        )
        recorder.close()
        tracking.close()


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
LIKELY = st.sampled_from(
    [
        0,
        1,
        -1,
        10**30,
        "0",
        "s:1",
        "@-",
        "-",
        "start",
        "x y",
        "\x1b",
        "\ud800",
        True,
        [],
        ["a"],
        [1],
    ]
)
OPERATIONS = ("status", "plan", "jump", "branch", "on_undo", "pause", "rename", "x")
PARTS = ("back", "forward", "step", "only", "paths", "jobs", "branch", "on_undo", "command", "name")


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(OPERATIONS) | ANY,
    st.dictionaries(st.sampled_from([*PARTS, "paused"]), LIKELY | ANY, max_size=4),
)
@example("plan", {"back": "x"})
@example("plan", {"back": []})
@example("plan", {"back": 10**400})
@example("jump", {"step": "0", "paths": 5})
@example("jump", {"step": {"a": 1}})
def test_any_request_gets_a_reply(requests: Requests, op: Any, parts: dict[str, Any]) -> None:
    reply = requests.answer({"op": op} | parts, 1)
    assert json.loads(json.dumps(reply))["ok"] in (True, False)
    if not reply["ok"]:
        assert isinstance(reply["error"], str)
    # And the host still knows where it is.
    standing = requests.answer({"op": "status"}, 1)
    assert (standing["ok"], standing["position"]) == (True, 2)
