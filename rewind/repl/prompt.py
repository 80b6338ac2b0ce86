"""bash's prompt, as bytes, made into what an editor can draw."""

import os
import re
from dataclasses import dataclass

from rewind.model.acting import CONTROLS, TURNING
from rewind.repl.reach import reach

# What colours text (ECMA-48, SGR) stays in the prompt's last line. A title or another operating
# system command goes to the terminal by itself; whatever moves the cursor is left out, but for the
# two customs by which prompts put something at the right.
_COMMAND = re.compile(r"\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)")
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[()][0-9A-Za-z]|[^\[\]])")
# Marks that turn text around would turn the line that is typed, too. ESC is still to colour.
_CONTROL = re.compile(f"(?!\x1b)[{CONTROLS}{TURNING}]")
_ASIDE = re.compile(r"(?:\x1b7|\x1b\[s)(.*?)(?:\x1b8|\x1b\[u)", re.DOTALL)
_ELSEWHERE = re.compile(r"\x1b\[[0-9;]*[Hf]")
"""Has an aside stand in a row of its own choice, as a clock at the top (ECMA-48: CUP, HVP)."""

_LITERAL = re.compile(r"[^\\$`]+|\\(?:[aenr\\$\[\]]|[0-7]{3})")


@dataclass(frozen=True, slots=True)
class Prompt:
    """`lead` are the bytes above the line that is typed in, as bash printed them, and `elsewhere`
    those that go to other rows or to none; `text` is what stands before the cursor, `right` what
    stands in the same row, so many columns as `margin` from the right edge."""

    lead: bytes
    text: str
    right: str = ""
    margin: int = 0
    elsewhere: bytes = b""


def parse(prompt: bytes, columns: int) -> Prompt:
    """Divide a prompt, for a terminal so many columns wide. The lines above the last one stay as
    they are, whatever they do with the cursor; of the last one the editor must know every cell."""
    lead, newline, last = prompt.rpartition(b"\n")
    text = last.decode("utf-8", "surrogateescape")
    elsewhere = "".join(_COMMAND.findall(text))
    right, end = "", 0
    for aside in _ASIDE.finditer(text):
        if _ELSEWHERE.search(aside[1]):
            elsewhere += aside[0]
        else:
            right += drawable(aside[1])
            begin = reach(text[: aside.start()], columns)
            end = max(end, reach(aside[1], columns, begin))
    text = _ASIDE.sub("", text)
    # Text that the return lets the prompt overwrite is what is to be seen at the right.
    *_, before, text = ["", *text.split("\r")]
    if not right.strip():
        right, end = drawable(before), reach(before, columns)
    return Prompt(
        (lead + newline).replace(b"\n", b"\r\n"),
        drawable(text),
        right.strip(),
        max(0, columns - end),
        elsewhere.encode("utf-8", "surrogateescape"),
    )


def literal(value: str) -> str | None:
    """What bash shows of a prompt's `value`; None where it would have to look something up, as the
    folder, the time or a variable (bash(1), PROMPTING)."""
    parts = _LITERAL.findall(value)
    if "".join(parts) != value:
        return None
    return "".join(_literal(part[1:]) if part[0] == "\\" else part for part in parts)


def _literal(escape: str) -> str:
    if escape.isdigit():
        return chr(int(escape, 8) & 0xFF)
    if escape == "$":
        return "#" if os.geteuid() == 0 else "$"
    return {"a": "\a", "e": "\x1b", "n": "\n", "r": "\r", "\\": "\\"}.get(escape, "")


def drawable(prompt: bytes | str) -> str:
    """The text of `prompt` with its colours and nothing else that a terminal would act on."""
    text = prompt if isinstance(prompt, str) else prompt.decode("utf-8", "surrogateescape")
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    text = _COMMAND.sub("", text)
    text = _ESCAPE.sub(lambda found: found[0] if _COLOUR.fullmatch(found[0]) else "", text)
    return _CONTROL.sub("", text)
