"""Options: out of the way first, as the target has them last."""

from rewind.model.state import State
from rewind.protocol.quote import quote

_LATE = ("xtrace", "verbose", "errexit", "nounset", "functrace", "errtrace", "allexport")
"""Those that would show, stop or mark the rest of the script."""

_HISTORY = "history"
"""Once it is on, every further line of the script is an entry of the history."""

_EDITING = frozenset({"emacs", "vi"})
"""Turning one on turns the other off."""

_TOUCHED = (
    "hashall",
    "keyword",
    "noclobber",
    "noexec",
    "noglob",
    "posix",
    *_LATE,
)
"""What `before` turns off or on, or what goes with it."""

_SHOPT_TOUCHED = (
    "dotglob",  # goes with GLOBIGNORE
    "extdebug",
    "extglob",
    "failglob",
    "inherit_errexit",  # these four go with posix mode
    "interactive_comments",
    "shift_verbose",
    "sourcepath",
)

_SHOPT_FIXED = ("login_shell", "restricted_shell")
"""What bash says about itself, and does not take."""


def before(current: State) -> list[str]:
    """Return the lines after which nothing the user has set up gets in the script's way."""
    lines = [
        *_builtins("enable", current.disabled),
        "\\builtin set +euxvfCkaTE +n -h +o posix",
        "\\builtin shopt -u expand_aliases extdebug failglob",
        "\\builtin shopt -s extglob",
    ]
    early = [name for name in ("DEBUG", "RETURN", "ERR") if name in current.traps]
    if early:
        lines.append(f"\\builtin trap - {' '.join(early)}")
    lines.append('__rw_r () { \\builtin return "$1"; }')
    return lines


def coupled(current: State, target: State) -> list[str]:
    """Return the lines for the options that set and unset variables; those variables come next."""
    return [
        f"\\builtin set {_sign(name, target)}o {name}"
        for name in ("posix", "ignoreeof")
        if name == "posix" or name in current.options ^ target.options
    ]


def after(current: State, target: State) -> list[str]:
    """Return the lines that set the other options, but those in `_LATE` and expand_aliases. What
    goes with posix mode, and with the variable for it, has happened by then."""
    names = {*(current.options ^ target.options), *_TOUCHED} - {
        *_LATE,
        "posix",
        "ignoreeof",
        _HISTORY,
    }
    # To turn the one off that is on, be it for the other, makes bash read from elsewhere at once.
    names -= _EDITING - target.options
    lines = [f"\\builtin set {_sign(name, target)}o {name}" for name in sorted(names)]
    changed = {
        name
        for name in {*(current.shopt ^ target.shopt), *_SHOPT_TOUCHED}
        if name not in ("expand_aliases", *_SHOPT_FIXED) and not name.startswith("compat")
    }
    for flag, wanted in (("-s", changed & target.shopt), ("-u", changed - target.shopt)):
        if wanted:
            lines.append(f"\\builtin shopt {flag} {' '.join(sorted(wanted))}")
    return lines


def last(current: State, target: State) -> list[str]:
    """Return the lines that turn on what must not be on before."""
    lines = [f"\\builtin set {_sign(name, target)}o {name}" for name in reversed(_LATE)]
    flag = "-s" if "expand_aliases" in target.shopt else "-u"
    lines = [*_builtins("enable -n", target.disabled), *lines]
    # A line of its own would be an entry of the history.
    if _HISTORY in current.options ^ target.options:
        lines[-1] += f"; \\builtin set {_sign(_HISTORY, target)}o {_HISTORY}"
    return [f"\\builtin shopt {flag} expand_aliases", *lines]


def _builtins(command: str, names: frozenset[str]) -> list[str]:
    return [f"\\builtin {command} -- {' '.join(map(quote, sorted(names)))}"] if names else []


def _sign(name: str, target: State) -> str:
    return "-" if name in target.options else "+"
