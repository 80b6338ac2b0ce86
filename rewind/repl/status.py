"""The few words beside the prompt: the session, a failed command's exit code, how long it took."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import StyleAndTextTuples


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the shell stands at a prompt. `seconds` is what the last command took, None where there
    was none."""

    session: str = ""
    exit_code: int | None = None
    folder: str | None = None
    seconds: float | None = None


def words(standing: Standing, slow: float) -> "StyleAndTextTuples":
    """What to show; a duration only from `slow` seconds on."""
    parts: StyleAndTextTuples = []
    if standing.exit_code and standing.seconds is not None:
        parts += [("class:status.failed", f"✗ {standing.exit_code}"), ("", "  ")]
    if standing.seconds is not None and standing.seconds >= slow:
        parts += [("class:status", duration(standing.seconds)), ("", "  ")]
    return [*parts, ("class:status", standing.session)]


def duration(seconds: float) -> str:
    """A duration in at most two units."""
    if seconds < 60:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m {rest}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes}m"
