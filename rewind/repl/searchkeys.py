"""What keys do in an incremental search."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

if TYPE_CHECKING:
    from rewind.repl.editor import Editor


def searching_keys(editor: "Editor") -> KeyBindings:
    """The keys in an incremental search."""
    bindings = KeyBindings()
    search = editor.search
    active = Condition(lambda: search.active)

    @bindings.add(Keys.Any, filter=active, eager=True)
    def _any(event: KeyPressEvent) -> None:
        key = event.key_sequence[0]
        if isinstance(key.key, str) and len(key.data) == 1 and key.data.isprintable():
            search.type(key.data)
            return
        # Every other key ends the search, and then does what it does; Escape by itself no more.
        search.accept()
        if key.key is not Keys.Escape or event.key_processor.input_queue:
            event.key_processor.feed(key, first=True)

    @bindings.add(Keys.BracketedPaste, filter=active, eager=True)
    def _paste(event: KeyPressEvent) -> None:
        search.type(event.data.partition("\n")[0])

    for keys, step in (("c-r", -1), ("c-s", 1)):
        bindings.add(keys, filter=active, eager=True)(_searcher(editor, step))

    @bindings.add("backspace", filter=active, eager=True)
    def _erase(event: KeyPressEvent) -> None:
        search.erase()

    @bindings.add("c-g", filter=active, eager=True)
    @bindings.add("c-c", filter=active, eager=True)
    def _abort(event: KeyPressEvent) -> None:
        search.abort()

    _add_pattern_keys(bindings, editor)
    return bindings


def _add_pattern_keys(bindings: KeyBindings, editor: "Editor") -> None:
    """Those while vi's pattern is typed."""
    search = editor.pattern_search
    active = Condition(lambda: search.active)

    @bindings.add(Keys.Any, filter=active, eager=True)
    def _any(event: KeyPressEvent) -> None:
        if event.data.isprintable():
            search.type(event.data)

    @bindings.add(Keys.BracketedPaste, filter=active, eager=True)
    def _paste(event: KeyPressEvent) -> None:
        search.type(event.data.partition("\n")[0])

    @bindings.add("backspace", filter=active, eager=True)
    @bindings.add("c-h", filter=active, eager=True)
    def _erase(event: KeyPressEvent) -> None:
        search.erase()

    @bindings.add("c-w", filter=active, eager=True)
    def _erase_word(event: KeyPressEvent) -> None:
        search.erase(word=True)

    @bindings.add("c-u", filter=active, eager=True)
    def _erase_line(event: KeyPressEvent) -> None:
        search.erase(line=True)

    @bindings.add("c-g", filter=active, eager=True)
    @bindings.add("c-c", filter=active, eager=True)
    def _abort(event: KeyPressEvent) -> None:
        search.abort()

    @bindings.add("enter", filter=active, eager=True)
    @bindings.add("c-j", filter=active, eager=True)
    @bindings.add("escape", filter=active)
    def _accept(event: KeyPressEvent) -> None:
        if not search.accept():
            editor.bell()


def _searcher(editor: "Editor", step: int) -> Callable[[KeyPressEvent], None]:
    return lambda event: editor.search.begin(step)
