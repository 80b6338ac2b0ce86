"""What the prompt hooks put into the user's variables, taken out again.

Every piece that the hooks add to PS1 and PS2 is `\\[\\e]7717;…\\a\\]`, in PS0 `\\e]7717;…\\a`.
In an array PROMPT_COMMAND theirs are the elements, in a string the lines, that contain `__rw_`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from rewind.model.state import Variable
from rewind.protocol.volatile import OWN_PREFIX

_PIECE = re.compile(r"\\\[\\e\]7717;.*?\\a\\\]|\\e\]7717;.*?\\a", re.DOTALL)

_UNLESS_OURS = "\n;; esac"
"""The end of a DEBUG trap that is kept from the hooks' own commands; its first line begins it."""


def clean_hooks(name: str, variable: Variable) -> Variable | None:
    """Return the variable as it was before the hooks touched it; None where the hooks made it.

    A PROMPT_COMMAND of one element reads as a string: bash runs both alike, and whether the
    user's was an array cannot be told once the hooks have made it one."""
    if name == "PROMPT_COMMAND":
        return _clean_prompt_command(variable)
    if name in ("PS0", "PS1", "PS2") and isinstance(variable.value, str):
        if name == "PS0" and not variable.value:
            # Where the hooks have taken their mark away, it stays behind; to bash it is as none.
            return None
        if "7717;" not in variable.value:
            return variable
        text = _PIECE.sub("", variable.value)
        return replace(variable, value=text) if text else None
    return variable


def unhooked_trap(text: str) -> str:
    """Return a trap's text as the user set it; '' where the user set none."""
    first, _, rest = text.partition("\n")
    return rest.removesuffix(_UNLESS_OURS) if OWN_PREFIX in first else text


def _clean_prompt_command(variable: Variable) -> Variable | None:
    value = variable.value
    if isinstance(value, str):
        if OWN_PREFIX not in value:
            return variable
        lines = [line for line in value.split("\n") if OWN_PREFIX not in line]
        return replace(variable, value="\n".join(lines)) if lines else None
    if not isinstance(value, Mapping):
        return variable
    elements = [text for text in value.values() if OWN_PREFIX not in text]
    if not elements:
        return None if value else variable
    if len(elements) == 1:
        return Variable(variable.attributes.replace("a", ""), elements[0])
    return replace(variable, value=dict(enumerate(elements)))
