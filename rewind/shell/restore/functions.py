r"""Functions, each by itself: what one of them does to the parser does not reach the next.

A body is text that bash has to read, and a record can come from anywhere: `f () { :; }; rm x` must
not remove anything. That a text is one function definition, nobody but bash itself can tell. So
bash is asked: what stands between the outer braces is first defined as the inside of a function
that is never called, within compound commands that nest as `secrets` says, each closed by `fi` or
`done`. A text that closes more than it opens would have to guess all of them; where it guesses
wrong, it is a syntax error, and `eval` runs nothing of a command that it could not read whole. A
text that passes closes no brace that it did not open, so with a pair of braces around it, it is
one function body.
"""

import re
import secrets

from rewind.model.state import Function, State
from rewind.protocol.quote import quote

_COPROC = re.compile(r"^( *)coproc COPROC ", re.MULTILINE)
"""bash before 5.3 prints `coproc cat` with the default name, and reads that as a command that is
called as the name is."""

_LEVELS = 64
"""How deep the nest is; each level is a guess of one in two."""

_VARIABLE = r"\$[A-Za-z_]\w*|\$\{\w+\}"
_WORD = rf"""(?:[\w@%+=:,./-]|'[^']*'|"(?:[^"\\$`]|\\.|{_VARIABLE})*"|{_VARIABLE})+"""
_REDIRECTION = rf" +(?:[0-9]+|\{{\w+\}})?(?:<<<|<>|>>|>\||&>>|&>|[<>]&|<|>) ?{_WORD}"
_HERE = (
    r" +[0-9]*<<(?P<tabs>-?)(?P<quote>['\"]?)(?P<mark>\w+)(?P=quote)\n(?P<text>(?:.*\n)?)(?P=mark)"
)
_TAIL = re.compile(
    rf"\n\}}(?P<tail>(?:{_REDIRECTION})*(?:{_HERE})?)\n*(?:declare -f[rtx]+ [^\n]*\n?)?",
    re.DOTALL | re.ASCII,
)
"""The end of a function as bash prints it: the closing brace, and redirections of which it is clear
where they end. The attributes, which follow as a command, come from elsewhere."""


def changes(current: State, target: State) -> list[str]:
    """Return the lines that delete, define and mark functions."""
    lines = [
        f"\\builtin unset -f -- {quote(name)}"
        for name in current.functions
        if name not in target.functions
    ]
    defined = False
    for name, function in target.functions.items():
        had = current.functions.get(name)
        if had == function:
            continue
        if had is None or had.body != function.body:
            lines += _definition(name, function)
            defined = True
        lines += _marks(name, had.attributes if had else "", function.attributes)
    if defined:
        return [*_nest(), *lines, "\\builtin unset -v __rw_b", "\\builtin unset -f __rw_c"]
    return lines


def _nest() -> list[str]:
    levels = secrets.randbits(_LEVELS)
    words = [("if", "then", "fi"), ("while", "do", "done")]
    chosen = [words[levels >> level & 1] for level in range(_LEVELS)]
    opening = "".join(f"{begin} :;{then}\n" for begin, then, _ in chosen)
    closing = "".join(f"\n{end}" for _, _, end in reversed(chosen))
    return [
        "__rw_h=" + quote("function __rw_c ()\n{\n" + opening),
        "__rw_i=" + quote(closing + "\n}"),
    ]


def _definition(name: str, function: Function) -> list[str]:
    inner, tail = _divided(function.body)
    # `function`, because of names that are reserved words.
    before, after = quote(f"function {name} ()\n{{\n"), quote("\n}" + tail)
    return [
        "__rw_b=" + quote(_COPROC.sub(r"\1coproc ", inner)),
        (f'\\builtin eval "$__rw_h$__rw_b$__rw_i" && \\builtin eval {before}"$__rw_b"{after}'),
    ]


def _divided(body: str) -> tuple[str, str]:
    """Return what stands between the braces, and the redirections behind them. Where bash printed
    redirections of a kind that is not understood, the braces with them are what stands between."""
    _, _, rest = body.partition("\n")
    if rest.startswith("{ \n"):
        at = rest.rfind("\n}")
        while at > 0:
            match = _TAIL.fullmatch(rest, at)
            if match and _ends_once(match):
                return rest[3:at], match["tail"]
            at = rest.rfind("\n}", 0, at)
    return rest, ""


def _ends_once(match: re.Match[str]) -> bool:
    """Whether a here-document ends where it seems to, and not before."""
    if match["mark"] is None:
        return True
    lines: list[str] = match["text"].split("\n")[:-1]
    return all((line.lstrip("\t") if match["tabs"] else line) != match["mark"] for line in lines)


def _marks(name: str, old: str, new: str) -> list[str]:
    quoted = quote(name)
    lines = []
    if gone := set(old) - set(new) - {"r"}:
        lines.append(f"\\builtin declare -f +{''.join(sorted(gone))} -- {quoted}")
    if added := set(new) - set(old):
        lines.append(f"\\builtin declare -f -{''.join(sorted(added))} -- {quoted}")
    return lines
