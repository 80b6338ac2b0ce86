"""Who the keys are for, between two lines."""

import asyncio
import os

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import BufferControl, Layout, Window
from prompt_toolkit.output import DummyOutput

from rewind.repl.canvas import Canvas
from rewind.repl.keys import key_presses


async def _ended_by_the_first_key() -> tuple[bool, bytes, str]:
    """A canvas that ends with the keys it begins with: whether it rests then, which keys are left
    in the terminal, and what the line got of them."""
    bindings, line = KeyBindings(), Buffer()
    with create_pipe_input() as keys:
        layout = Layout(Window(BufferControl(line)))
        canvas = Canvas(layout, bindings, "dark", keys, DummyOutput())

        @bindings.add("c-m")
        def enter(event: KeyPressEvent) -> None:
            canvas.end(line.text, more=False)

        keys.send_text("for others\r")
        failures: list[BaseException] = []
        canvas.begin(key_presses("\r"), failures.append)
        for _ in range(20):
            await asyncio.sleep(0)
        rests = canvas.resting
        left = os.read(keys.fileno(), 100) if rests and not line.text else b""
        await canvas.close()
        assert not failures
        return rests, left, line.text


def test_a_line_that_came_whole_leaves_the_keys_behind_it_to_the_command() -> None:
    assert asyncio.run(_ended_by_the_first_key()) == (True, b"for others\r", "")
