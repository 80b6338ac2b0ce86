"""The host's own keys, typed at bash's prompt, whatever the terminal does with keys (`stty`)."""

import contextlib
import signal
import termios

from rewind.shell.process import Process

_INPUT, _LOCAL, _KEYS = 0, 3, 6
_SERVED = (
    (_LOCAL, termios.ISIG, (termios.VINTR, termios.VQUIT, termios.VSUSP)),
    (_INPUT, termios.IXON, (termios.VSTART, termios.VSTOP)),
)
"""Where the terminal's modes let it serve keys itself."""
_NONE = b"\0"
INTERRUPT = b"\x03"
"""The key that interrupts, unless the user has chosen another one."""


def press(process: Process, keys: bytes) -> None:
    """Type keys that are for readline. Where the terminal would make a signal or a pause of one
    (`stty intr ^X`), it does not until readline gives it back its modes, at the line's end."""
    with contextlib.suppress(termios.error):
        modes = termios.tcgetattr(process.slave)
        found = list(modes)
        for place, flag, names in _SERVED:
            if any(modes[_KEYS][name] in keys and modes[_KEYS][name] != _NONE for name in names):
                found[place] &= ~flag
        if found != modes:
            termios.tcsetattr(process.slave, termios.TCSANOW, found)
    process.write(keys)


def press_interrupt(process: Process) -> None:
    """Press the key that interrupts; readline may have no other way to hear of it."""
    key = interrupt_key(process)
    with contextlib.suppress(termios.error):
        modes = termios.tcgetattr(process.slave)
        modes[_LOCAL] |= termios.ISIG
        termios.tcsetattr(process.slave, termios.TCSANOW, modes)
    if key == _NONE:
        process.signal(signal.SIGINT)
    else:
        process.write(key)


def interrupt_key(process: Process) -> bytes:
    """The key that the terminal takes for an interrupt, NUL where it takes none."""
    try:
        return bytes(termios.tcgetattr(process.slave)[_KEYS][termios.VINTR])
    except termios.error:
        return INTERRUPT
