"""What keys do while bash completes, and in the menu of what it found."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from rewind.repl.menu import Menu

if TYPE_CHECKING:
    from rewind.repl.editor import Editor


def completing_keys(editor: "Editor") -> KeyBindings:
    """The keys while bash completes, and in the menu."""
    bindings = KeyBindings()
    tab = editor.tab
    working = Condition(lambda: tab.working)
    menu = Condition(lambda: tab.menu is not None)
    chosen = Condition(lambda: tab.menu is not None and tab.menu.selected is not None)

    @bindings.add(Keys.Any, filter=working, eager=True)
    def _hold(event: KeyPressEvent) -> None:
        tab.hold(list(event.key_sequence))

    @bindings.add("c-c", filter=working, eager=True)
    @bindings.add("c-g", filter=working, eager=True)
    def _cancel(event: KeyPressEvent) -> None:
        tab.cancel()

    @bindings.add("tab", filter=menu)
    def _next(event: KeyPressEvent) -> None:
        tab.press_in_menu()

    @bindings.add("s-tab", filter=menu)
    def _previous(event: KeyPressEvent) -> None:
        tab.press_in_menu(-1)

    for key, move in {
        "down": lambda menu: menu.move(1),
    }.items():
        bindings.add(key, filter=menu)(_mover(editor, move))
    for key, move in {
        "up": lambda menu: menu.move(-1),
        "right": lambda menu: menu.sideways(1),
        "left": lambda menu: menu.sideways(-1),
    }.items():
        bindings.add(key, filter=chosen)(_mover(editor, move))

    # What menu-complete has put into the line is complete: there Enter runs it, as in readline.
    @bindings.add("enter", filter=chosen & Condition(lambda: not tab.turning))
    def _take(event: KeyPressEvent) -> None:
        tab.take()

    @bindings.add("c-g", filter=menu)
    @bindings.add("escape", filter=menu, eager=True)
    def _close(event: KeyPressEvent) -> None:
        tab.choice.close()

    @bindings.add("c-c", filter=menu)
    def _abandon(event: KeyPressEvent) -> None:
        # As ever in bash: the whole line goes, whatever stands below it.
        tab.choice.close()
        editor.interrupt_line()

    return bindings


def _mover(editor: "Editor", move: Callable[[Menu], None]) -> Callable[[KeyPressEvent], None]:
    return lambda event: editor.tab.choice.move(move)
