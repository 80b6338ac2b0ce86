"""The state that a shell is left in, as one command of its own tells it."""

import re
from pathlib import Path

_PARTS = {
    "variables": "declare -p",
    "functions": "declare -f",
    "attributes of functions": "declare -F",
    "aliases": "alias -p",
    "options": "set +o",
    "shopt": "shopt -p",
    "traps": "trap -p",
    "umask": "umask",
    "limits": "ulimit -a",
    "folder": "pwd",
    "folders": "dirs -l -p",
    "parameters": 'printf "<%q> " "$0" "$@"',
    "completions": "complete -p",
    "hashed": "hash -l",
    "jobs": "jobs",
    "history": "history",
    "descriptors": r"printf '%s\n' /proc/self/fd/*",
}

KNOWN = {
    "PS0": "the mark that a command's output begins with stands in it",
    "PS1": "the marks around the prompt stand in it",
    "PS2": "the marks around the continuation prompt stand in it",
    "PROMPT_COMMAND": "the hooks stand in it",
    "REWIND": "tells children that they run inside",
    "REWIND_SESSION": "tells `rewind` commands which session is meant",
    "REWIND_SOCKET": "tells `rewind` commands where the host is",
    "BASH_EXECUTION_STRING": "keeps ble.sh from loading",
    "BASH_ARGV": "names the start-up file, which is the host's own",
    "DIRSTACK": "shown as it was last asked for, which the hooks do; `dirs` tells what it is",
    "BASH_CMDS": "the same, of `hash`",
    "BASH_COMMAND": "shown as it was when it was last asked for",
    "FUNCNAME": "the same",
    "PPID": "of another process",
    "BASHPID": "of another process",
    "RANDOM": "of another process",
    "SRANDOM": "another number whenever it is asked for",
    "SECONDS": "a clock",
    "EPOCHSECONDS": "a clock",
    "EPOCHREALTIME": "a clock",
    "BASH_MONOSECONDS": "a clock",
}
"""The variables that are not the same, and why."""

_FUNCTION = re.compile(
    r"(?ms)^(?:declare -\S+ __rw_\w+\n|__rw_\w+ \(\) \n\{.*?^\}[^\n]*\n(?=[^\n]+ \(\) \n|\n|\Z))"
)
_TITLE = re.compile(r"\x1b\]0;[^\x07]*\x07")
_PROCESS = re.compile(r'(?m)^(declare -- (?:p|which)=)"\d+"')
_STRING = r"""(?:"(?:[^"\\]|\\.)*"|\$'(?:[^'\\]|\\.)*')"""
_VARIABLE = re.compile(rf"""(?ms)^declare -\S+ (\w+)(?:={_STRING}|=\((?:[^"')]|{_STRING})*\))?\n""")


def dump_to(file: Path) -> str:
    """The command line that tells it into a file. It has to work whatever the shell is like."""
    parts = "; ".join(
        f"\\builtin printf '\\n== {name}\\n'; \\builtin {command}"
        for name, command in _PARTS.items()
    )
    return f"{{ {parts}; }} >|{file} 2>&1 || \\builtin true"


def read_state(file: Path) -> dict[str, str]:
    """What was told, by parts, without what is known to differ."""
    text = file.read_bytes().decode("utf-8", "surrogateescape")
    # What a DEBUG trap prints into it, and the processes that the inputs keep the numbers of.
    text = _PROCESS.sub(r'\1"PID"', _TITLE.sub("", text))
    found = dict(part.split("\n", 1) for part in text.split("\n== ")[1:])
    found["variables"] = _VARIABLE.sub(_kept, found.get("variables", "").strip("\n") + "\n")
    for part in ("functions", "attributes of functions"):
        found[part] = _FUNCTION.sub("", found.get(part, "") + "\n")
    return found


def _kept(variable: re.Match[str]) -> str:
    name = variable[1]
    return "" if name in KNOWN or name.startswith("__rw_") else variable[0]
