import os
import re
import subprocess
from pathlib import Path

import pytest

from rewind.engine.script import Command, resume_point, split
from rewind.errors import UsageError

BASH = os.environ.get("REWIND_TEST_BASH", "bash")


def texts(source: str) -> list[str]:
    return [command.text for command in split(source.encode())]


def unfinished(text: str) -> bool:
    said = subprocess.run(
        [BASH, "-O", "extglob", "-n"],
        input=text.encode() + b"\n",
        capture_output=True,
        env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
    ).stderr
    return any(w in said for w in (b"unexpected EOF", b"unexpected end of file", b"here-document"))


def finished(text: str) -> bool:
    return not unfinished(text)


def test_each_line_is_a_command_and_comments_and_blank_lines_are_none() -> None:
    assert texts("#!/bin/bash\n# a comment\n\ncd x\n  make all  # build\n") == [
        "cd x",
        "make all  # build",
    ]


def test_commands_on_one_line_are_one_command() -> None:
    assert texts("a; b & c\nd &\ne;\n") == ["a; b & c", "d &", "e;"]


def test_what_is_open_at_the_end_of_a_line_goes_on() -> None:
    for source in (
        "if a; then\n  b\nelse\n  c\nfi >log; d",
        "for x in 1 2\ndo\n  a\ndone |\n  b",
        "a &&\n\n  # why\n  b",
        "f() {\n  a\n\n  b\n}",
        "x=(1\n2)",
        "echo 'a\n\nb' \"c\nd\"",
        "a \\\n  b",
        "echo $(a\nb)",
        "case x in\n  x) a;;\nesac",
        "{ a\nb\n}",
        "(\na\n)",
        "[[ a &&\n b ]]",
        "time a |\nb",
    ):
        assert texts(f"before\n{source}\nafter\n") == ["before", source, "after"], source


def test_a_here_document_stays_with_its_command() -> None:
    for source in (
        "cat <<EOF\nrm -rf x\n\n# no comment\nEOF",
        "cat <<'EOF' | wc\n$( `\nEOF",
        "cat <<-EOF >f\n\tif then\n\tEOF",
        "while read x; do\n  a\ndone <<EOF\n1\nEOF",
        "echo $(cat <<EOF\n1\nEOF\n)",
        "cat <<EOF && b\n1\nEOF",
    ):
        assert texts(f"before\n{source}\nafter\n") == ["before", source, "after"], source


def test_lines_and_bytes_say_where_a_command_stands() -> None:
    source = "#!/bin/bash\n\n  ü=1\ncat <<E\n1\nE\n".encode()
    first, second = split(source)
    assert (first.first_line, first.last_line) == (3, 3)
    assert (second.first_line, second.last_line) == (4, 6)
    for command in (first, second):
        assert source[command.start : command.end].decode() == command.text


def test_bytes_that_are_no_utf8_survive() -> None:
    (command,) = split(b"echo '\xff\xfe'\n")
    assert command.text.encode("utf-8", "surrogateescape") == b"echo '\xff\xfe'"


def test_a_script_without_a_last_newline_or_without_commands_is_one_too() -> None:
    assert texts("a\nb") == ["a", "b"]
    assert texts("") == texts("\n# only this") == []


def test_a_backslash_before_a_blank_line_stays_with_its_command() -> None:
    assert texts("echo a \\\n\nb\n") == ["echo a \\\n", "b"]
    assert texts("echo a # x \\\n\nb\n") == ["echo a # x \\", "b"]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("a\nif b; then\n  c\n", 2),
        ("a\nb\necho 'x\n", 3),
        ("a\nfi\n", 2),
        ("a\nb ;; c\n", 2),
        ("a\n}\n", 2),
        ("a\ncat <<E\n1\n", 2),
        ("a\ncoproc x {\n  b\n}\n", 2),
    ],
)
def test_what_cannot_be_parsed_is_refused_with_its_line(source: str, line: int) -> None:
    with pytest.raises(UsageError, match=rf"line {line} of the script"):
        split(source.encode())


def test_a_here_document_that_is_read_wrongly_is_never_taken_for_commands() -> None:
    for source in (
        "cat <<A; b\nrm -rf x\nA\n",
        "cat <<A; cat <<B\n1\nA\nrm -rf x\nB\nc\n",
        "cat <<A &&\n1\nA\nb\n",
        "cat <<A ||\n1\nA\nb\n",
    ):
        with pytest.raises(UsageError, match="line 1 of"):
            split(source.encode())


def test_what_stands_behind_an_exit_may_be_anything() -> None:
    assert [c.text for c in split(b"a\nexit 0\n\x00\x01(((\n")] == ["a", "exit 0"]
    with pytest.raises(UsageError):
        split(b"if a; then\nexit 0\n(((\n")


def test_bash_decides_about_what_tree_sitter_cannot_parse() -> None:
    source = (
        "#!/bin/bash\n# about\ncat <<A; cat <<B\n1\nA\n2\nB\n\n"
        "coproc x {\n  b\n}\nfor i do\n  c\ndone\nd"
    )
    commands = split(source.encode(), finished)
    assert [command.text for command in commands] == [
        "cat <<A; cat <<B\n1\nA\n2\nB",
        "coproc x {\n  b\n}",
        "for i do\n  c\ndone",
        "d",
    ]
    assert [command.first_line for command in commands] == [3, 9, 12, 15]


def test_what_bash_never_finds_finished_is_refused_with_its_first_line() -> None:
    with pytest.raises(UsageError, match="line 2 of the script"):
        split(b"a\nif b; then\n", finished)


def test_unchanged_leading_commands_need_not_run_again() -> None:
    def commands(*found: str) -> list[Command]:
        return split("\n".join(found).encode())

    old = commands("a", "b", "c", "d")
    assert resume_point(old, commands("a", "b", "C", "d"), 2) == 2
    assert resume_point(old, commands("a", "b", "c", "d"), 3) == 3
    assert resume_point(old, commands("a", "B", "c", "d"), 3) == 1
    assert resume_point(old, commands("# new", "a", "", "b", "x", "c"), 3) == 2
    assert resume_point(old, commands("a"), 3) == 1
    assert resume_point(old, [], 3) == resume_point([], old, 0) == 0


SCRIPTS = {
    "errexit": "set -e\nfalse || echo a\necho c\nfalse; echo d\n",
    "errexit in a function": (
        "set -e\nf() { false; echo no; }\nif f; then echo yes; fi\nf\necho e\n"
    ),
    "errexit in a pipeline": "set -eo pipefail\ntrue | true\nfalse | true\necho no\n",
    "exit status of each": "false\necho $?\n(exit 7)\necho $?\nf() { return 4; }\nf; echo $?\n",
    "exit with a trap": "trap 'echo bye $?' EXIT\necho a\nexit 3\necho b\n",
    "nounset": "set -u\necho ${x-unset}\necho a; echo $x; echo b\necho c\n",
    "here-documents": (
        "x=1\ncat <<E\n$x $(echo 2)\n# 3\nE\ncat <<'E' | tr a-z A-Z\n$x\nE\necho end\n"
    ),
    "tabs in a here-document": "if true; then\n\tcat <<-E\n\t\tone\n\tE\nfi\necho two\n",
    "here-string": "read a b <<< '1 2'\necho $b\n",
    "functions": (
        "f() {\n  local x=$1\n  echo $x; return 4\n}\nf 'a b'\necho $?\nf() ( echo sub )\nf\n"
    ),
    "aliases": "shopt -s expand_aliases\nalias hi='echo hello'\nhi there\nunalias hi; hi\nhi\n",
    "quotes over lines": "echo 'a\nb' \"c $(echo 'd\ne')\nf\"\necho `echo g\necho h`\n",
    "backslashes": "echo a \\\n  b\necho c \\\n\necho d # e \\\necho f\n",
    "arrays": (
        "a=(1\n  2 # two\n  3)\necho ${#a[@]} ${a[-1]}\ndeclare -A m=([x]=1 [y]=2)\necho ${m[y]}\n"
    ),
    "loops": (
        "for ((i=0; i<3; i++)); do\n"
        "  echo $i\n"
        "done | tac\n"
        'while read l; do echo "[$l]"; done <<E\n'
        "1\n"
        "2\n"
        "E\n"
    ),
    "case": "case abc in\n  a*) echo one ;;&\n  *c) echo two ;;\n  *) echo no ;;\nesac\necho $?\n",
    "conditions": (
        "x=abc\nif [[ $x =~ ^a(.)c$ ]]; then echo ${BASH_REMATCH[1]}; fi\n((1 > 2)) || echo less\n"
    ),
    "groups": "{ echo a\n  echo b; } > /dev/null; echo c\n( cd / && pwd )\npwd > /dev/null\n",
    "background": "sleep 0 & wait $!\necho $?\n{ echo in; } &\nwait\necho out\n",
    "operators at line ends": (
        "true &&\n  echo a ||\n\n  echo b\necho c |\n  cat |\n  # between\n  tr c d\n"
    ),
    "positional parameters": "set -- a 'b c'\nshift\necho \"$1\" $#\n",
    "substitutions": (
        "echo ${x:=$(echo 5)} $((x + 1))\ndiff <(echo 1) <(echo 2) > /dev/null\necho $?\n"
    ),
    "extended patterns": (
        "shopt -s extglob\nx=aab\necho ${x##+(a)}\ncase $x in !(b)) echo other;; esac\n"
    ),
    "redirections": "exec 3>&1\necho a >&3\nexec 3>&-\n{ echo b >&2; } 2>&1\n",
    "stays in a folder": 'cd /\npwd\ncd - > /dev/null\n[ "$OLDPWD" = / ]; echo $?\n',
    "select and printf": (
        "printf '%s|' a 'b c'\nprintf '\\n'\nselect x in a b; do echo $x; break; done <<< 2\n"
    ),
    "eval and source": "eval 'y=1\nz=2'\necho $y$z\n. /dev/stdin <<'E'\necho sourced\nE\n",
    "an unfinished payload": "echo a\nexit 0\nif ((( then\n",
    "a list that goes on behind a here-document": "cat <<A &&\n1\nA\n  echo b\necho c\n",
    "two here-documents on a line": "cat <<A; cat <<B\n1\nA\n2\nB\necho end\n",
    "a coprocess": (
        "coproc up {\n  tr a-z A-Z\n}\necho hi >&${up[1]}\nexec {up[1]}>&-\ncat <&${up[0]}\n"
    ),
    "a loop over the parameters": "set -- 1 2\nfor i do\n  echo $i\ndone\n",
}

BEYOND_EVAL = {
    "errexit in a list": (
        "set -e\nfalse || echo a\nfalse && echo b\n! true\necho c\nfalse; echo d\n"
    ),
    "PIPESTATUS of a pipeline": "true | false | true\necho ${PIPESTATUS[*]}\n",
    "the ERR trap": "set -E\ntrap 'echo err $?' ERR\nfalse\nf() { false; }\nf\necho end\n",
}
"""What `eval` itself has a part in."""

_PLACE = re.compile(rb"(?m)^\S+: (?:eval: )?line \d+: ")


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_commands_one_by_one_do_what_the_whole_script_does(name: str, tmp_path: Path) -> None:
    source = SCRIPTS[name]
    commands = split(source.encode(), finished)
    assert len(commands) > 1
    one_by_one = "".join(f"eval {_quoted(command.text)}\n" for command in commands)
    assert run(one_by_one, tmp_path) == run(source, tmp_path)


@pytest.mark.parametrize("name", SCRIPTS | BEYOND_EVAL)
def test_the_commands_put_together_are_the_script(name: str, tmp_path: Path) -> None:
    source = (SCRIPTS | BEYOND_EVAL)[name]
    together = "".join(f"{command.text}\n" for command in split(source.encode(), finished))
    assert run(together, tmp_path) == run(source, tmp_path)


def run(script: str, folder: Path) -> tuple[bytes, bytes, int]:
    """What bash prints, less the line numbers in its messages, and how it ends."""
    (folder / "script").write_text(script)
    done = subprocess.run(
        [BASH, "script"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        timeout=20,
    )
    return done.stdout, _PLACE.sub(b"", done.stderr), done.returncode


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
