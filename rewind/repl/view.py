"""What is on the screen while a line is edited, in few parts: each key paints them."""

from collections.abc import Callable
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout import (
    BufferControl,
    ConditionalContainer,
    FloatContainer,
    FormattedTextControl,
    HSplit,
    Layout,
    VerticalAlign,
    Window,
)
from prompt_toolkit.layout.processors import (
    HighlightSelectionProcessor,
    Processor,
    TabsProcessor,
    Transformation,
    TransformationInput,
)
from prompt_toolkit.layout.screen import Char
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.renderer import Renderer

from rewind.model.acting import TURNING
from rewind.repl.heading import Heading
from rewind.repl.marks import PROMPT_ENDS
from rewind.repl.paper import Paper
from rewind.repl.recall import Line, Recall
from rewind.repl.rightend import RightEnd
from rewind.repl.search import Search
from rewind.repl.sgr import fragments
from rewind.repl.tab import Tab
from rewind.repl.visearch import ViSearch

# Control characters are shown as text. So are these, which come with a file's name.
Char.display_mappings |= {mark: f"<{ord(mark):x}>" for mark in TURNING}

_PAINTED_WHOLE = 1000
"""Rows: of a longer line only what is on the screen stays, for to paint it takes a second."""


class Painter(Renderer):
    """Paints only while a line is edited: the application lives on while programs run."""

    resting = True
    replaces = ""
    """Printed before the next paint, and never again."""
    _painted: tuple[str, int] | None = None

    def render(self, app: Application[Any], layout: Layout, is_done: bool = False) -> None:
        if not self.resting:
            self._replace()
            super().render(app, layout, is_done)
            self._painted = None
            control = layout.current_control
            if isinstance(control, BufferControl) and not is_done:
                self._painted = control.buffer.text, control.buffer.cursor_position

    def finish(self, app: Application[Any], layout: Layout, text: str, *, more: bool) -> None:
        """Leave `text` on the screen as it is, with the cursor below; and nothing after it, unless
        `more` of the layout stays."""
        cut = self._is_cut(layout, text)
        traces = isinstance(self.output, Paper) and self.output.remembers
        at_end = self._painted == (text, len(text)) and self._cursor_pos.x
        if at_end and not cut and not more and not (traces and self._cursor_pos.y):
            # The cursor stands where the text ends: what follows is all there is to take away.
            if traces:
                self._write_row_anew(app)
            self.output.write_raw("\x1b[0m\x1b[J\r\n")
            self.reset()
            self.output.flush()
        elif cut and isinstance(self.output, Paper):
            # Its first rows are nowhere to be seen: they are to be found by scrolling back.
            # tmux keeps a copy of a screen that is emptied from its first cell on.
            self.output.cursor_up(self._cursor_pos.y)
            self.output.write_raw("\r\x1b[K\x1b[B\x1b[J\x1b[A")
            self.reset()
            self.output.endless = True
            try:
                self.render(app, layout, is_done=True)
            finally:
                self.output.endless = False
        else:
            self.render(app, layout, is_done=True)
        self._painted = None

    def _write_row_anew(self, app: Application[Any]) -> None:
        """Put a new row in the place of the cursor's, with what stands before the cursor, unless
        nothing stands behind it."""
        screen, cursor, output = self._last_screen, self._cursor_pos, self.output
        if screen is None or self._attrs_for_style is None:
            return
        row, hidden = screen.data_buffer[cursor.y], screen.zero_width_escapes[cursor.y]
        if all(column <= cursor.x or cell.char == " " for column, cell in row.items()):
            return
        output.erase_down()
        column, style = 0, ""
        while column < cursor.x:
            cell = row[column]
            if column in hidden:
                output.write_raw(hidden[column])
            if cell.style != style:
                output.set_attributes(self._attrs_for_style[cell.style], app.color_depth)
                style = cell.style
            output.write(cell.char)
            column += cell.width or 1

    def _is_cut(self, layout: Layout, text: str) -> bool:
        """Whether the screen is too low for the line that it shows."""
        shown, screen = layout.current_window.render_info, self._last_screen
        if shown is None or screen is None or screen.height < 2:
            return False
        if text.count("\n") > _PAINTED_WHOLE:
            return False
        return bool(shown.vertical_scroll) or not shown.bottom_visible

    def resized(self, columns: int, *, reflows: bool) -> None:
        """Erase what was painted for another width. A terminal that `reflows` has broken rows that
        are too long for it in two, above the cursor too."""
        screen, cursor = self._last_screen, self._cursor_pos
        if self.resting or screen is None:
            return
        if reflows:
            widths = [max(screen.data_buffer[row], default=-1) + 1 for row in range(cursor.y)]
            broken = sum(max(0, -(-width // columns) - 1) for width in widths)
            self.output.cursor_up(broken + cursor.x // columns)
        self.erase()

    def erase(self, leave_alternate_screen: bool = True) -> None:
        if not self.resting:
            # What is printed now would go with it later.
            self._replace()
            super().erase(leave_alternate_screen)

    def _replace(self) -> None:
        if self.replaces:
            self.output.write_raw(self.replaces)
            self.replaces = ""


class View:
    """The parts, and what they show: set the fields, and paint."""

    def __init__(
        self,
        line: Line,
        recall: Recall,
        searches: tuple[Search, ViSearch],
        lexer: Lexer | None,
        size: Callable[[], tuple[int, int]],
        *,
        suggests: bool,
        bottom: bool,
    ) -> None:
        self._line = line
        self._recall = recall
        self._searches = searches
        self._size = size
        self._suggests = suggests
        self.right = RightEnd(
            lambda: [] if bottom or self.done else self.status,
            lambda: not self._input.vertical_scroll,
        )
        self.tab: Tab | None = None
        self.prompt: StyleAndTextTuples = []
        self.mode: Callable[[], StyleAndTextTuples] = list
        """What stands before the prompt: the editing mode, where it is to be shown."""
        self.continuation: StyleAndTextTuples = [("", "> ")]
        self.status: StyleAndTextTuples = []
        self.ending = ""
        """What is written behind the text when the line is done with."""
        self.done = False
        """Whether the line is done with: only what was typed stays."""
        control = BufferControl(
            buffer=line,
            lexer=lexer,
            include_default_input_processors=False,
            input_processors=[
                _Tabs(tabstop=8, char1=" ", char2=" "),
                _Trailing(self),
                HighlightSelectionProcessor(),
            ],
        )
        self._input = Window(
            control, wrap_lines=True, dont_extend_height=True, get_line_prefix=self._prefix
        )
        menu = Window(
            FormattedTextControl(self._menu_lines), height=self._menu_rows, wrap_lines=False
        )
        parts: list[Window | ConditionalContainer] = [
            self._input,
            ConditionalContainer(menu, Condition(self._menu_shown)),
        ]
        if bottom:
            row = Window(FormattedTextControl(lambda: self.status), height=1)
            parts.append(ConditionalContainer(row, Condition(lambda: not self.done)))
        rows = HSplit(parts, align=VerticalAlign.TOP)
        self.layout = Layout(FloatContainer(rows, [self.right.float]), self._input)

    def begin(self, heading: Heading) -> None:
        """Show another prompt."""
        number = heading.number
        head: StyleAndTextTuples = [("class:number", f"{number} ")] if number else []
        end: StyleAndTextTuples = [("[ZeroWidthEscape]", PROMPT_ENDS)] if heading.marked else []
        self.prompt = [*head, *fragments(heading.text), *end]
        self.status = heading.status
        self.right.set_own(fragments(heading.right), heading.margin)

    def begin_more(self, prompt: str) -> None:
        """Show the prompt of one more line, which may have colours (SGR) in it."""
        self.prompt = fragments(prompt)
        self.status = []
        self.right.set_own([], 0)

    def set_continuation(self, text: str) -> None:
        """What stands before the second line and those that follow: PS2."""
        self.continuation = fragments(text)

    def suggestion(self) -> str:
        """What Right would add."""
        line = self._line
        if not self._suggests or self.done or self._searching():
            return ""
        if not line.document.is_cursor_at_the_end or (
            self.tab and (self.tab.menu or self.tab.working)
        ):
            return ""
        return self._recall.suggestion(line.text)

    def trailing(self) -> StyleAndTextTuples:
        """What stands behind the text's last line."""
        if self.done:
            return [("", self.ending)] if self.ending else []
        if self.tab is not None and self.tab.slow:
            return [("class:suggestion", " …")]
        if suggestion := self.suggestion():
            return [("class:suggestion", suggestion.partition("\n")[0])]
        return []

    def _prefix(self, number: int, wrapped: int) -> StyleAndTextTuples:
        if wrapped:
            return []
        if number:
            return self.continuation
        if search := self._searching():
            return [("class:search", search.prompt())]
        return [*self.mode(), *self.prompt]

    def _searching(self) -> Search | ViSearch | None:
        return next((search for search in self._searches if search.active), None)

    def _menu_shown(self) -> bool:
        return self.tab is not None and self.tab.menu is not None and not self.done

    def _room(self) -> int:
        rows = self._size()[0]
        return max(1, rows - 1 - self._line.document.line_count)

    def _menu_rows(self) -> int:
        menu = self.tab.menu if self.tab is not None else None
        return menu.rows(self._size()[1], self._room()) if menu else 0

    def _menu_lines(self) -> StyleAndTextTuples:
        menu = self.tab.menu if self.tab is not None else None
        return menu.lines(self._size()[1], self._room()) if menu else []


class _Tabs(TabsProcessor):
    """Shows tabs as the blanks that a terminal makes of them."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        given = transformation_input
        if "\t" not in given.document.lines[given.lineno]:
            # Nearly always, and at each key.
            return Transformation(given.fragments)
        return super().apply_transformation(given)


class _Trailing(Processor):
    """Puts the suggestion behind the last line."""

    def __init__(self, view: View) -> None:
        self._view = view

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        given = transformation_input
        if given.lineno != given.document.line_count - 1:
            return Transformation(given.fragments)
        return Transformation([*given.fragments, *self._view.trailing()])
