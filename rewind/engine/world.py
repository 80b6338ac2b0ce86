"""What a state that has been brought back asks of the world, and the world no longer has."""

import ctypes
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from rewind.model.state import State

_CTYPE = 1
"""LC_CTYPE_MASK of glibc (locale.h)."""
_LOCALES = ("LC_ALL", "LC_CTYPE", "LANG")
"""The first that is not empty is the one that counts (POSIX, "Environment Variables")."""


def lacking(state: State, *, jumped: bool = True) -> list[str]:
    """What is not there, in one line each: of PATH every folder, or the locale. Where a jump has
    brought the shell there, another one leads back."""
    return [*_nowhere(state, jumped=jumped), *_no_locale(state)]


def other_home(found: State, state: State) -> Iterator[str]:
    """What there is to say where a bash that is brought to `state` was started with another home,
    as by another user."""
    here, recorded = _text(found, "HOME"), _text(state, "HOME")
    if here is not None and here != recorded:
        of_session = f"{recorded}, as in the session" if recorded else "not set, as in the session"
        yield f"HOME is {of_session}; here it was {here}, and 'HOME={here}' makes it so again"


def _nowhere(state: State, *, jumped: bool) -> Iterator[str]:
    path = _text(state, "PATH")
    if path is not None and not any(Path(folder or ".").is_dir() for folder in path.split(":")):
        ours = shutil.which("rewind") if jumped else None
        yield f"PATH leads nowhere: {path}" + (f"; '{ours} goto -' goes back" if ours else "")


def _no_locale(state: State) -> Iterator[str]:
    name = next((name for name in _LOCALES if _text(state, name)), None)
    wanted = _text(state, name) if name else None
    if wanted and not _is_locale(wanted):
        yield f"there is no locale {wanted}, which {name} is set to"


def _text(state: State, name: str) -> str | None:
    variable = state.variables.get(name)
    return variable.value if variable is not None and isinstance(variable.value, str) else None


def _is_locale(name: str) -> bool:
    """Whether the system has it; where it does not tell, it has."""
    if sys.platform != "linux":
        return True
    library = ctypes.CDLL(None)
    library.newlocale.restype = ctypes.c_void_p
    library.newlocale.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p]
    found = library.newlocale(_CTYPE, name.encode("utf-8", "surrogateescape"), None)
    if found:
        library.freelocale.argtypes = [ctypes.c_void_p]
        library.freelocale(found)
    return bool(found)
