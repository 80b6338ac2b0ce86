"""The sequences by which a terminal knows prompts, commands and the folder.

OSC 133 (FinalTerm's, as iTerm2, kitty, WezTerm, VTE and others have it): A begins a prompt, B ends
it, C begins a command's output, D ends it. OSC 7: the folder, as a URL.
"""

import os
from urllib.parse import quote_from_bytes

PROMPT_ENDS = "\x1b]133;B\x07"
OUTPUT_BEGINS = b"\x1b]133;C\x07"


def prompt_begins(exit_code: int | None, folder: str | None) -> bytes:
    """What goes before a prompt. `exit_code` is that of the command before it, None where none
    ran."""
    parts = [b"\x1b]133;D;%d\x07" % exit_code] if exit_code is not None else []
    if folder is not None:
        url = quote_from_bytes(folder.encode("utf-8", "surrogateescape"))
        parts.append(f"\x1b]7;file://{os.uname().nodename}{url}\x07".encode())
    return b"".join([*parts, b"\x1b]133;A\x07"])
