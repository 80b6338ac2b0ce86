"""Many processes on one store."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from rewind.model.session import Live
from rewind.model.step import Status
from rewind.store import Store
from rewind.store.processes import start_time

WRITER = """
import sys
from datetime import datetime
from pathlib import Path
from rewind.model.state import State
from rewind.model.step import Chunk, Status
from rewind.store import Store

path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
with Store(path, patience=30) as store:
    store.create_session(name, cwd="/")
    for number in range(count):
        step = store.begin_step(name, number, f"echo {name} {number}", "/", datetime.now())
        for part in range(3):
            store.append_output(step.id, [Chunk(part, f"{name} {number} {part};".encode())])
        store.finish_step(step.id, status=Status.OK, exit_code=0, pipestatus=(0,),
                          cwd_after="/", duration_ms=1)
        store.set_state(step.id, store.put_state(State(cwd=f"/{number}")))
        store.index_step(step.id)
        if number == 5:
            print("halfway", flush=True)
"""

CLAIMER = """
import os, sys
from pathlib import Path
from rewind.errors import SessionIsLive
from rewind.model.session import Live
from rewind.store import Store
from rewind.store.processes import start_time

print("ready", flush=True)
sys.stdin.readline()
with Store(Path(sys.argv[1]), patience=30) as store:
    try:
        store.claim(Live("a", os.getpid(), start_time(os.getpid()), "", ""))
        print("got it", flush=True)
    except SessionIsLive:
        print("lost", flush=True)
sys.stdin.readline()
"""


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )


def say(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_processes_that_start_on_a_blank_disk_at_once_all_write_everything(
    store_file: Path,
) -> None:
    writers = [start(WRITER, str(store_file), f"s{n}", "20") for n in range(6)]
    assert [hear(w) for w in writers] == ["ready"] * 6
    for writer in writers:
        say(writer)
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    with Store(store_file) as store:
        assert sorted(s.name for s in store.sessions()) == [f"s{n}" for n in range(6)]
        for session in store.sessions():
            assert session.steps == 20
            for step in store.steps(session.name):
                printed = b"".join(c.data for c in store.output(step.id)).decode()
                assert printed == "".join(f"{session.name} {step.number} {p};" for p in range(3))
                assert step.state is not None
                assert store.state(step.state).cwd == f"/{step.number}"
        assert store.integrity(content=True) == []
        assert len(list(store.search("echo s3", limit=99))) == 20


def test_what_a_killed_writer_had_finished_is_there(store_file: Path) -> None:
    writer = start(WRITER, str(store_file), "a", "100000")
    hear(writer)
    say(writer)
    assert hear(writer) == "halfway"
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    with Store(store_file) as store:
        interrupted = store.interrupt_running("a")
        steps = list(store.steps("a"))
        assert len(steps) >= 6
        assert len(interrupted) <= 1
        assert {s.status for s in steps[:6]} == {Status.OK}
        assert [s.number for s in steps] == list(range(len(steps)))
        assert store.session("a").tip == len(steps) - 1
        assert store.integrity(content=True) == []


def test_one_claim_among_many_wins(store_file: Path) -> None:
    with Store(store_file) as store:
        store.create_session("a", cwd="/")
        store.claim(Live("a", os.getpid(), (start_time(os.getpid()) or 0) - 1, "", ""))
    claimers = [start(CLAIMER, str(store_file)) for _ in range(5)]
    assert [hear(c) for c in claimers] == ["ready"] * 5
    for claimer in claimers:
        say(claimer)
    answers = sorted(hear(c) for c in claimers)
    for claimer in claimers:
        claimer.communicate("\n")
    assert answers == ["got it", "lost", "lost", "lost", "lost"]
