"""The working directory, the one before it, and the stack of directories."""

from rewind.model.state import State, Variable
from rewind.protocol.quote import quote
from rewind.shell.restore.variables import assign


def changes(current: State, target: State) -> list[str]:
    """Return the lines for `cd`, OLDPWD and the stack. `cd` is there also where the folder is the
    same: another may have taken its place."""
    lines = []
    if target.cwd.startswith("/"):
        before = current.variables.get("OLDPWD", Variable("", None))
        # What `cd` assigns must be stored as it is: an integer attribute would evaluate it.
        lines.append("\\builtin declare +ilu PWD")
        lines.append(f"\\builtin unset {'-n' if 'n' in before.attributes else '-v'} -- OLDPWD")
        lines.append(f"\\builtin cd -L -- {quote(target.cwd)}")
        if not before.readonly:
            lines += assign("OLDPWD", Variable("", None), target.variables.get("OLDPWD"))
    if current.dirstack != target.dirstack:
        lines.append("\\builtin dirs -c")
        lines += [f"\\builtin pushd -n -- {quote(folder)}" for folder in target.dirstack[::-1]]
    return lines
