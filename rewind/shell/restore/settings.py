"""Everything of a state that is neither option, variable, function nor folder."""

from collections.abc import Iterator, Mapping

from rewind.model.state import State
from rewind.protocol.quote import quote


def changes(current: State, target: State) -> list[str]:
    """Return the lines for all but the traps, in an order in which none undoes another.
    `target` is lawful."""
    return [
        *_aliases(current.aliases, target.aliases),
        *_completions(current.completions, target.completions),
        *_umask_and_limits(current, target),
        *_arguments(current, target),
        *_hashed(current, target),
        *_history(current, target),
    ]


def traps(current: State, target: State) -> list[str]:
    """Return the lines for the traps; DEBUG last, since it runs for every line after it."""
    lines = []
    for name in sorted({*current.traps, *target.traps}, key=lambda name: (name == "DEBUG", name)):
        early = name in ("DEBUG", "RETURN", "ERR")
        text = target.traps.get(name)
        if current.traps.get(name) == text and not early:
            continue
        if text == "" and not name.startswith("SIG"):
            # bash takes no '' here where it had one before that was taken away.
            lines.append(f"\\builtin trap -- : {name}")
        if text is not None:
            lines.append(f"\\builtin trap -- {quote(text)} {name}")
        elif not early:
            lines.append(f"\\builtin trap - {name}")
    return lines


def _aliases(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in old:
        if name not in new:
            yield f"\\builtin unalias -- {quote(name)}"
    for name, text in new.items():
        if old.get(name) != text:
            yield f"\\builtin alias -- {quote(f'{name}={text}')}"


def _completions(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in old:
        if name not in new:
            special = name in ("-D", "-E", "-I")
            yield f"\\builtin complete -r {name if special else '-- ' + quote(name)}"
    for name, line in new.items():
        if old.get(name) != line:
            yield f"\\builtin {line}"


def _umask_and_limits(old: State, new: State) -> Iterator[str]:
    if old.umask != new.umask and new.umask:
        yield f"\\builtin umask {new.umask}"
    for letter, value in new.limits.items():
        if old.limits.get(letter) != value:
            yield f"\\builtin ulimit -S -{letter} {value}"


def _arguments(old: State, new: State) -> Iterator[str]:
    if old.arguments != new.arguments and "@" not in new.unseen:
        yield " ".join(["\\builtin set --", *map(quote, new.arguments)])


def _hashed(old: State, new: State) -> Iterator[str]:
    # Assigning PATH has emptied the table.
    if old.hashed != new.hashed or old.variables.get("PATH") != new.variables.get("PATH"):
        yield "\\builtin hash -r"
        for name, path in new.hashed.items():
            yield f"\\builtin hash -p {quote(path)} -- {quote(name)}"


def _history(old: State, new: State) -> Iterator[str]:
    # bash 4.4 deletes neither ranges nor from the end.
    if old.history.number > new.history.number:
        yield (
            f"for ((__rw_i={old.history.number}; __rw_i>{new.history.number}; __rw_i--));"
            ' do \\builtin history -d "$__rw_i"; done'
        )
