"""bash's prompt, as bytes, made into what an editor can draw."""

import re

# What colours text (ECMA-48, SGR) stays in the prompt. A title (operating system command) goes to
# the terminal by itself; whatever else moves the cursor is the terminal's affair and is left out.
_TITLE = re.compile(r"\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)")
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[()][0-9A-Za-z]|[^\[\]])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]")


def titles(prompt: bytes) -> bytes:
    """The sequences in `prompt` that set titles and the like, to be printed once."""
    text = prompt.decode("utf-8", "surrogateescape")
    return "".join(_TITLE.findall(text)).encode("utf-8", "surrogateescape")


def drawable(prompt: bytes) -> str:
    """The text of `prompt` with its colours and nothing else that a terminal would act on."""
    text = _TITLE.sub("", prompt.decode("utf-8", "replace"))
    text = _ESCAPE.sub(lambda found: found[0] if _COLOUR.fullmatch(found[0]) else "", text)
    return _CONTROL.sub("", text)


def numbered(number: int | None, prompt: bytes, *, colour: bool) -> str:
    """The prompt with the number that the next step will get in front; `None` is for a shell that
    does not record."""
    mark = "-" if number is None else str(number)
    head = f"\x1b[2m{mark}\x1b[0m " if colour else f"{mark} "
    return head + drawable(prompt)
