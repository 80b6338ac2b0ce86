"""Keys that begin what is bound, with others behind them than those that go on with it: both do
nothing, as in readline."""

from collections.abc import Callable

from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Filter
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from rewind.repl.keys import Handler, key_presses
from rewind.repl.readlinekeys import Keymap

_Keys = tuple[Keys | str, ...]


def swallow(
    bindings: KeyBindings,
    keymap: Keymap,
    mode: Filter,
    vi: bool,
    bell: Callable[[], None],
    pasted: Handler,
    interrupted: Handler,
) -> None:
    """Bind what leads nowhere in a keymap. What is pasted there is not lost; Ctrl-C interrupts.
    Escape is a key by itself in `vi`."""

    def nothing(event: KeyPressEvent) -> None:
        if event.key_sequence[-1].key is Keys.BracketedPaste:
            pasted(event)
        else:
            bell()

    bound = {_keys(data) for data in (*keymap.commands, *keymap.macros, *keymap.shell)}
    # What a key does that begins others is told, if at all, as its binding with a NUL.
    bound |= {keys[:-1] for keys in bound if keys[-1:] == (Keys.ControlAt,)}
    bound |= {(Keys.Escape,)} if vi else set()
    for prefix in {keys[:size] for keys in bound for size in range(1, len(keys))} - bound:
        bindings.add(*prefix, Keys.Any, filter=mode)(nothing)
        if (*prefix, Keys.ControlC) not in bound:
            bindings.add(*prefix, Keys.ControlC, filter=mode)(interrupted)


def slow(
    bindings: KeyBindings, mode: Filter, awaited: Callable[[Callable[[str], None]], None]
) -> None:
    """Bind what a terminal sends for a key where it comes in pieces, and for keys that nobody
    knows: these do nothing. ECMA-48, 5.4 (control sequences)."""

    def press(sent: str) -> None:
        if not "@" <= sent[-1:] <= "~":
            awaited(lambda more: press(sent + more))
        elif len(keys := key_presses(sent)) == 1:
            get_app().key_processor.feed_multiple(keys, first=True)

    bindings.add("escape", "[", Keys.Any, filter=mode)(lambda event: press(f"\x1b[{event.data}"))


def _keys(data: str) -> _Keys:
    return tuple(press.key for press in key_presses(data))
