"""States: how long bash takes to tell one, and what a step costs on disk that changed little."""

import os
import time
from dataclasses import dataclass

from contenders import Place


@dataclass(frozen=True)
class Captures:
    """Seconds of each capture, and bytes that the store grew by with each state."""

    seconds: list[float]
    stored: list[int]


def captures(place: Place, runs: int) -> Captures:
    """Capture the state of a bash with the place's ~/.bashrc again and again, one variable set
    anew between, and put each into a store."""
    os.environ["REWIND_HOME"] = str(place.store)
    from rewind.protocol.dump import parse_dump
    from rewind.protocol.events import CommandEnded, PromptReady
    from rewind.shell.hosted import HostedShell
    from rewind.shell.locate import locate
    from rewind.shell.start import Start
    from rewind.store import Store

    shell = HostedShell(
        Start(locate("bash"), place.home / ".bashrc", place.env(), str(place.work), (24, 80)),
        "bench",
    )

    def until_prompt() -> None:
        while True:
            shell.wait(1.0)
            for event in shell.read():
                if isinstance(event, CommandEnded):
                    shell.go_on("bench")
                elif isinstance(event, PromptReady):
                    return

    def capture() -> bytes:
        shell.begin_capture()
        while (raw := shell.captured()) is None:
            shell.wait(1.0)
            for _ in shell.read():
                pass
        return raw

    seconds: list[float] = []
    stored: list[int] = []
    dump = address = None
    try:
        with Store() as store:
            until_prompt()
            for number in range(runs):
                shell.deliver(f"counted={number}", "bench")
                until_prompt()
                began = time.perf_counter()
                raw = capture()
                seconds.append(time.perf_counter() - began)
                dump = parse_dump(raw, dump)
                before = _blob_bytes(store)
                address = store.put_state(dump.state, address)
                stored.append(_blob_bytes(store) - before)
    finally:
        shell.close()
    return Captures(seconds[1:], stored[1:])


def _blob_bytes(store: object) -> int:
    row = store._db.one("SELECT sum(length(data)) FROM blob")  # type: ignore[attr-defined]
    return int(row[0] or 0)
