"""What the editor asks of the shell."""

from collections.abc import Callable
from dataclasses import dataclass

from rewind.shell.annotating import Annotations
from rewind.shell.completion import Completion
from rewind.shell.widget import Widgets


@dataclass(frozen=True, slots=True)
class Services:
    """`finished` tells whether bash would run a text at Enter, `edit` has the user change a text in
    their editor, `folder` is bash's."""

    finished: Callable[[str], bool]
    edit: Callable[[str], str]
    folder: Callable[[], str | None]
    completion: Completion
    annotations: Annotations
    widgets: Widgets
