"""Whatever the user's start-up files and commands do to bash, it stays recordable."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.hosted import Hosted
from harness.places import Home, bash_under_test

_PREEXEC_04 = r"""
__bp_preexec_interactive_mode=""
precmd_functions=() preexec_functions=()
__bp_set_ret_value() { return ${1:-}; }
__bp_precmd_invoke_cmd() {
    __bp_last_ret_value="$?" BP_PIPESTATUS=("${PIPESTATUS[@]}")
    local f
    for f in "${precmd_functions[@]}"; do
        __bp_set_ret_value "$__bp_last_ret_value"
        "$f"
    done
}
__bp_interactive_mode() { __bp_preexec_interactive_mode="on"; }
__bp_preexec_invoke_exec() {
    [[ -n ${COMP_LINE:-} ]] && return
    [[ -z $__bp_preexec_interactive_mode ]] && return
    [[ ! -t 1 ]] && return
    [[ "$BASH_COMMAND" == __bp_* ]] && { __bp_preexec_interactive_mode=""; return; }
    __bp_preexec_interactive_mode=""
    local f this=$(HISTTIMEFORMAT= history 1 | sed '1 s/^ *[0-9]*[* ]*//')
    for f in "${preexec_functions[@]}"; do "$f" "$this"; done
}
__bp_install() {
    trap '__bp_preexec_invoke_exec "$_"' DEBUG
    PROMPT_COMMAND="__bp_precmd_invoke_cmd;${__bp_user_command:+$__bp_user_command;}__bp_interactive_mode"
    __bp_precmd_invoke_cmd
    __bp_interactive_mode
}
__bp_user_command=${PROMPT_COMMAND-}
PROMPT_COMMAND='__bp_trap_string="$(trap -p DEBUG)"; trap - DEBUG; __bp_install'
bash_preexec_imported="defined" __bp_imported="defined"
preexec() { echo "preexec: $1"; }
precmd() { echo "precmd: $?"; }
preexec_functions+=(preexec)
precmd_functions+=(precmd)
PS1='$ '
"""


def test_the_hooks_of_bash_preexec_run_once_with_the_right_words(
    hosted: Callable[..., Hosted],
) -> None:
    shell = hosted(rc=_PREEXEC_04)
    for command, status in (("false", 1), ("true", 0), ("echo hi", 0), ("bash -c 'exit 7'", 7)):
        ran = shell.run(command)
        said = b"hi\r\n" if "hi" in command else b""
        assert ran.exit_code == status
        assert (
            ran.shown
            == f"preexec: {command}\r\n".encode() + said + f"precmd: {status}\r\n".encode()
        )
        assert ran.ready is not None


def test_the_function_precmd_may_make_the_prompt(hosted: Callable[..., Hosted]) -> None:
    makes = 'precmd() { PS1="[$?] $ "; }\n'
    installs_last = _PREEXEC_04.replace("precmd_functions+=(precmd)\n", "").replace(
        "    __bp_precmd_invoke_cmd\n    __bp_interactive_mode\n}",
        "    precmd_functions+=(precmd)\n    __bp_precmd_invoke_cmd\n    __bp_interactive_mode\n}",
    )
    assert installs_last.count("precmd_functions+=(precmd)") == 1
    shell = hosted(rc=installs_last + makes)
    assert shell.booted.prompt == b"[0] $ "
    for command, status in (("false", 1), ("true", 0), ("(exit 7)", 7)):
        ran = shell.run(command)
        assert (ran.exit_code, ran.prompt) == (status, b"[%d] $ " % status)


@pytest.mark.parametrize(
    "rc",
    [
        "PROMPT_COMMAND='seen=$?,${PIPESTATUS[*]}'",
        "PROMPT_COMMAND=('seen=$?,${PIPESTATUS[*]}' 'also=$?')",
        "p() { seen=$?,${PIPESTATUS[*]}; PS1='$ '; }; PROMPT_COMMAND=p",
        (
            'starship_precmd() { S=$? P=(${PIPESTATUS[@]}); seen="$S,${P[*]}"; PS1="$(echo ">")"; }'
            "\nPROMPT_COMMAND=starship_precmd"
        ),
    ],
)
def test_a_prompt_command_sees_the_status_and_so_does_the_record(
    hosted: Callable[..., Hosted], rc: str
) -> None:
    if "=(" in rc.split("PROMPT_COMMAND")[-1] and bash_under_test().version < (5, 1):
        return
    shell = hosted(rc=rc)
    for command, seen in (("false", "1,1"), ("true|false|true", "0,0 1 0"), ("(exit 9)", "9,9")):
        ran = shell.run(command)
        assert ran.ready is not None and ran.ready.exit_code == int(seen[0])
        assert " ".join(map(str, ran.ready.pipestatus)) == seen[2:]
        assert shell.run("echo $seen").shown == f"{seen}\r\n".encode()


def test_what_is_cut_out_of_prompt_command_or_put_into_it_is_what_runs(
    hosted: Callable[..., Hosted],
) -> None:
    rc = "one() { echo one; }; two() { echo two; }; PROMPT_COMMAND='one;two'\n"
    shell = hosted(rc=rc)
    for change, runs in (
        ("${PROMPT_COMMAND/one;/}", "two"),
        ("$PROMPT_COMMAND$';\\none'", "two one"),
        ('"one;$PROMPT_COMMAND"', "one two one"),
        ('"${PROMPT_COMMAND%one*}echo it\\\\\'s"', "one two it's"),
        ('"${PROMPT_COMMAND/two/echo a}"', "one a it's"),
    ):
        shell.run(f"PROMPT_COMMAND={change}")
        assert shell.run("true").shown.decode().split("\r\n") == [*runs.split(" "), ""]


@pytest.mark.parametrize("what", ["PROMPT_COMMAND", "PS1", "PROMPT_COMMAND PS1", "PS0 PS1 PS2"])
def test_readonly_prompts_leave_the_shell_usable_and_recorded(
    hosted: Callable[..., Hosted], what: str
) -> None:
    shell = hosted()
    shell.run("PROMPT_COMMAND=':' PS1='fixed> '")
    shell.run(f"readonly {what}")
    for command, status in (("echo a; false", 1), ("echo a", 0), ("echo a; (exit 3)", 3)):
        ran = shell.run(command)
        assert (ran.output, ran.exit_code) == (b"a\r\n", status)


@pytest.mark.parametrize("what", ["PROMPT_COMMAND", "PS1"])
def test_prompts_readonly_from_the_start_leave_the_shell_usable(
    hosted: Callable[..., Hosted], what: str
) -> None:
    began = time.monotonic()
    # Before 5.1 a prompt command of the user's hides the status from one without marks.
    own = "PROMPT_COMMAND='true'" if bash_under_test().version >= (5, 1) else ""
    shell = hosted(rc=f"PS1='fixed> '\n{own}\nreadonly {what}\n")
    assert time.monotonic() - began < 5
    for command, status in (("echo a; false", 1), ("echo a", 0)):
        ran = shell.run(command)
        assert (ran.output, ran.exit_code) == (b"a\r\n", status)


@pytest.mark.parametrize(
    "change",
    [
        "PROMPT_COMMAND=",
        "unset PROMPT_COMMAND",
        "PROMPT_COMMAND='user=$?'",
        "PROMPT_COMMAND=(a=1 b=2)",
        "PROMPT_COMMAND+=('c=3')",
        "PROMPT_COMMAND='d=4;'\"$PROMPT_COMMAND\"",
        "PROMPT_COMMAND+=';e=5'",
        "unset PS1 PROMPT_COMMAND",
        "PS1='mine> ' PROMPT_COMMAND=",
        "PS1='two\\nlines> '; unset PROMPT_COMMAND",
    ],
)
def test_what_throws_the_hooks_out_is_recorded_and_so_is_the_next(
    hosted: Callable[..., Hosted], change: str
) -> None:
    if "=(" in change and bash_under_test().version < (5, 1):
        return
    shell = hosted(rc="PS1='box> '\nPROMPT_COMMAND='first=1'\n")
    ran = shell.run(f"echo out; {change}; (exit 4)")
    assert (ran.output, ran.exit_code) == (b"out\r\n", 4)
    for command, status in (("false", 1), ("echo $?", 0), ("(exit 6)", 6)):
        ran = shell.run(command)
        assert ran.exit_code == status
    assert shell.run("echo $?").shown == b"6\r\n"
    shell.run("d= e= c=")
    expected = {"d=4": b"4", "e=5": b"5", "c=3": b"3"}
    for words, value in expected.items():
        if words in change:
            assert shell.run(f"echo ${words[0]}").shown == value + b"\r\n"


_LINE_EDITOR = """\
# What another line editor does that is loaded by a start-up file, as ble.sh is: it asks whether it
# is wanted, and takes the terminal over.
if [[ ${BASH_EXECUTION_STRING+set} ]]; then return 1; fi
EDITOR_LOADED=1 PROMPT_COMMAND=editor_prompts
editor_prompts() { stty raw -echo; printf '\\e[c'; read -rsn 1; }
set +o emacs +o vi
"""


def test_another_line_editor_stands_down_and_all_else_of_the_start_up_file_works(
    hosted: Callable[..., Hosted], home: Home
) -> None:
    (home.path / "editor.sh").write_text(_LINE_EDITOR)
    shell = hosted(
        rc="PS1='$ '\n[[ $- == *i* ]] && source ~/editor.sh\nalias say='echo said'\n"
        "again() { . ~/.bashrc; }\n[[ ${EDITOR_LOADED-} ]] && exit 9\n"
    )
    for _ in range(2):
        assert shell.run("say ${EDITOR_LOADED-no}").shown == b"said no\r\n"
        assert shell.run("(exit 4)").exit_code == 4
        assert shell.run(". ~/.bashrc; again; false").exit_code == 1


def test_sourcing_the_start_up_file_again_installs_nothing_twice(
    hosted: Callable[..., Hosted], home: Home
) -> None:
    shell = hosted()
    shell.run(". ~/.bashrc; . ~/.bashrc")
    for status in (0, 5):
        assert len(shell.run(f"(exit {status})").facts) == 1
    assert shell.run("printf '%s\\n' \"${PROMPT_COMMAND[@]}\" | grep -c 'rw_pre'").shown in (
        b"1\r\n",
        b"2\r\n",
    )


@pytest.mark.parametrize(
    "rc",
    [
        "return 0",
        "return 1",
        "set -eu",
        "false\nset -e",
        "echo text; printf 'no newline'",
        "printf() { echo mine; }; read() { :; }; true() { false; }; set() { :; }; local() { :; }",
        "alias printf='echo a' read='echo b' local='echo l' set='echo s' builtin='builtin'",
        "trap 'echo debug' DEBUG",
        "trap 'echo err' ERR; set -E",
        "set -x",
        "shopt -s failglob nullglob extglob",
        "set -o posix",
        "IFS=",
        "exec 3</dev/null",
        "set -k",
        "set -a",
        "umask 777",
        "FUNCNEST=1",
        "set -f",
    ],
)
def test_the_first_prompt_comes_soon_whatever_the_start_up_file_does(
    hosted: Callable[..., Hosted], rc: str
) -> None:
    began = time.monotonic()
    shell = hosted(rc=f"PS1='box> '\n{rc}\n")
    assert time.monotonic() - began < 2
    assert shell.run("builtin echo ok").shown.count(b"ok") >= 1
    assert shell.run("builtin echo ok || (exit 7)").exit_code == 0


@pytest.mark.parametrize(
    "setting",
    [
        "set -u",
        "set -e",
        "set -o posix",
        "set -f",
        "set -C",
        "set -k",
        "IFS=0",
        "umask 777",
        "shopt -s failglob",
        "FUNCNEST=1",
        "set -eu -o pipefail -o noclobber",
        "readonly IFS",
        "ulimit -f 0",
        "set -B; set -h",
        "LC_ALL=C",
        "LC_ALL=POSIX; LANG=C",
        "TERM=dumb",
        "BASH_COMPAT=4.2",
        "shopt -s nocasematch",
        "shopt -s nullglob dotglob",
        "HISTFILE=/dev/null HISTSIZE=0",
        "set +o history",
        "set -o ignoreeof",
        "PATH=/nowhere",
        "TMOUT=60",
    ],
)
def test_five_prompts_on_the_shell_lives_and_the_setting_stands(
    hosted: Callable[..., Hosted], setting: str
) -> None:
    shell = hosted()
    shell.run(setting)
    before = shell.run('echo "$- $BASHOPTS $SHELLOPTS"').shown
    for _ in range(4):
        assert shell.run("! true").exit_code == 1
        assert shell.run("builtin echo ok").shown == b"ok\r\n"
        assert shell.run("[[ a == b ]] || (exit 3) || true").exit_code == 0
    assert shell.run('echo "$- $BASHOPTS $SHELLOPTS"').shown == before


def test_the_folder_where_host_and_bash_meet_may_vanish(hosted: Callable[..., Hosted]) -> None:
    shell = hosted()
    folder = shell.shell.rundir.path
    ran = shell.run(f"rm -rf {folder}; echo gone; (exit 3)")
    assert (ran.output, ran.exit_code) == (b"gone\r\n", 3)
    assert folder.exists()
    ran = shell.run("echo back; false")
    assert (ran.output, ran.exit_code) == (b"back\r\n", 1)
    assert shell.state


def test_the_working_folder_may_vanish(hosted: Callable[..., Hosted], home: Home) -> None:
    shell = hosted()
    shell.run("mkdir d; cd d; rmdir ../d")
    assert shell.run("echo a; false").exit_code == 1
    assert shell.state
    assert shell.run("cd ..; pwd").shown == f"{home.work}\r\n".encode()


def test_redirections_for_good_do_not_hide_the_status(hosted: Callable[..., Hosted]) -> None:
    shell = hosted()
    for redirect in (
        "exec 2>err",
        "exec 2>&-",
        "exec 2>/dev/tty",
        "exec 3</etc/passwd",
        "exec >out",
    ):
        shell.run(redirect)
        assert shell.run("(exit 3)").exit_code == 3, redirect
        assert shell.run("true").exit_code == 0, redirect
    shell.run("exec >/dev/tty")
    listed = shell.run("(exec ls -v /proc/$$/fd) >list; tr '\\n' ' ' <list")
    assert listed.shown == b"0 1 2 3 255 "


def test_nothing_of_ours_is_seen_by_programs(hosted: Callable[..., Hosted]) -> None:
    shell = hosted()
    assert shell.run("env | grep -i __rw; env | grep -c ^REWIND_").shown == b"3\r\n"
    assert shell.run("ls -v /proc/self/fd | tr '\\n' ' '").shown == b"0 1 2 3 "
    assert shell.run("export -p | grep -c __rw; declare -Fx | grep -c __rw").shown == b"0\r\n0\r\n"


def test_trace_output_holds_only_the_users_commands(
    hosted: Callable[..., Hosted], home: Home
) -> None:
    shell = hosted()
    shell.run("exec 7>trace; BASH_XTRACEFD=7; set -x")
    shell.run("echo a")
    shell.run("set +x")
    lines = Path(home.work, "trace").read_text().splitlines()
    foreign = [line for line in lines if "__rw_" not in line and not line.startswith("+ builtin")]
    assert [line for line in foreign if line in ("+ echo a", "+ set +x")] == [
        "+ echo a",
        "+ set +x",
    ]
    ours = len(lines) - 2
    assert ours <= 400
