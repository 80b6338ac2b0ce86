"""`rewind run` against `bash SCRIPT`: the same output, the same effects, the same exit code."""

import re
import subprocess
from dataclasses import dataclass

import pytest

from harness.places import Home, bash_under_test

_LINE = re.compile(r": line \d+: ")

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
    "a notice that bash also gives": "echo '[1] 1'; echo '[1]+  Done'",
    "line numbers": (
        'echo $LINENO\nfor i in 1 2; do\n  echo $LINENO\ndone\n\n\n'
        'cat <<A\n$LINENO\nA\necho $LINENO; echo $LINENO'
    ),
    "lines of errors in traps": "trap 'echo \"err in $LINENO\"' ERR\nfalse\n\nfalse\ntrap - ERR",
    "jobs and waiting for them": (
        "sleep 0.05 &\nwait\necho $?\n(exit 3) & wait $!; echo $?\n"
        "for i in 1 2; do sleep 0.0$i & done; wait; echo all"
    ),
    "a job that is killed": "sleep 9 & sleep 0.1; kill $!; wait $! 2>/dev/null; echo $?",
    "a job has no input": "cat & wait; echo $?",
    "a job that goes on": "{ sleep 0.1; echo late; } &\nsleep 0.3; wait",
    "signals to itself": "trap 'echo usr1' USR1\nkill -USR1 $$\ntrap - USR1\ntrap '' TERM\nkill $$",
    "no terminal": '[ -t 0 ] || echo 0; [ -t 1 ] || echo 1; [ -t 2 ] || echo 2; tty',
    "nothing of a recorder": "ls /proc/self/fd | wc -w; env | grep -c __rw",
    "names one a line": "touch n1 n2; ls n1 n2",
    "both outputs": "echo out; echo err >&2; { echo o; echo e >&2; } 2>&1; ls nosuch",
    "tracing": "set -x\necho traced\nfor i in 1; do :; done\nset +x\necho on",
    "an output kept aside": "exec 3>&1 >f2\necho kept\nexec >&3 3>&-\ncat f2; echo shown",
    "an error output elsewhere": "exec 4>&2 2>f3\nls nosuch\nexec 2>&4 4>&-\ncat f3",
    "a logging tee": "( exec > >(sed s/^/log:/); echo a; echo b; ); sleep 0.2",
    "input from elsewhere": "exec 5<&0 <f2\nread -r x; echo \"<$x>\"\nexec <&5 5<&-",
    "input closed": "( exec <&-; cat 2>/dev/null; echo $? )",
    "a here-string and a process substitution": (
        'cat <<<"a b"; cat <(echo sub); diff <(echo 1) <(echo 1)'
    ),
    "a sourced file": "printf 'echo sourced $1; v=7\\nreturn 4\\n' >lib\n. ./lib arg\necho $? $v",
    "subshells": "(cd /; x=1; pwd); pwd; echo ${x-unset}; v=$(echo in; exit 5); echo $? $v",
    "statuses of a pipeline": (
        'true | false | (exit 3)\necho "${PIPESTATUS[@]}"\necho "${PIPESTATUS[@]}"'
    ),
    "the last argument": 'echo one two\necho "$_"',
    "options": 'echo "$SHELLOPTS" | grep -c monitor; shopt expand_aliases; set -o | grep history',
    "aliases where they are wished": (
        "shopt -s expand_aliases\nalias hi='echo hi'\nhi there\nshopt -u expand_aliases"
    ),
    "case and select": (
        "case abc in a*) echo a;;& *c) echo c;; esac\nselect x in q; do echo; done </dev/null 2>&1"
    ),
    "arithmetic": "((a=5, a++)); echo $a $((a<<2)) $((16#ff))\nlet b=a*2; echo $b",
    "names and substrings": 'f=/a/b.tar.gz; echo "${f##*/} ${f%%.*} ${f/b/c} ${f^^} ${#f} ${f@Q}"',
    "brace expansion and globs": (
        "touch g1 g2; echo g? {1..3}{a,b}; shopt -s nullglob; echo nosuch*; shopt -u nullglob"
    ),
    "functions that recurse": (
        "fac() { (($1 < 2)) && echo 1 || echo $(($1 * $(fac $(($1 - 1))))); }; fac 5"
    ),
    "a function with an error trap": (
        "set -E; trap 'echo trapped $?' ERR; g() { false; true; }; g; trap - ERR; set +E"
    ),
    "a return trap": "trap 'echo returned' RETURN; set -T; h() { :; }; h; set +T; trap - RETURN",
    "getopts": (
        "set -- -a -b x y; while getopts ab: o; do echo $o $OPTARG; done; "
        "shift $((OPTIND-1)); echo $*"
    ),
    "printf and read": (
        "printf '%05.1f|%-4s|%q\\n' 3.14159 ab 'c d'; IFS=: read -r a b <<<'1:2:3'; echo $b"
    ),
    "mapfile": "mapfile -t l < <(printf '1\\n2\\n'); echo ${#l[@]} ${l[1]}",
    "a coprocess": (
        "coproc c { cat; }; echo hi >&${c[1]}; read -r x <&${c[0]}; echo $x; "
        "eval \"exec ${c[1]}>&-\"; wait"
    ),
    "a long line": "x=" + "y" * 5000 + "\necho ${#x}",
    "carriage returns in text": "printf 'a\\r\\nb\\n' | od -c | head -2",
    "names not in ASCII": "grüße=1 2>/dev/null; echo 'grüße ✓' | tr a-z A-Z",
    "a command that is not there": "nosuchcommand 2>/dev/null || echo $?",
    "unset and defaults": (
        'unset v; echo "${v:-d}" "${v:=e}" "$v"; (: "${w:?no w}") 2>&1 | sed "s/.*: w/w/"'
    ),
    "shopt and globstar": (
        "mkdir -p t/u; touch t/u/z; shopt -s globstar; echo t/**; shopt -u globstar"
    ),
    "time and negation": "! false; echo $?; { time true; } 2>&1 | grep -c real",
    "ulimit and umask": "(ulimit -n 64; ulimit -n); ulimit -Sn 200; ulimit -Sn; echo a | cat",
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
    "a program that reads to the end": "echo a\ncat\necho b\ncat; echo $?",
    "a line, and then the rest": "read -r a; echo \"<$a>\"\nwc -l\ncat",
    "a program that reads more than it needs": "head -n 1\ncat",
    "input for a whole loop": "while read -r l; do echo \"[$l]\"; done\nread -r l; echo $?",
    "a loop whose body reads too": "while read -r l; do echo \"[$l]\"; cat; done",
    "input closed for good": "exec <&-\nread -r x; echo $?\ncat 2>/dev/null; echo $?",
    "output closed for good": "echo a\nexec >&-\necho lost 2>/dev/null; echo $? >&2",
    "output to a file from here on": (
        "echo a\nexec >log 2>&1\necho b\nls nosuch || cat log >/dev/null"
    ),
    "an exit trap that prints on both": "trap 'echo out; echo err >&2' EXIT\nexec 2>&1\nexit 3",
    "unset variables are an error": "set -u\necho a\necho $nosuch\necho never",
    "a substitution that fails": "set -e\nx=$(echo in; false)\necho never",
    "a function in a condition": (
        "set -e\nf() { false; echo on; }\nif f; then echo yes; fi\nf && echo x\nf\necho never"
    ),
    "an alias is none": "alias e='echo never'\ne 2>/dev/null || echo $?",
    "the file has no last newline": "echo a\nprintf b",
    "exit of a background job": "set -e\nfalse &\nwait $! || echo $?\necho on",
    "more than an exit code holds": "exit 300",
    "posix mode": "set -o posix\necho a\nexport -p >/dev/null\nreadonly R=1\necho b",
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
    compare(
        home, "".join(f"echo '== {what}'\n{text}\n" for what, text in GO_ON.items()), "continue"
    )


@pytest.mark.parametrize("what", END)
def test_a_script_ends_as_it_does_in_bash(home: Home, what: str) -> None:
    compare(home, END[what])


def compare(home: Home, text: str, on_error: str = "stop") -> None:
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
    argv = ["rewind", "run", "r", "--on-error", on_error, "--shell", str(bash.path), *words]
    found = run(home, argv, stdin)
    assert found.out == expected.out, found.err
    if bash.version >= (5, 0):
        # Before, errors begin with the name that nothing can set.
        assert said(found.err) == said(expected.err)
    assert found.code == expected.code


def said(err: str) -> list[str]:
    """What was printed as an error: but for what rewind adds, and for the line's number, which an
    interactive bash does not say."""
    lines = [_LINE.sub(": ", line) for line in err.splitlines()]
    return [line for line in lines if not line.startswith("rewind: ")]
