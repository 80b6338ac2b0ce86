"""A bash script that runs elsewhere what was typed.

A line typed at a prompt fails as a whole or not at all; `set -euo pipefail` looks at every command
in it. So that a re-run ends as the recording did, a line of several commands stands as
`{ …; } || exit`, where bash does not look inside; a pipeline whose earlier commands failed stands
without `pipefail`; an unset variable that was expanded, without `-u`.

A failed step stands as a comment: what it had done before it failed is not known, and a script
that goes on after a failure is not what `set -e` promises. Where a later step looks at `$?` or
PIPESTATUS it is given the recorded codes; where a failed step had changed the shell or the files,
the comment says what.
"""

from collections.abc import Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import Any

from rewind.export import interactive
from rewind.export.credentials import CannotRefer, References
from rewind.export.json_text import shown
from rewind.export.recording import Recording
from rewind.export.redact import Redactor
from rewind.export.script_header import Needs, header
from rewind.export.shell_syntax import Syntax, words
from rewind.model.state import State
from rewind.model.step import Status, Step
from rewind.protocol.quote import quote, quote_if_needed

_IN_MEMORY = 1 << 22
_LEAVING = frozenset({"exit", "logout", "exec"})
_JOB_CONTROL = frozenset({"fg", "bg", "suspend", "disown"})
_CALLING = frozenset({"source", ".", "eval"})
_ALWAYS_SET = words(
    "BASH BASHPID BASH_VERSION COLUMNS EUID HOME HOSTNAME HOSTTYPE IFS LANG LINENO LOGNAME "
    "OLDPWD OPTIND OSTYPE PATH PIPESTATUS PPID PWD RANDOM SECONDS SHELL SHELLOPTS SHLVL TERM "
    "UID USER ? # $ - @ * 0 _"
)


def export(
    recording: Recording, redactor: Redactor | None = None, *, numbers: bool = True
) -> Iterator[str]:
    """The script, in pieces; text from bash in it is UTF-8 with surrogateescape. With `redactor`,
    credentials are referred to as `${NAME:?}`. With `numbers`, a comment names each step."""
    script = Script(recording, redactor, numbers)
    with SpooledTemporaryFile(
        _IN_MEMORY, "w+", encoding="utf-8", errors="surrogateescape", newline=""
    ) as body:
        for piece in script.body():
            body.write(piece)
        body.seek(0)
        yield header(recording, script.needs, redactor)
        while block := body.read(1 << 16):
            yield block


class Script:
    """The body of a script in the making: where it stands, and what its header will need."""

    def __init__(self, recording: Recording, redactor: Redactor | None, numbers: bool) -> None:
        self._recording = recording
        self._references = None if redactor is None else References(redactor)
        self._redactor = redactor
        self._numbers = numbers
        start = recording.start() or State()
        self.needs = Needs(start, [] if self._references is None else self._references.names)
        self._home = start.variables["HOME"].value if "HOME" in start.variables else None
        self._known = _ALWAYS_SET | set(start.variables)
        self._functions = set(start.functions)
        self._aliases = set(start.aliases)
        self._cwd: str | None = None
        self._before: Step | None = None

    def body(self) -> Iterator[str]:
        """The steps, each with what it needs around it."""
        for step in self._recording.steps():
            yield from self._step(step)
            self._before = step
        if self._references is not None:
            self.needs.credentials = self._references.names

    def _step(self, step: Step) -> Iterator[str]:
        syntax = Syntax(step.command)
        programs = syntax.programs
        if programs and all(program.words[:1] == ("rewind",) for program in programs):
            return
        command = step.command
        reason = _reason(step, syntax)
        if reason is None and self._references is not None:
            try:
                command = self._references.put(command, syntax)
            except CannotRefer:
                reason = "holds a credential where bash expands nothing"
        if reason is not None:
            yield from self._comment(step, reason)
            return
        yield "\n"
        if self._numbers:
            yield f"# step {step.number}\n"
        yield from self._remarks(step)
        if step.cwd != self._cwd and step.cwd.startswith("/"):
            yield f"cd {self._folder(step.cwd)}\n"
        self._cwd = step.cwd if step.cwd_after is None else step.cwd_after
        yield from self._relaxed(step, command, syntax)
        self._remember(syntax)

    def _relaxed(self, step: Step, command: str, syntax: Syntax) -> Iterator[str]:
        """The command, under as much of `set -euo pipefail` as it was fine with."""
        switches = []
        if self._unset(syntax):
            switches.append("u")
        if any(step.pipestatus) or syntax.hidden_pipeline:
            switches.append("o pipefail")
        if switches:
            yield f"set {' '.join('+' + switch for switch in switches)}\n"
        called = {program.words[0] for program in syntax.programs if program.words}
        self.needs.called |= called
        ended = self._exit_codes() if syntax.reads_exit_code else None
        if syntax.broken:
            self.needs.extended_globs |= syntax.extended_globs
            yield f"{ended}\n" if ended else ""
            yield f"eval -- {quote(command)} || exit\n"
        elif (
            syntax.list_of_commands
            or ended
            or called & (self._functions | self._aliases | _CALLING)
        ):
            # What looks at `$?` stands in the group too: `set -e` would end at the code it reads.
            first = f"{ended}\n" if ended else ""
            yield f"{{\n{first}{command}\n}} || exit\n"
        else:
            yield f"{command}\n"
        if switches:
            yield f"set {' '.join('-' + switch for switch in switches)}\n"

    def _exit_codes(self) -> str | None:
        """A command that ends as the step before did, where that was not simply well."""
        before = self._before
        if before is None or before.exit_code is None:
            return None
        codes = before.pipestatus or (before.exit_code,)
        if not any(codes) and before.status is Status.OK:
            return None
        return " | ".join(f"(exit {code})" for code in codes)

    def _unset(self, syntax: Syntax) -> bool:
        """Whether the command expanded a variable that was not set, as far as can be known."""
        unknown = syntax.reads - self._known - syntax.sets
        if not unknown:
            return False
        state = self._recording.state(self._before) if self._before is not None else None
        if state is None:
            return True
        return any(
            name not in state.variables or state.variables[name].value is None for name in unknown
        )

    def _remember(self, syntax: Syntax) -> None:
        self._known = self._known | syntax.sets
        self._functions |= syntax.defines_functions
        self._aliases |= syntax.defines_aliases
        self.needs.aliases |= bool(syntax.defines_aliases)

    def _comment(self, step: Step, reason: str) -> Iterator[str]:
        number = f"step {step.number} " if self._numbers else ""
        yield f"\n# {number}{reason}:\n"
        yield from self._remarks(step)
        command = step.command if self._redactor is None else self._redactor.text(step.command)
        for line in command.split("\n"):
            yield f"#   {line}\n"
        if step.status is Status.FAILED:
            changed = list(_changed(self._recording.changes(step) or {}))
            if changed:
                yield f"# it had changed {', '.join(changed)}\n"

    def _remarks(self, step: Step) -> Iterator[str]:
        """The step's labels and notes, as comments."""
        said = [("label", label) for label in step.labels]
        said += [("note", note.text) for note in self._recording.notes(step)]
        for kind, text in said:
            covered = text if self._redactor is None else self._redactor.text(text)
            head = f"{kind}:"
            for line in shown(covered).strip("\n").split("\n"):
                plain = "".join(c if c.isprintable() else " " for c in line)
                yield f"# {head} {plain}".rstrip() + "\n"
                head = " " * len(head)

    def _folder(self, cwd: str) -> str:
        home = self._home
        if not isinstance(home, str) or not home.startswith("/") or len(home) < 2:
            return quote_if_needed(cwd)
        if cwd == home:
            return '"$HOME"'
        if cwd.startswith(home + "/"):
            return f'"$HOME"/{quote_if_needed(cwd[len(home) + 1 :])}'
        return quote_if_needed(cwd)


def _reason(step: Step, syntax: Syntax) -> str | None:
    """Why the step cannot stand in a script as it is; None where it can."""
    if step.status in (Status.RUNNING, Status.INTERRUPTED):
        return "was cut off"
    if step.status is Status.FAILED:
        return f"failed with exit code {step.exit_code}"
    if "\0" in step.command:
        return "holds a NUL, which bash cannot"
    if syntax.history_expansion:
        return "leans on the history, and is recorded as it was typed"
    for program in syntax.programs:
        name = program.words[0] if program.words else ""
        if program.in_shell and name in _LEAVING and (name != "exec" or len(program.words) > 1):
            return "left the recorded shell"
        if name in _JOB_CONTROL or name.startswith("%"):
            return "is about the jobs of a live shell"
        waits = interactive.reason(program)
        if waits is not None:
            return waits
    return None


def _changed(changes: Mapping[str, Any]) -> Iterator[str]:
    """The names that a step changed, section by section, a few of each."""
    for section, parts in changes.items():
        if not isinstance(parts, Mapping):
            continue
        names = sorted({shown(str(name)) for entries in parts.values() for name in entries})
        names = [name for name in names if name.isprintable()]
        if names:
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            yield f"{section}: {' '.join(names[:5])}{more}"
