r"""The bash text that writes out everything about the bash it runs in.

It is the string of a `bind -x` key (or is given to `eval` at top level): inside a function,
`declare -p` would show the function's locals and `trap` would not show a DEBUG trap. What it may
use follows from what it must not disturb:

- Builtins only, and a FIFO: a fork fires the user's CHLD trap, and a regular file meets
  `ulimit -f`. It writes nothing where the FIFO is not there.
- `\builtin NAME` for each command: a quoted word is no alias, and `builtin` passes the user's
  functions by.
- Each command has its own `>&9`. What a DEBUG, ERR or RETURN trap or `set -x` prints goes to
  /dev/null; descriptor 9 of the user's is kept, as for any redirected compound command.
- Each command has `__rw_` in its words or redirections: a DEBUG trap of the user's does not run for
  those (`__rw_hush`). For most that is where they write to: 9 is written `${__rw_o-9}`.
- No `;` between commands: from 5.3 on bash tells there of jobs that have ended, which must not be
  said to nobody.
- All of it is the left side of `||`, where `set -e` does not end the shell and ERR traps are not
  run.
- `$?` and `$_` are read first. `bind -x` brings `$?` back by itself, the last command `$_`.

The stream is fields that end in NUL; `rewind.protocol.dump` reads it.
"""

from rewind.protocol.dump import END, FORMAT, HISTORY_MARK


def _listed(command: str, before: str = "") -> str:
    """What writes one listing, and goes on whatever comes of it."""
    listing = f"{before} \\builtin {command}".lstrip()
    if command == "trap":
        # One on DEBUG is away while the prompt stands (`__rw_post`).
        listing = f'\\builtin printf %s "${{__rw_off-}}" >&9 && {listing}'
    return f"{{ {listing} >&9 || \\builtin : >&9; }} && \\builtin printf '\\0' >&9"


# After a syntax error in a `[[` of theirs, bash 5.2 knows that word no more, and `eval` of it ends
# a shell under `set -e`; but the user may have turned `test` off.
_MET = (
    '{ \\builtin test -p "$__rw_dir/state"'
    " || \\builtin eval '[[ -p $__rw_dir/state ]] && \\builtin :'; }"
)

_LISTINGS = (
    "declare -p",
    "declare -F",
    "alias -p",
    "set +o",
    "shopt -p",
    "trap",
    "complete -p",
    "umask",
    "ulimit -Sa",
    "declare -p BASH_CMDS",
    "enable -n",
)

# The functions' text has no marks between functions. Where it could be divided in more than one
# way, the host leaves their names, each ended by NUL, in `functions`, and they come one by one.
_FUNCTIONS = (
    'if \\builtin mapfile -d "" -t __rw_f <"$__rw_dir/functions"'
    '; then for __rw_i in "${__rw_f[@]}"; do \\builtin printf "1\\0" >&9 && '
    + _listed('declare -f -- "$__rw_i"')
    + '; done && \\builtin printf "0\\0" >&9; else \\builtin printf "2\\0" >&9 && '
    + _listed("declare -f")
    + "; fi"
)


def dump_script() -> str:
    """Return the text, one line. It expects the name of a folder in `__rw_dir`, with a FIFO
    `state` in it that someone reads, and leaves the variables `__rw_s`, `__rw_u`, `__rw_f` and
    `__rw_i` behind."""
    scalars = (
        f"\\builtin printf '%s\\0' {FORMAT} \"${{BASH_VERSINFO[0]}}.${{BASH_VERSINFO[1]}}\""
        ' "$__rw_s" "$__rw_u" "${PWD-}" "$#" "$@"'
        ' "${#DIRSTACK[@]}" "${DIRSTACK[@]:1}" >&9'
    )
    listings = " && ".join(map(_listed, _LISTINGS))
    history = _listed("history 1", f"HISTTIMEFORMAT=$'\\x{ord(HISTORY_MARK):02x}'")
    end = f"\\builtin printf '%s\\0' {END} >&9"
    script = (
        '{ __rw_s=$? __rw_u="$_"; } >/dev/null 2>&1 && '
        f"{{ {{ {_MET} && {{ {scalars} && {listings} && {_FUNCTIONS} && {history}"
        f' && {end}; }} 9>"$__rw_dir/state"; }} || \\builtin : "$__rw_u"; }} >/dev/null 2>&1 && '
        # `set -a` has exported them; no child is to see them.
        '{ { \\builtin declare +x __rw_s __rw_u __rw_f __rw_i || \\builtin : "$__rw_u"; } && '
        '\\builtin true "$__rw_u"; } >/dev/null 2>&1'
    )
    return script.replace(">&9", '>&"${__rw_o-9}"')
