"""`rewind run` against `bash SCRIPT`: the same output, the same effects, the same exit code."""

import subprocess
from dataclasses import dataclass

import pytest

from harness.places import Home, bash_under_test

GO_ON = {
    "arguments": 'echo "$0 $# $1"; shift; echo "$*"',
    "working directory": "mkdir d\ncd d\npwd\ncd - >/dev/null\npwd",
    "functions": 'f() {\n  local a=$1\n  echo "in f: $a"\n  return 3\n}\nf x || echo "rc $?"',
    "here-documents": "cat <<A; cat <<'B'\none $((1+1))\nA\ntwo $((1+1))\nB\necho end",
    "a pipeline over lines": "printf 'b\\na\\n' |\n  sort |\n  tr a-z A-Z",
    "loops": "for i in 1 2 3; do\n  echo $i\ndone\nwhile read -r x; do echo \"<$x>\"; done <<<'y'",
    "quoting": "echo 'a\\nb' \"tab\tend\" $'x\\ty'\necho \"!! !x\"",
    "status of the command before": "! true\necho $?\n[ a = b ] && :\necho $?; echo $?",
    "err trap": "trap 'echo err $?' ERR\ntrap - ERR\ntrue",
    "aliases": "shopt -u expand_aliases; alias ll='echo alias'\nll 2>/dev/null || echo none",
    "history": "history | wc -l | tr -d ' '",
    "its own name": (
        'echo "${BASH_SOURCE[0]}" "$BASH_SOURCE"\nd=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)\n'
        '[ "$d" = "$PWD" ] && echo here\nf() { echo "${BASH_SOURCE[0]##*/}"; }\nf\n'
        '[[ "${BASH_SOURCE[0]}" == "$0" ]] && echo main\necho \'$BASH_SOURCE\''
    ),
    "exported variables": "export X=1\nsh -c 'echo $X'\nunset X\nsh -c 'echo ${X-none}'",
    "arrays": "a=(1 'b c' 3)\nprintf '<%s>' \"${a[@]}\"; echo\ndeclare -A m=([k]=v)\necho ${m[k]}",
    "extended patterns": "shopt -s extglob\ncase abc in +([a-c])) echo yes;; esac",
    "bytes": "printf '\\377\\001x\\n' | od -An -tx1",
    "redirections of the shell": "exec 3>f\necho three >&3\nexec 3>&-\ncat f",
    "several on a line": "a=1; b=2; echo $((a+b)); false; echo $?",
    "a comment at the end": "echo a # b\n# only a comment\n\n  echo indented",
    "umask": "umask 077\ntouch f\nls -l f | cut -c1-10",
    "a word that bash also says": "echo exit\nprintf 'exit\\n'\ntrue",
}  # fmt: skip
"""Scripts that are run as one."""

END = {
    "exit": "echo a\nexit 7\necho never",
    "exit in a list": "true && exit 4\necho never",
    "exit in a function": "leave() { exit 5; }\nleave\necho never",
    "exit zero": "echo a\nexit 0\necho never",
    "errexit": "set -e\necho a\nfalse\necho never",
    "errexit in a function": "set -e\nf() { false; echo never; }\nf\necho never",
    "errexit in a subshell": "set -e\n(false; echo never)\necho never",
    "errexit and what it passes over": (
        "set -e\n[ -f /nonexistent ] && echo yes\n! true\nif false; then :; fi\n"
        "false || true\nx=$(false) || echo caught\nwhile false; do :; done\necho end"
    ),
    "errexit at the end of a pipeline": "set -e\nfalse | true\necho on\ntrue | false\necho never",
    "pipefail": "set -eo pipefail\nfalse | true\necho never",
    "exit trap": "trap 'echo bye $?' EXIT\necho a",
    "exit trap on exit": "trap 'echo bye $?' EXIT\nexit 6",
    "exit trap on errexit": "trap 'echo bye $?; exit 9' EXIT\nset -e\nfalse",
    "exit trap changed and taken away": (
        "trap 'echo one' EXIT\ntrap 'echo two' EXIT\ntrap - EXIT\ntrue"
    ),
    "err trap and errexit": "set -e\ntrap 'echo err $?' ERR\n[ a = b ] && true\nfalse",
    "standard input": "read -r a; echo \"<$a>\"\nread -r b; echo \"<$b>\"\nread -r c; echo \"$?\"",
    "nounset": 'set -u\necho "${x-unset}"',
    "exec": "echo a\nexec echo b\necho never",
}  # fmt: skip


@dataclass
class Ran:
    code: int
    out: bytes
    err: str


def run(home: Home, argv: list[str], stdin: bytes = b"") -> Ran:
    done = subprocess.run(
        argv, env=home.env(), cwd=home.work, input=stdin, capture_output=True, timeout=60,
        check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


def test_one_command_after_the_other_does_what_bash_does(home: Home) -> None:
    compare(home, "".join(f"echo '== {what}'\n{text}\n" for what, text in GO_ON.items()))


@pytest.mark.parametrize("what", END)
def test_a_script_ends_as_it_does_in_bash(home: Home, what: str) -> None:
    compare(home, END[what])


def compare(home: Home, text: str) -> None:
    """Run the script both ways."""
    bash = bash_under_test()
    if bash.version < (5, 0):
        # Nothing can set $0 there.
        text = text.replace("$0", "s.sh")
    home.install_rewind()
    script = home.work / "s.sh"
    words = ["s.sh", "one", "two words"]
    script.write_text(text + "\n")
    stdin = b"first\nsecond\n"
    expected = run(home, [str(bash.path), *words], stdin)
    home.fill()
    home.install_rewind()
    script.write_text(text + "\n")
    found = run(home, ["rewind", "run", "r", "--on-error", "stop", *words], stdin)
    assert found.out == expected.out, found.err
    assert found.code == expected.code
