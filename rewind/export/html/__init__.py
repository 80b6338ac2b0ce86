"""One self-contained page: `export` writes it; the other files here are what it is made of."""

from rewind.export.html.page import export

__all__ = ["export"]
