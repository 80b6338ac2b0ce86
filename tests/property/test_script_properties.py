import os
import re
import subprocess

from hypothesis import given, settings
from hypothesis import strategies as st

from rewind.engine.script import split
from rewind.errors import UsageError

BASH = os.environ.get("REWIND_TEST_BASH", "bash")

_SIMPLE = st.sampled_from(
    [
        "true",
        "echo a b",
        "x=1",
        "echo 'a\nb'",
        'echo "$x #no"',
        "a=(1\n 2)",
        "echo $((1 + 2))",
        "cat < /dev/null",
        "! false",
        "[[ a == a ]]",
        "echo a \\\n  b",
    ]
)
_HERE = st.sampled_from(["cat <<E\nif $x\n# no\nE", "cat <<-'E' | wc\n\tdone `\n\tE"])
_LINE = st.lists(_SIMPLE, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from(["; ", " && ", " | ", " & ", " ||\n  "]).map(
        lambda join: join.join(parts)
    )
)


def _nested(body: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    lines = st.lists(body, min_size=1, max_size=3).map("\n".join)
    return st.one_of(
        lines.map(lambda text: f"if true; then\n{text}\nfi"),
        lines.map(lambda text: f"f() {{\n{text}\n}}"),
        lines.map(lambda text: f"for i in 1 2; do\n{text}\ndone >/dev/null"),
        lines.map(lambda text: f"(\n{text}\n)"),
        lines.map(lambda text: f"case x in\n  x)\n{text}\n    ;;\nesac"),
        lines.map(lambda text: f"x=$(\n{text}\n)"),
    )


_COMMAND = st.recursive(st.one_of(_LINE, _HERE), _nested, max_leaves=6)
_BETWEEN = st.sampled_from(["\n", "\n\n", "\n# a comment\n", "\n  ", " # behind\n", "\n#\\\n"])
_SCRIPT = st.lists(st.tuples(_COMMAND, _BETWEEN), max_size=5)


def accepted(source: bytes) -> bool:
    done = subprocess.run([BASH, "-n"], input=source, capture_output=True)
    return done.returncode == 0 and not done.stderr


@settings(max_examples=120, deadline=None)
@given(_SCRIPT)
def test_a_script_is_split_where_its_commands_end(parts: list[tuple[str, str]]) -> None:
    source = "".join(
        # What follows a here-document's last line must begin on the next one.
        command + ("\n" if between[0] != "\n" and command.endswith("E") else between)
        for command, between in parts
    ).encode()
    commands = split(source)
    assert len(commands) == len(parts)
    for command, (text, _) in zip(commands, parts, strict=True):
        assert command.text.startswith(text)
    together = "\n".join(command.text for command in commands).encode()
    assert accepted(together) == accepted(source)
    left = source
    for command in reversed(commands):
        left = left[: command.start] + left[command.end :]
    assert all(not line.strip() or line.lstrip().startswith(b"#") for line in left.split(b"\n"))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["if", "then", "fi", "{", "}", "(", ")", "$(", "<<E", "E", "\n", ";", "&&", "|", '"',
             "'", "`", "a", " ", "#", "\\", "case", "esac", "coproc", "exit", "\x00", "é"]
        ),
        max_size=15,
    ).map("".join)
)  # fmt: skip
def test_any_text_is_split_or_refused_and_nothing_is_lost(text: str) -> None:
    source = text.encode()
    try:
        commands = split(source)
    except UsageError as error:
        assert re.match(r"line \d+ of the script", error.message)
        return
    end = 0
    for command in commands:
        assert end <= command.start < command.end <= len(source)
        assert source[command.start : command.end].decode() == command.text
        assert source.count(b"\n", 0, command.start) + 1 == command.first_line
        end = command.end
