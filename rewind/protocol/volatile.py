"""The variables that are no part of a state, and those that belong to a terminal."""

from dataclasses import replace

from rewind.model.state import State, Variable

_NEW_FOR_EVERY_COMMAND = "bash makes it anew for every command"
_CLOCK = "a clock or a random number"
_CALLS = "describes the function calls under way; there are none at a prompt"
_OF_BASH = "a fact about the bash process, which cannot be assigned"
_ELSEWHERE = "the state holds it in a part of its own"
_COMPLETION = "only has a value while a completion or a key's command runs"
_COPROCESS = "names descriptors or a process that cannot be brought back"
_OURS = "the recorder's own"

VOLATILE: dict[str, str] = {
    "_": _ELSEWHERE,
    "BASH": _OF_BASH,
    "BASHOPTS": _ELSEWHERE,
    "BASHPID": _OF_BASH,
    "BASH_ALIASES": _ELSEWHERE,
    "BASH_ARGC": _CALLS,
    "BASH_ARGV": _CALLS,
    "BASH_ARGV0": _OF_BASH,
    "BASH_CMDS": _ELSEWHERE,
    "BASH_COMMAND": _NEW_FOR_EVERY_COMMAND,
    "BASH_EXECUTION_STRING": _OF_BASH,
    "BASH_LINENO": _CALLS,
    "BASH_MONOSECONDS": _CLOCK,
    "BASH_REMATCH": "readonly before bash 5.1, and a new value for every [[ =~ ]]",
    "BASH_SOURCE": _CALLS,
    "BASH_SUBSHELL": _OF_BASH,
    "BASH_TRAPSIG": _CALLS,
    "BASH_VERSINFO": _OF_BASH,
    "BASH_VERSION": _OF_BASH,
    "COLUMNS": "follows the terminal's size",
    "COMP_CWORD": _COMPLETION,
    "COMP_KEY": _COMPLETION,
    "COMP_LINE": _COMPLETION,
    "COMP_POINT": _COMPLETION,
    "COMP_TYPE": _COMPLETION,
    "COMP_WORDS": _COMPLETION,
    "COPROC": _COPROCESS,
    "COPROC_PID": _COPROCESS,
    "DIRSTACK": _ELSEWHERE,
    "EPOCHREALTIME": _CLOCK,
    "EPOCHSECONDS": _CLOCK,
    "EUID": _OF_BASH,
    "FUNCNAME": _CALLS,
    "GROUPS": _OF_BASH,
    "HISTCMD": _NEW_FOR_EVERY_COMMAND,
    "LINENO": _NEW_FOR_EVERY_COMMAND,
    "LINES": "follows the terminal's size",
    "PIPESTATUS": _NEW_FOR_EVERY_COMMAND,
    "PPID": _OF_BASH,
    "PWD": _ELSEWHERE,
    "RANDOM": _CLOCK,
    "READLINE_ARGUMENT": _COMPLETION,
    "READLINE_LINE": _COMPLETION,
    "READLINE_MARK": _COMPLETION,
    "READLINE_POINT": _COMPLETION,
    "REWIND": _OURS,
    "REWIND_PID": _OURS,
    "REWIND_SESSION": _OURS,
    "REWIND_SOCKET": _OURS,
    "SECONDS": _CLOCK,
    "SHELLOPTS": _ELSEWHERE,
    "SRANDOM": _CLOCK,
    "UID": _OF_BASH,
}
"""Name to reason. The lists are bash's manual, section "Shell Variables"."""

OWN_PREFIX = "__rw_"
"""What all of our variables and functions inside bash begin with."""

_TERMINAL = "describes the terminal"
_LOGIN = "belongs to the login"
_MULTIPLEXER = "names the multiplexer's pane"
_REMOTE = "describes the remote login"

TERMINAL_BOUND: dict[str, str] = {
    "ALACRITTY_LOG": _TERMINAL,
    "ALACRITTY_SOCKET": _TERMINAL,
    "ALACRITTY_WINDOW_ID": _TERMINAL,
    "COLORFGBG": _TERMINAL,
    "COLORTERM": _TERMINAL,
    "DBUS_SESSION_BUS_ADDRESS": _LOGIN,
    "DISPLAY": _TERMINAL,
    "GNOME_TERMINAL_SCREEN": _TERMINAL,
    "GNOME_TERMINAL_SERVICE": _TERMINAL,
    "GPG_TTY": _TERMINAL,
    "ITERM_SESSION_ID": _TERMINAL,
    "KITTY_LISTEN_ON": _TERMINAL,
    "KITTY_PID": _TERMINAL,
    "KITTY_WINDOW_ID": _TERMINAL,
    "KONSOLE_DBUS_SERVICE": _TERMINAL,
    "KONSOLE_DBUS_SESSION": _TERMINAL,
    "KONSOLE_DBUS_WINDOW": _TERMINAL,
    "LC_TERMINAL": _TERMINAL,
    "LC_TERMINAL_VERSION": _TERMINAL,
    "SHLVL": "counts the shells around this one",
    "SSH_AUTH_SOCK": _LOGIN,
    "SSH_CLIENT": _REMOTE,
    "SSH_CONNECTION": _REMOTE,
    "SSH_TTY": _REMOTE,
    "STY": _MULTIPLEXER,
    "TERM": _TERMINAL,
    "TERMCAP": _TERMINAL,
    "TERM_PROGRAM": _TERMINAL,
    "TERM_PROGRAM_VERSION": _TERMINAL,
    "TERM_SESSION_ID": _TERMINAL,
    "TMUX": _MULTIPLEXER,
    "TMUX_PANE": _MULTIPLEXER,
    "VTE_VERSION": _TERMINAL,
    "WAYLAND_DISPLAY": _TERMINAL,
    "WEZTERM_EXECUTABLE": _TERMINAL,
    "WEZTERM_PANE": _TERMINAL,
    "WEZTERM_UNIX_SOCKET": _TERMINAL,
    "WINDOW": _MULTIPLEXER,
    "WINDOWID": _TERMINAL,
    "WT_PROFILE_ID": _TERMINAL,
    "WT_SESSION": _TERMINAL,
    "XDG_RUNTIME_DIR": _LOGIN,
    "XDG_SEAT": _LOGIN,
    "XDG_SESSION_CLASS": _LOGIN,
    "XDG_SESSION_ID": _LOGIN,
    "XDG_SESSION_TYPE": _LOGIN,
    "XDG_VTNR": _LOGIN,
}
"""Name to reason. In a jump they are restored like all others; when a session is resumed, the
terminal and the login it is resumed in say what they are."""

ACTING = frozenset(
    {
        "BASH_ENV",
        "ENV",
        "HISTFILE",
        "MAIL",
        "MAILPATH",
        "PROMPT_COMMAND",
        "PS0",
        "PS1",
        "PS2",
        "PS4",
        "precmd_functions",
        "preexec_functions",
    }
)
"""What bash runs, expands or writes to by itself, without a command that asks for it. From a file
that anybody may have made, they are not taken, and traps neither."""


def is_state(name: str) -> bool:
    """Return whether the variable or function called `name` is part of a state."""
    return name not in VOLATILE and not name.startswith(OWN_PREFIX)


def with_terminal_of(target: State, current: State) -> State:
    """Return `target` with the terminal-bound variables as they are in `current`."""
    variables: dict[str, Variable] = {
        name: variable for name, variable in target.variables.items() if name not in TERMINAL_BOUND
    }
    variables.update(
        (name, current.variables[name]) for name in TERMINAL_BOUND if name in current.variables
    )
    return replace(target, variables=variables)


def without_foreign_actions(target: State, current: State) -> tuple[State, list[str]]:
    """Return `target`, which came from a file, with what would act by itself as it is in `current`,
    and the names of what is not taken from it for that."""
    variables = {name: one for name, one in target.variables.items() if name not in ACTING}
    variables.update(
        (name, current.variables[name]) for name in sorted(ACTING) if name in current.variables
    )
    left = [
        f"variable {name}"
        for name in sorted(ACTING & target.variables.keys())
        if current.variables.get(name) != target.variables[name]
    ]
    left += [
        f"trap {name}"
        for name in sorted(target.traps)
        if current.traps.get(name) != target.traps[name]
    ]
    return replace(target, variables=variables, traps=current.traps), left
