r"""The whole script, and how it is run.

Each line is a command of its own. That isolates: `eval` goes on with the next line after an
assignment to a readonly variable, and what could be a syntax error (a function) has an `eval` of
its own. Every command is spelled `\builtin NAME`, so that aliases and functions do not matter, and
every value is in single quotes, in which nothing is expanded.
"""

from rewind.model.state import State
from rewind.protocol.quote import encode, quote
from rewind.shell.restore import folders, functions, options, settings, variables
from rewind.shell.restore.lawful import lawful


def restore_call() -> str:
    r"""Return the command line that runs the script from the file `$__rw_dir/restore`.

    It has to be accepted as a command line (not be run by a `bind -x` key, after which bash puts
    back `$?`), kept out of the history by HISTIGNORE, which has to have the user's value again
    before it runs; nothing but the prompt hooks may follow it. `eval` and not `.`, because a
    sourced file cannot take a DEBUG trap away. `$?` and `$_` are set after it, because `eval`
    leaves its own argument in `$_`, and before `&&`, so that `set -e` does not end the shell."""
    return (
        '{ \\builtin mapfile -d "" -t __rw_f <"$__rw_dir/restore"'
        f' && \\builtin eval "${{__rw_f-}}" && {left_behind()}; }} >/dev/null 2>&1'
    )


def left_behind() -> str:
    """Return the command, for a bash that the script has run in, after which `$?` and `$_` are what
    the last dump or the script has noted down."""
    return '\\__rw_r "$__rw_s" "$__rw_u" && \\builtin true "$__rw_u"'


def restore_script(current: State, target: State) -> bytes:
    """Return bash text that brings a bash that is in state `current` to `target`, as far as that
    is possible in place (`needs_new_bash` tells what is not). It prints nothing of its own;
    `restore_call` runs it and ends with `$?` and `$_` as the target has them. PROMPT_COMMAND and
    PS0 to PS2 get the user's plain values: the prompt hooks have to be put in again after it.
    Whatever `target` holds, the text runs nothing that `target` is made of."""
    target = lawful(target)
    lines = [
        *options.before(current),
        *functions.changes(current, target),
        *variables.changes(current, target),
        *folders.changes(current, target),
        *settings.changes(current, target),
        f"__rw_s={target.exit_code} __rw_u={quote(target.last_argument)}",
        *options.coupled(current, target),
        *variables.coupled_with_options(current, target),
        *options.after(current, target),
        *settings.traps(current, target),
        *options.last(current, target),
    ]
    return encode("\n".join(lines) + "\n")


def needs_new_bash(current: State, target: State) -> list[str]:
    """Return, one text each, what keeps a bash in state `current` from becoming `target`: only a
    new bash can be without it."""
    found = [
        f"readonly variable {name}"
        for name, variable in current.variables.items()
        if variable.readonly
        and target.variables.get(name) != variable
        and name not in target.unseen
    ]
    found += [
        f"readonly function {name}"
        for name, function in current.functions.items()
        if "r" in function.attributes and target.functions.get(name) != function
    ]
    return found
