"""Text in terminal cells: a wide character takes two, a combining one none."""


def width(text: str) -> int:
    """The cells that `text` takes. It must be printable."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    cells = wcswidth(text)
    return cells if cells >= 0 else len(text)


def pad(text: str, cells: int) -> str:
    """`text` with spaces after it, at least `cells` wide."""
    return text + " " * (cells - width(text))


def cut(text: str, cells: int) -> str:
    """`text` if it fits into `cells`, else as much of it as does, with `…` after it."""
    if width(text) <= cells:
        return text
    if text.isascii():
        return text[: cells - 1] + "…" if cells > 0 else ""
    kept = text[: max(cells - 1, 0)]
    while kept and width(kept) > cells - 1:
        kept = kept[:-1]
    return kept + "…" if cells > 0 else ""


def cut_start(text: str, cells: int) -> str:
    """As `cut`, but the end is kept: of a folder it says more."""
    if width(text) <= cells:
        return text
    kept = text[-max(cells - 1, 0) :] if cells > 1 else ""
    while kept and width(kept) > cells - 1:
        kept = kept[1:]
    return "…" + kept if cells > 0 else ""
