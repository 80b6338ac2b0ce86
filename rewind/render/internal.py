"""Names that shell code keeps for itself: they begin with `_`, by a custom that bash-completion,
nvm, conda and others follow. One Tab may load hundreds, which would bury what the user did."""

from collections.abc import Iterable

from rewind.model.names import printable

KINDS = ("variables", "functions")
"""What is named so, as `show --json` calls it."""
_FEW = 4


def is_internal(kind: str, name: str) -> bool:
    """Whether this is a name of that sort."""
    return kind in KINDS and name.startswith("_")


def parted(kind: str, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Those to be listed one by one, and those of which there are too many for it."""
    all_names = list(names)
    internal = [name for name in all_names if is_internal(kind, name)]
    if len(internal) <= _FEW:
        return all_names, []
    return [name for name in all_names if not is_internal(kind, name)], internal


def counted(names: list[str]) -> str:
    """A line for the latter: `164 whose names begin with _ (__git_am, …)`."""
    return f"{len(names)} whose names begin with _ ({printable(names[0])}, …)"
