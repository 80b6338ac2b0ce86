"""Keys that only bash can serve: shell commands that the user has bound to them, and readline's
commands that expand a line. The fzf key bindings are such."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from prompt_toolkit.document import Document

from rewind.repl.recall import Line
from rewind.shell.widget import Edited, Widgets

Asking = Callable[[], Edited | None]


class Served:
    """Has bash change the line. `aside` is entered for it, `lend` gives the terminal to
    somebody, `feed` presses keys, `ended` is told where bash is gone, `bell` where nothing has
    changed."""

    def __init__(
        self,
        line: Line,
        widgets: Widgets,
        *,
        aside: Callable[[], AbstractContextManager[None]],
        lend: Callable[[Callable[[], None]], None],
        feed: Callable[[bytes], None],
        ended: Callable[[], None],
        bell: Callable[[], None],
    ) -> None:
        self._line = line
        self._widgets = widgets
        self._aside = aside
        self._lend, self._feed, self._ended, self._bell = lend, feed, ended, bell

    def shell(self, command: str) -> None:
        """Run a shell command, as `bind -x` has it."""
        before, after = self._parts()
        self._shown(lambda: self._widgets.run(before, after, command))

    def expand(self) -> None:
        """readline's shell-expand-line, which may run programs."""
        text = self._line.text
        self._shown(lambda: self._widgets.expand(text))

    def readline(self, command: str, *, silent: bool = False) -> None:
        """One of readline's own commands; `silent` where it is not to change the line."""
        before, after = self._parts()
        document = self._line.document
        self._take(self._asked(lambda: self._widgets.readline(before, after, command)))
        if not silent and self._line.document == document:
            self._bell()

    def _parts(self) -> tuple[str, str]:
        document = self._line.document
        return document.text_before_cursor, document.text_after_cursor

    def _shown(self, asking: Asking) -> None:
        found: list[Edited | None] = []
        self._lend(lambda: found.append(self._asked(asking)))
        self._take(found[0])

    def _asked(self, asking: Asking) -> Edited | None:
        with self._aside():
            return asking()

    def _take(self, edited: Edited | None) -> None:
        if edited is None:
            if self._widgets.over:
                self._ended()
            return
        self._line.document = Document(edited.before + edited.after, len(edited.before))
        if edited.typed:
            self._feed(edited.typed)
