"""Changes of files, as lines with sizes, and as a patch."""

from collections.abc import Callable, Iterator
from difflib import unified_diff

from rewind.files.entry import Entry, Kind
from rewind.files.trees import Changed, FileChanges
from rewind.model.names import printable
from rewind.render import words
from rewind.render.style import Style

Read = Callable[[Entry], bytes]
"""The content of an entry that has one."""

_LARGEST = 1 << 20
"""Bytes of a file up to which its lines are compared."""

_MOST_LINES = 20_000

_TEXTS = (Kind.FILE, Kind.LINK, Kind.CHUNKED)


def lines(changes: FileChanges, style: Style) -> Iterator[str]:
    """One line for each path: added, changed or removed, its size (before and after where both
    are), the path. A folder ends with a slash."""
    if not changes:
        yield "no file changed"
        return
    for each in changes.added:
        yield style.green(f"+ {_size(each.entry):>22}  {_path(each.path, each.entry)}")
    for change in changes.changed:
        yield style.yellow(f"~ {_sizes(change):>22}  {_path(change.path, change.after)}")
    for each in changes.removed:
        yield style.red(f"- {_size(each.entry):>22}  {_path(each.path, each.entry)}")


def patch(changes: FileChanges, read: Read, style: Style, *, plain: bool) -> Iterator[str]:
    """The changes of texts as a unified diff, paths in order; what is no text is named. With
    `plain` it is what patch(1) reads, control characters and all; else these are escapes."""
    found: list[tuple[str, Entry | None, Entry | None]] = [
        *((each.path, None, each.entry) for each in changes.added),
        *((each.path, each.before, each.after) for each in changes.changed),
        *((each.path, each.entry, None) for each in changes.removed),
    ]
    for path, before, after in sorted(found, key=lambda each: each[0]):
        for line in _patched(path, before, after, read):
            shown = line if plain else words.lines(line)
            yield _coloured(shown, style)


def _patched(path: str, before: Entry | None, after: Entry | None, read: Read) -> Iterator[str]:
    sides = [entry for entry in (before, after) if entry is not None and entry.kind in _TEXTS]
    if not sides:
        return
    if before is not None and after is not None and before.mode != after.mode:
        yield f"mode of {path}: {before.mode:o} → {after.mode:o}"
    if before is not None and after is not None:
        if _only_attributes(before, after):
            yield f"extended attributes of {path} differ"
            return
        if before.same_content == after.same_content:
            return
    if any(entry.size > _LARGEST for entry in sides):
        yield f"file {path} differs: too large to compare"
        return
    old, new = (_lines(entry, read) for entry in (before, after))
    if old is None or new is None:
        yield f"binary file {path} differs"
        return
    if len(old) + len(new) > _MOST_LINES:
        yield f"file {path} differs: too many lines to compare"
        return
    names = (
        f"a/{path}" if before is not None else "/dev/null",
        f"b/{path}" if after is not None else "/dev/null",
    )
    for line in unified_diff(old, new, *names):
        text = line.removesuffix("\n")
        yield text
        if text is line:
            yield "\\ No newline at end of file"


def _lines(entry: Entry | None, read: Read) -> list[str] | None:
    """The lines with their ends; None where it is no text."""
    if entry is None or entry.kind not in _TEXTS:
        return []
    data = read(entry)
    if b"\0" in data:
        return None
    text = data.decode("utf-8", "surrogateescape")
    found = [line + "\n" for line in text.split("\n")]
    last = found.pop().removesuffix("\n")
    return [*found, last] if last else found


def _coloured(line: str, style: Style) -> str:
    if line.startswith(("--- ", "+++ ")):
        return style.bold(line)
    match line[:1]:
        case "+":
            return style.green(line)
        case "-":
            return style.red(line)
        case "@":
            return style.cyan(line)
    return line


def _path(path: str, entry: Entry) -> str:
    shown = printable(path)
    if entry.kind is Kind.FOLDER:
        return f"{shown}/"
    if entry.kind is Kind.LINK:
        return f"{shown} → {printable(entry.data.decode('utf-8', 'surrogateescape'))}"
    return shown


def _only_attributes(before: Entry, after: Entry) -> bool:
    """Whether two files differ in their extended attributes and have the same content."""
    same = before.kind is after.kind and before.digest == after.digest
    return same and before.extended != after.extended


def _size(entry: Entry) -> str:
    return words.size(entry.size) if entry.kind in (Kind.FILE, Kind.CHUNKED) else "–"


def _sizes(change: Changed) -> str:
    before, after = _size(change.before), _size(change.after)
    if not change.content:
        return "mode, owner or time"
    if _only_attributes(change.before, change.after):
        return "extended attributes"
    return after if before == after else f"{before} → {after}"
