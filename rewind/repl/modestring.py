"""The editing mode in the prompt, as readline shows it where the user wants it to."""

import re
from collections.abc import Callable

from prompt_toolkit.application import get_app
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding.vi_state import InputMode

from rewind.repl.readlinekeys import ReadlineSettings, sequence
from rewind.repl.sgr import fragments

_HIDDEN = re.compile(r"\x01([^\x02]*)\x02")
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_NAMES = {"emacs": "emacs-mode-string", "ins": "vi-ins-mode-string", "cmd": "vi-cmd-mode-string"}


class ModeString:
    """What stands at the beginning of the prompt's line. `write` sends the terminal what is in it
    and takes no place (another shape of the cursor), whenever the mode has changed."""

    def __init__(self, settings: ReadlineSettings, write: Callable[[str], None]) -> None:
        self._write = write
        self._parts: dict[str, tuple[StyleAndTextTuples, str]] = {}
        if settings.on("show-mode-in-prompt"):
            for mode, name in _NAMES.items():
                self._parts[mode] = _parts(sequence(settings.variables.get(name, "")))
        self._mode = ""

    def shown(self) -> StyleAndTextTuples:
        """The words, with their colours."""
        if not self._parts:
            return []
        mode = _mode()
        words, control = self._parts[mode]
        if mode != self._mode:
            self._mode = mode
            if control:
                self._write(control)
        return words


def _mode() -> str:
    app = get_app()
    if app.editing_mode is not EditingMode.VI:
        return "emacs"
    return "cmd" if app.vi_state.input_mode is InputMode.NAVIGATION else "ins"


def _parts(text: str) -> tuple[StyleAndTextTuples, str]:
    control = "".join(_COLOUR.sub("", found[1]) for found in _HIDDEN.finditer(text))
    coloured = _HIDDEN.sub(lambda found: "".join(_COLOUR.findall(found[1])), text)
    return fragments(coloured), control
