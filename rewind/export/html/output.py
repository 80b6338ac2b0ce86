"""What a step printed, for the page: as text to read, and as bytes with their times to play.

Of what is long there is the beginning and the end.
"""

import base64
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rewind.export.excerpt import PAUSE_MS, Excerpt
from rewind.export.html.markup import text
from rewind.export.recording import Recording
from rewind.model.step import Chunk, Step

_HEAD_BYTES, _TAIL_BYTES = 384 << 10, 128 << 10
_LEAST_PLAY_MS = 400


def printed(recording: Recording, step: Step, room: int) -> Excerpt:
    """As much of the step's output as goes into the page; at most `room` bytes."""
    return recording.ends(step, min(_HEAD_BYTES, room * 3 // 4), min(_TAIL_BYTES, room // 4))


def shown(recording: Recording, output: Excerpt) -> Iterator[str]:
    """What the screen showed of it."""
    begun = False
    for chunks, parts_from in ((output.before, ""), (output.after, "\n⋯\n")):
        for piece in recording.render(chunks) if chunks else ():
            if not begun and piece:
                yield '<pre class="out" tabindex="0">\n'
                begun = True
            yield parts_from + text(piece)
            parts_from = ""
    if begun:
        yield "</pre>"


def played(recording: Recording, step: Step, output: Excerpt) -> dict[str, Any]:
    """The bytes for the player: chunks as [ms, base64], with [-1, ""] where some are left out; the
    terminal's sizes; and how long it all takes to play."""
    chunks = _encoded(output.before)
    if output.gap:
        chunks.append([-1, ""])
    chunks += _encoded(output.after)
    last_ms = max((chunk.at_ms for chunk in (*output.before, *output.after)), default=0)
    play = output.play_ms + min(max(0, (step.duration_ms or 0) - last_ms), PAUSE_MS)
    sizes = [[size.at_ms, size.columns, size.rows] for size in recording.sizes(step)]
    return {"play": max(play, _LEAST_PLAY_MS), "cut": output.gap, "c": chunks, "s": sizes}


def size_of(output: Excerpt) -> int:
    """How many bytes of the output are there."""
    return sum(len(chunk.data) for chunk in (*output.before, *output.after))


def _encoded(chunks: Sequence[Chunk]) -> list[list[Any]]:
    return [[c.at_ms, base64.b64encode(c.data).decode()] for c in _joined(chunks)]


def _joined(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The chunks with those that came in the same sixtieth of a second as one."""
    at_ms = 0
    held: list[bytes] = []
    for chunk in chunks:
        if held and chunk.at_ms - at_ms >= 16:
            yield Chunk(at_ms, b"".join(held))
            held = []
        if not held:
            at_ms = chunk.at_ms
        held.append(chunk.data)
    if held:
        yield Chunk(at_ms, b"".join(held))
