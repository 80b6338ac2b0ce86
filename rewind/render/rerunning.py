"""What a rerun shows."""

from collections.abc import Iterable, Iterator

from rewind.engine.rerunning import Divergence, Tally
from rewind.model.names import printable
from rewind.model.step import Step
from rewind.render import words
from rewind.render.cells import cut
from rewind.render.style import Style


def runs(number: int, last: int, command: str, columns: int, style: Style) -> str:
    """The line before a step runs."""
    return style.dim(cut(f"▸ {number}/{last} {words.one_line(command)}", columns - 1))


def stands_before(step: Step | None, columns: int, style: Style) -> str:
    """The line that says which step is next, at a stop; None: there are no more."""
    if step is None:
        return style.bold("next: the end")
    text = f"next: step {step.number}: {words.one_line(step.command)}"
    return style.bold(cut(text, columns - 1))


def diverges(number: int, found: Divergence, lines: Iterable[str], style: Style) -> Iterator[str]:
    """In what step `number` differs; `lines` are those of its output that do."""
    if found.exit_codes is not None:
        old, new = ("unknown" if code is None else str(code) for code in found.exit_codes)
        yield style.red(f"≠ step {number}: exit code {new}, recorded was {old}")
    if found.output:
        yield style.yellow(f"≠ step {number}: the output differs")
        yield from output_lines(lines, style)


def output_lines(lines: Iterable[str], style: Style) -> Iterator[str]:
    """Lines of a difference: recorded ones with `-`, new ones with `+`."""
    for line in lines:
        colour = {"-": style.red, "+": style.green, "@": style.cyan}.get(line[:1], style.dim)
        yield f"  {colour(line[:1] + printable(line[1:]))}"


def summary(tally: Tally, session: str) -> Iterator[str]:
    """What the rerun came to."""
    parts = [f"{tally.same} same", f"{tally.differing} differing"]
    parts += [f"{tally.skipped} skipped", f"{tally.failed} failed"]
    if tally.left:
        parts.append(f"{tally.left} not run")
    yield f"rewind: {', '.join(parts)}; recorded as {session}"
