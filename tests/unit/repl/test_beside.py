"""Work beside the editor is done, be there threads or not."""

import asyncio
import threading

import pytest

from rewind.repl.beside import beside


async def both() -> tuple[int, str]:
    with pytest.raises(ZeroDivisionError):
        await beside(lambda: 1 // 0)
    return await beside(threading.get_ident), await beside(lambda: "done")


def test_it_is_done_on_a_thread_of_its_own() -> None:
    ran, said = asyncio.run(both())
    assert (ran != threading.get_ident(), said) == (True, "done")


def test_where_no_thread_can_be_started_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    loop = asyncio.new_event_loop()
    try:
        ran, said = loop.run_until_complete(both())
    finally:
        loop.close()
    assert (ran == threading.get_ident(), said) == (True, "done")
