"""The terminal's sizes in a recording: as they were, and in what is exported."""

import json
from collections.abc import Callable

from harness.places import Home
from harness.recorded import RecordedShell, rewind
from rewind.model.step import Size
from rewind.store import Store


def test_a_resize_while_a_command_runs_is_recorded_and_exported(
    home: Home, recorded: Callable[..., RecordedShell]
) -> None:
    shell = recorded("demo", size=(24, 80))
    shell.at_prompt(0)
    script = "trap 'stty size; exit' WINCH; echo rea''dy; while :; do sleep 0.05; done"
    shell.enter(f'bash -c "{script}"')
    shell.wait_for("ready")
    shell.resize(30, 100)
    shell.wait_for("30 100")
    shell.at_prompt(1)
    shell.run("true", then=2)
    shell.leave()
    with Store(home.rewind_home / "rewind.db", read_only=True) as store:
        first, second = (list(store.sizes(step.id)) for step in store.steps("demo"))
    assert first[0] == Size(0, 80, 24)
    assert [(size.columns, size.rows) for size in first[1:]] == [(100, 30)]
    assert first[1].at_ms > 0
    assert second == [Size(0, 100, 30)]
    cast = [
        json.loads(line)
        for line in rewind(home, "export", "demo", "--format=cast").split("\n")
        if line
    ]
    assert cast[0]["term"]["cols"] == 80 and cast[0]["term"]["rows"] == 24
    resized = [event[2] for event in cast[1:] if event[1] == "r"]
    assert [size for size in resized if size != "80x24"] == ["100x30"]
