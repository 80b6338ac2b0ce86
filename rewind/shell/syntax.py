"""Whether a command line is finished: bash's own parser says so."""

import os
import re
import subprocess
from collections.abc import Collection
from pathlib import Path

_SIMPLE = re.compile(
    r"""(?:
        [A-Za-z0-9_./:=,@%+^~\ \t*?\];>-] | \[(?=[A-Za-z0-9_.:,*?^-]*\]) | (?<!\w)\[(?=[ \t])
        | \$[A-Za-z_?] | '[^'\n]*' | "[^"\\$`!\n]*"
        | <(?!<) | \|[|&]?(?=.*[^\s|&]) | &&(?=.*[^\s|&]) | &(?!&)
    )*""",
    re.VERBOSE,
)
"""Nothing in these can leave a command open, whatever aliases there are: no word that opens one, no
quote left open, no operator at the end that wants another command. To ask bash costs a process, on
the way from Enter to the command."""
_OPENING_WORD = re.compile(
    r"(?:^|[\s;|&])(?:if|for|while|until|case|select|function|coproc|do|then)(?:\s|$)"
)
_UNFINISHED = (
    b"unexpected EOF while looking for",
    b"unexpected end of file",
    b"here-document at line",
    b"unexpected token `EOF'",
)


class Syntax:
    """Asks a bash that reads without running (`bash -n`), with the options that change parsing."""

    def __init__(self, bash: Path) -> None:
        self._bash = bash

    def finished(self, text: str, shopt: Collection[str] = ("extglob",)) -> bool:
        """Whether bash would run `text` at Enter, or ask for more lines. What it would refuse is
        finished too: its message is what the user wants to see. `shopt`: options that are on."""
        if _SIMPLE.fullmatch(text) and not _OPENING_WORD.search(text):
            return True
        backslashes = len(text) - len(text.rstrip("\\"))
        if backslashes % 2 and "#" not in text.rsplit("\n", 1)[-1]:
            return False
        argv = [str(self._bash), "--norc", "--noprofile", "-n"]
        if "extglob" in shopt:
            argv += ["-O", "extglob"]
        try:
            said = subprocess.run(
                argv,
                input=text.encode("utf-8", "surrogateescape") + b"\n",
                capture_output=True,
                env={"LC_ALL": "C", "PATH": os.defpath},
                timeout=5,
                check=False,
            ).stderr
        except (OSError, subprocess.TimeoutExpired):
            return True
        return not any(words in said for words in _UNFINISHED)
