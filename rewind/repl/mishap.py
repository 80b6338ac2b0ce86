"""What is said when something goes wrong beside the line that is being edited."""

from collections.abc import Mapping
from typing import Any

from rewind.errors import FAULT_HINT
from rewind.model.names import printable


def told(context: Mapping[str, Any]) -> bytes:
    """The lines for the user. `context` is what asyncio gives its exception handler."""
    error = context.get("exception")
    what = f"{type(error).__name__}: {error}" if error is not None else str(context.get("message"))
    lines = (f"rewind: error: {printable(what)}", f"rewind: hint: {FAULT_HINT}", "")
    return "\n".join(lines).encode("utf-8", "replace")
