"""The console entry, and the one place that prints errors."""

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rewind.errors import FAULT_HINT, RewindError, UsageError

if TYPE_CHECKING:
    from rewind.cli.registry import Command

CLOSED_PIPE = 128 + 13
"""What a shell reports of a program that SIGPIPE ended, as it ends git or grep."""

INTERRUPTED = 128 + 2

NO_THREAD = "can't start new thread"
"""What Python says where the system has no more (Modules/_threadmodule.c)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (without the program's name) and return the exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    _open_closed_streams()
    try:
        _wait_for_stdout()
        code = _dispatch(words)
        _flush_stdout()
    except KeyboardInterrupt:
        return _ended(words, INTERRUPTED)
    except BrokenPipeError:
        _forget_stdout()
        return CLOSED_PIPE
    except Exception as error:
        return _ended(words, report(error))
    return code


def _ended(words: Sequence[str], code: int) -> int:
    """The exit code of a command that came to nothing, unless somebody would have no shell now."""
    from rewind.cli.instead import plain_bash, stands_for_the_login_shell

    if stands_for_the_login_shell(words):
        plain_bash()
    return code


def report(error: Exception) -> int:
    """Print `error` on standard error, as one line and, where there is one, a hint. Return the exit
    code it stands for."""
    if os.environ.get("REWIND_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    what, hint, code = _explain(error)
    try:
        print(f"rewind: error: {_one_line(what)}", file=sys.stderr)
        if hint:
            print(f"rewind: hint: {_one_line(hint)}", file=sys.stderr)
    except OSError:
        pass  # nobody can be told; the exit code still says it
    return code


def _explain(error: Exception) -> tuple[str, str | None, int]:
    if isinstance(error, RewindError):
        return error.message, error.hint, error.exit_code
    if isinstance(error, OSError) and error.strerror:
        where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        return f"{where}{error.strerror}", None, 1
    if isinstance(error, RuntimeError) and str(error) == NO_THREAD:
        return "no thread can be started", "`ulimit -u` says how many a user may have", 1
    kind = type(error).__name__
    return f"{kind}: {error}" if str(error) else kind, FAULT_HINT, 1


def _one_line(text: str) -> str:
    from rewind.model.names import printable

    return printable(" ".join(text.split("\n")))


def _open_closed_streams() -> None:
    """Where a standard stream was closed (`>&-`), the next file to be opened would have its number,
    and get what is printed."""
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            # The lowest number that is free, which is this one.
            os.open(os.devnull, os.O_RDWR)
    # Python has left out what was closed when it started.
    if sys.stdout is None:
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115 - it is open to the end
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115


def _wait_for_stdout() -> None:
    """Another program may have set the terminal that we share not to wait, and left it so: Python
    then gives up what does not fit. bash does the same for its input."""
    with suppress(OSError):
        if not os.get_blocking(1):
            os.set_blocking(1, True)


def _flush_stdout() -> None:
    try:
        sys.stdout.flush()
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        # The terminal has been hung up: nobody can be told more than the exit code says.
        _forget_stdout()


def _forget_stdout() -> None:
    """Point standard output at nothing, so that the interpreter's last flush does not fail too."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


def _dispatch(words: list[str]) -> int:
    from rewind.cli import registry

    if words[:1] == ["help"]:
        words = [*words[1:2], "--help"]
    if not words or words[0] in ("-h", "--help"):
        sys.stdout.write(registry.overview())
        return 0
    name = registry.OPTIONS.get(words[0], words[0])
    command = registry.commands().get(name)
    if command is None:
        raise _unknown(words[0])
    return _run(name, command, words[1:])


def _unknown(word: str) -> UsageError:
    from rewind.cli import registry
    from rewind.model.names import nearest

    if word.startswith("-"):
        return UsageError(f"no such option: {word}", "'rewind --help' lists what there is")
    near = nearest(word, [name for section in registry.SECTIONS.values() for name in section])
    hint = f"did you mean {' or '.join(near)}?" if near else "'rewind --help' lists the commands"
    return UsageError(f"no such command: {word}", hint)


def _run(name: str, command: "Command", words: list[str]) -> int:
    from rewind.repl.loading import loading

    with loading():
        import importlib
        from types import FunctionType

        from rewind.cli.arguments import quick_call

        module, _, attribute = command.target.partition(":")
        target = getattr(importlib.import_module(f"rewind.cli.{module}"), attribute)
        called = None
        if isinstance(target, FunctionType):
            called = quick_call(target, words, command.interspersed)
    result = _run_typer(name, command, target, words) if called is None else target(**called)
    return result if isinstance(result, int) else 0


def _run_typer(name: str, command: "Command", target: Any, words: list[str]) -> object:
    from typer import Typer, exceptions
    from typer.main import get_command

    from rewind.cli.arguments import typed

    if isinstance(target, Typer):
        app = target
        for each in app.registered_commands:
            each.callback = each.callback and typed(each.callback)
    else:
        app = Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
        settings = {
            "help_option_names": ["-h", "--help"],
            "allow_interspersed_args": command.interspersed,
        }
        app.command(context_settings=settings)(typed(target))
    prog = f"rewind {name}"
    try:
        return get_command(app).main(args=words, prog_name=prog, standalone_mode=False)
    except exceptions.TyperException as error:
        text = error.format_message().rstrip(".")
        raise UsageError(text[:1].lower() + text[1:], f"'{prog} --help' says what fits") from error
    except exceptions.Abort:
        return INTERRUPTED
