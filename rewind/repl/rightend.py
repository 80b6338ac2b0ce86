"""What stands at the right end of the line that is typed in, while the line leaves it room."""

from collections.abc import Callable

from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.formatted_text.utils import fragment_list_width
from prompt_toolkit.layout import ConditionalContainer, Float, UIContent, UIControl, Window

_LEFT_FREE = 1
"""Columns to the right of words of ours."""


class RightEnd:
    """The right-hand part of the user's own prompt, which stays when the line is done with; where
    there is none, words of ours."""

    def __init__(self, words: Callable[[], StyleAndTextTuples], shown: Callable[[], bool]) -> None:
        """`shown` tells whether the line's first row is on the screen."""
        self._words = words
        self._own: StyleAndTextTuples = []
        self.float = Float(
            ConditionalContainer(
                Window(_Row(self._fragments)),
                Condition(lambda: bool(self._own or words()) and shown()),
            ),
            top=0,
            right=_LEFT_FREE,
            width=lambda: fragment_list_width(self._fragments()),
            height=1,
            hide_when_covering_content=True,
        )

    @property
    def stays(self) -> bool:
        """Whether it is still there when the line is done with."""
        return bool(self._own)

    def set_own(self, own: StyleAndTextTuples, margin: int) -> None:
        """The user's, which ends `margin` columns from the edge."""
        self._own = own
        self.float.right = margin if own else _LEFT_FREE

    def _fragments(self) -> StyleAndTextTuples:
        # The blank keeps it apart from what is typed.
        return [("", " "), *(self._own or self._words())]


class _Row(UIControl):
    """One row, looked up at each paint: prompt_toolkit's own keeps it until the next key."""

    def __init__(self, fragments: Callable[[], StyleAndTextTuples]) -> None:
        self._fragments = fragments

    def create_content(self, width: int, height: int) -> UIContent:
        row = self._fragments()
        return UIContent(lambda _: row, line_count=1, show_cursor=False)
