"""Completion for bash: a script that knows the commands and options, and asks for session names."""

import importlib
import os
from pathlib import Path
from typing import Annotated

from rewind.cli import place
from rewind.cli.arguments import Argument, typed
from rewind.cli.options import write
from rewind.cli.registry import OPTIONS, SECTIONS, Command
from rewind.errors import UsageError

Shell = Annotated[str, Argument("[SHELL]", "Only bash is known.")]

_SCRIPT = """\
# Completion of rewind for bash, made by `rewind --show-completion`.
_rewind() {{
    local IFS=$' \\t\\n' current=${{COMP_WORDS[COMP_CWORD]}} words=
    COMPREPLY=()
    if (( COMP_CWORD == 1 )); then
        words='{commands} {options}'
    else
        case ${{COMP_WORDS[1]}} in
{cases}
        esac
        [[ $current == -* ]] || words=$(rewind session-names 2>/dev/null)
    fi
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o bashdefault -o default -F _rewind rewind
"""
"""Where nothing fits, file names are offered. Session names hold no character that is special in
`compgen -W`."""


def script(shell: Shell = "bash") -> None:
    """Print the completion script."""
    _check(shell)
    write(_script().rstrip("\n"))


def install(shell: Shell = "bash") -> None:
    """Install completion for bash, where bash-completion looks for it."""
    _check(shell)
    path = _place()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_script())
    write(f"installed {path}")
    write(f"new shells load it; where bash-completion is missing, put '. {path}' into ~/.bashrc")


def session_names() -> None:
    """Print the names of all sessions."""
    with place.reading() as store:
        for session in store.sessions():
            write(session.name)


def _check(shell: str) -> None:
    if shell != "bash":
        raise UsageError(f"there is no completion for {shell}", "only for bash")


def _place() -> Path:
    """Where bash-completion loads the completion of a command from when it is first needed
    (its README, section FAQ: `$XDG_DATA_HOME/bash-completion/completions`)."""
    chosen = os.environ.get("BASH_COMPLETION_USER_DIR")
    if chosen:
        return Path(chosen) / "completions" / "rewind"
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "bash-completion" / "completions" / "rewind"


def _script() -> str:
    known = {name: command for section in SECTIONS.values() for name, command in section.items()}
    cases = [
        f"            {name}) words='{' '.join(_options(command))}' ;;"
        for name, command in known.items()
    ]
    return _SCRIPT.format(
        commands=" ".join(known), options=" ".join([*OPTIONS, "--help"]), cases="\n".join(cases)
    )


def _options(command: Command) -> list[str]:
    """The long options of a command, or what it is divided into."""
    import typer
    from typer.main import get_command

    module, _, attribute = command.target.partition(":")
    target = getattr(importlib.import_module(f"rewind.cli.{module}"), attribute)
    if isinstance(target, typer.Typer):
        names = [each.name or "" for each in target.registered_commands]
        return [name for name in names if name] + ["--help"]
    app = typer.Typer(add_completion=False)
    app.command()(typed(target))
    found = [option for each in get_command(app).params for option in each.opts]
    return [option for option in found if option.startswith("--")] + ["--help"]
