"""Which command lives where.

The module of a command is imported when its name is typed, and no other: the start-up time is a
feature. So the summaries that `rewind --help` prints stand here and not in those modules.

A target is `module:name` inside `rewind.cli`. The name is a function with typer's annotations, or,
where a command has subcommands, a `typer.Typer`.
"""

from typing import NamedTuple


class Command(NamedTuple):
    """One entry. Where `interspersed` is False, the first positional word ends the options: what
    follows belongs to another program's command line."""

    target: str
    summary: str
    interspersed: bool = True


SECTIONS: dict[str, dict[str, Command]] = {
    "work": {
        "shell": Command("shell:shell", "A recorded shell, new or resumed (also: record)."),
        "goto": Command("jump:goto", "Inside: put the live shell into the state after a step."),
        "undo": Command("jump:undo", "Inside: go back, one step or N."),
        "branch": Command("branch:branch", "A new line that starts at a step."),
        "on-undo": Command("inside:on_undo", "Inside: what takes back the last step.", False),
        "pause": Command("inside:pause", "Inside: stop recording."),
        "resume": Command("inside:resume", "Inside: go on recording."),
        "redo": Command("jump:redo", "Inside: go forward again on the line that was left."),
    },
    "script": {
        "at": Command("at:at", "Run a command in an earlier state; leave no trace.", False),
        "run": Command("run:run", "Run a script, each of its commands a recorded step."),
        "breakpoint": Command("breakpoint:app", "What stops replay, rerun and the live shell."),
        "rerun": Command("rerun:rerun", "Run recorded commands again, as a branch, with stops."),
        "exec": Command(
            "execute:exec_", "Run one more step on a session, without a terminal.", False
        ),
    },
    "share": {
        "export": Command("export:export", "A session as sh, markdown, json, cast or html."),
        "import": Command("export:import_", "A session from a JSON export or an asciicast."),
    },
    "look": {
        "list": Command("reading:list_sessions", "Sessions, as a tree of branches."),
        "log": Command("reading:log", "The steps of a session."),
        "show": Command("showing:show", "One step: command, output, exit code, what it changed."),
        "replay": Command("replay:replay", "Watch a session again with its recorded timing."),
        "diff": Command("diff:diff", "Two sessions or steps against each other."),
        "search": Command("search:search", "Find steps by command and output, in all sessions."),
        "status": Command("standing:status", "Inside: where the live shell stands."),
    },
    "name": {
        "label": Command("naming:label", "Give a step a name of its own."),
        "note": Command("naming:note", "Write a note beside a step."),
        "rename": Command("naming:rename", "Give a session another name."),
        "delete": Command("naming:delete", "Delete a session; steps that others share stay."),
    },
    "look after": {
        "gc": Command("gc:gc", "Free what nothing refers to, or what is beyond a budget."),
        "purge": Command("purge:purge", "Remove a text or a step's output everywhere, for good."),
        "doctor": Command("health:doctor", "Health of the store, the shell and the terminal."),
        "version": Command("health:version", "Versions of rewind and of what it runs on."),
    },
}

HIDDEN: dict[str, Command] = {
    "record": Command("shell:shell", "The same as shell."),
    "rewind": Command("showing:show", "The same as show."),
    "install-completion": Command("completion:install", "Install completion for bash."),
    "show-completion": Command("completion:script", "Print the completion script for bash."),
    "session-names": Command("completion:session_names", "Print the names of all sessions."),
}

OPTIONS = {
    "--version": "version",
    "-V": "version",
    "--install-completion": "install-completion",
    "--show-completion": "show-completion",
}
"""Options of `rewind` itself, and the commands they are."""


def commands() -> dict[str, Command]:
    """Every command by its name, the hidden ones last."""
    found = {name: command for section in SECTIONS.values() for name, command in section.items()}
    return found | HIDDEN


def overview() -> str:
    """What `rewind --help` prints."""
    lines = [
        "Usage: rewind COMMAND [WORDS…]",
        "",
        "A bash that remembers every step, and can go back to any of them.",
    ]
    names = [name for section in SECTIONS.values() for name in section]
    width = max(map(len, names))
    for title, section in SECTIONS.items():
        lines += ["", f"{title.capitalize()}:"]
        lines += [f"  {name:{width}}  {command.summary}" for name, command in section.items()]
    lines += [
        "",
        "Options:",
        f"  {'-h, --help':{width}}",
        f"  {'--version':{width}}",
        f"  {'--install-completion':{width}}",
        "",
        "A step is named N, NAME:N, NAME (its last step), @ (where the shell stands), @-3,",
        "- (where it stood before the last jump), start, or a label.",
        "'rewind COMMAND --help' says more about a command.",
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"
