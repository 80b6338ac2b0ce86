"""Exported scripts, run by a real bash and read by shellcheck."""

import os
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from rewind.export import sh
from rewind.export.recording import Recording, select
from rewind.export.redact import Redactor
from rewind.model.state import Function, State, Variable
from rewind.model.step import Status, Step

BASH = os.environ.get("REWIND_TEST_BASH", "bash")

DEPLOY = [
    "mkdir -p 'my app'/src && cd 'my app'",
    "printf 'one\\ntwo\\n' > src/list",
    "cat src/list | grep two",
    "grep -c nothing src/list",
    "echo the code was $?",
    "false | true",
    "echo $UNSET_NAME end",
    "false; echo went on",
    "(cd src; ls; false; true)",
    "f() { false; echo \"in f: $1\"; }",
    "f arg",
    "for i in 1 2 3; do\n  echo \"turn $i\"\ndone",
    "cat <<EOF\nhere $((1 + 1))\n  indented\nEOF",
    "cat <<'EOF' | tr a-z A-Z\n$not 'expanded'\nEOF",
    "x=$(false | cat src/list)",
    "echo \"$x\"",
    "cd src",
    "pwd | sed 's/.*\\///'",
    "ls nosuch",
    "cd ..",
    "test -d src && echo yes || echo no",
    "! false",
    "if false; then echo a; else false; echo b; fi",
    "arr=(a 'b c'); echo \"${arr[1]}\"",
    "true | (exit 3) | true",
    "[[ -f src/list ]] && wc -l < src/list",
    "echo \"tab\there\" \\\n  continued",
    "echo 'quo'\\''ted'",
    "shopt -s extglob",
    "echo src/!(nothing)",
]  # fmt: skip


def script_of(recording: Recording, redactor: Redactor | None = None) -> str:
    return "".join(sh.export(recording, redactor))


def run(script: str, tmp_path: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    file = tmp_path / "exported"
    file.write_bytes(script.encode("utf-8", "surrogateescape"))
    home = tmp_path / "elsewhere"
    home.mkdir(exist_ok=True)
    return subprocess.run(
        [BASH, str(file)],
        cwd=home,
        env={"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )


def parses(script: str) -> bool:
    raw = script.encode("utf-8", "surrogateescape")
    return subprocess.run([BASH, "-n"], input=raw, check=False).returncode == 0


def test_a_run_elsewhere_prints_and_ends_every_step_as_recorded(
    bash_recording: Callable[[Sequence[str]], Recording], tmp_path: Path
) -> None:
    recording = bash_recording(DEPLOY)
    script = script_of(recording)
    marked = re.sub(r"(?m)^# step (\d+)$", r"printf '\\1%s\\2' \1", script)
    done = run(marked, tmp_path)
    shown = {
        int(number): text for number, text in re.findall(rb"\x01(\d+)\x02([^\x01]*)", done.stdout)
    }
    kept = {
        step.number: b"".join(chunk.data for chunk in recording.output(step))
        for step in recording.steps()
        if step.exit_code == 0
    }
    assert done.returncode == 0, done.stdout.decode()
    assert shown == kept
    failed = [step.number for step in recording.steps() if step.exit_code]
    assert failed
    for number in failed:
        assert f"# step {number} failed with exit code" in script


def test_the_script_passes_bash_n_and_shellcheck(
    bash_recording: Callable[[Sequence[str]], Recording], tmp_path: Path
) -> None:
    script = script_of(bash_recording(DEPLOY))
    assert parses(script)
    file = tmp_path / "exported.sh"
    file.write_text(script)
    done = subprocess.run(["shellcheck", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_shellcheck_directive_has_a_reason_before_it(
    recording: Callable[..., Recording],
) -> None:
    lines = script_of(recording([])).split("\n")
    directives = [at for at, line in enumerate(lines) if line.startswith("# shellcheck disable=")]
    assert directives
    for at in directives:
        assert lines[at - 1].startswith("# ") and "shellcheck disable" not in lines[at - 1]


@pytest.mark.parametrize(
    "command",
    [
        "vim notes",
        "sudo -u root vim notes",
        "less log",
        "top",
        "psql -h db app",
        "ssh host",
        "ssh -p 22 -i key user@host",
        "python3",
        "python3 -i setup.py",
        "bash",
        "sudo -i",
        "git commit",
        "git rebase -i HEAD~3",
        "git add -p",
        "docker exec -it web sh",
        "kubectl edit deploy/web",
        "crontab -e",
        "read -r answer",
        "tmux attach",
        "env LC_ALL=C man bash",
        "cd x && vim y",
        "fg",
        "exit",
        "exec zsh",
        "!!",
        "sudo !!",
        "echo !$",
        "^a^b^",
        "git log !42",
    ],
)
def test_what_needs_a_person_or_a_live_shell_stands_as_a_comment(
    command: str, step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    script = script_of(recording([step(0, command)]))
    assert f"#   {command}\n" in script
    assert f"\n{command}\n" not in script


@pytest.mark.parametrize(
    "command",
    [
        "psql -h db -c 'select 1'",
        "psql < schema.sql",
        "echo 'select 1' | psql app",
        "ssh host uptime",
        "ssh -p 22 host 'ls -l'",
        "python3 manage.py migrate",
        "python3 -c 'print(1)'",
        "python3 <<'EOF'\nprint(1)\nEOF",
        "git commit -m 'fix'",
        "git commit --amend --no-edit",
        "docker run --rm -v x:y image make",
        "kubectl get pods",
        "less log | cat",
        "top -b -n 1",
        "read -r answer < file",
        'while read -r line; do echo "$line"; done < file',
        "tmux new-session -d -s work",
        "[ 1 != 2 ]",
        "echo 'hi!there'",
        'echo ${!name} "$!"',
        "exec 3<file",
        "vim --version",
    ],
)
def test_what_runs_by_itself_stands_as_it_was_typed(
    command: str, step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    script = script_of(recording([step(0, command)]))
    assert f"\n{command}\n" in script
    assert parses(script)


def test_cd_stands_only_where_the_folder_changes_and_leans_on_home(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    home = "/home/ada"
    start = State(variables={"HOME": Variable("x", home)})
    steps = [
        step(0, "pwd", cwd=home, cwd_after=home),
        step(1, "ls", cwd=home, cwd_after=home),
        step(2, "cd 'my app'", cwd=home, cwd_after=f"{home}/my app"),
        step(3, "make", cwd=f"{home}/my app", cwd_after=f"{home}/my app"),
        step(4, "make test", cwd=f"{home}/it's $x", cwd_after=f"{home}/it's $x"),
        step(5, "ls", cwd="/opt/a b", cwd_after="/opt/a b"),
    ]
    script = script_of(recording(steps, start=start))
    assert [line for line in script.split("\n") if line.startswith("cd ")] == [
        'cd "$HOME"',
        "cd 'my app'",
        "cd \"$HOME\"/'it'\\''s $x'",
        "cd '/opt/a b'",
    ]


def test_credentials_become_references_whatever_quotes_they_stand_in(
    step: Callable[..., Step], recording: Callable[..., Recording], tmp_path: Path
) -> None:
    steps = [
        step(0, "export API_TOKEN=abc-123-def"),
        step(1, "printf '%s\\n' \"token=abc-123-def\" 'token=abc-123-def' $API_TOKEN"),
        step(2, "printf '%s\\n' --password='hunter2 x' --password=\"q9w8e7\""),
        step(3, "cat <<EOF\nSECRET_KEY=k-778899\nEOF"),
        step(4, "cat <<'EOF'\nSECRET_KEY=k-778899\nEOF"),
        step(5, "printf '%s\\n' https://ada:p4ss@example.org/x"),
        step(6, "bash -c 'DB_PASSWORD=zz-1 printenv DB_PASSWORD'"),
        step(7, "echo $'token=abc-123-def\\n'"),
    ]
    redactor = Redactor()
    script = script_of(recording([*steps]), redactor)
    for secret in ("abc-123-def", "hunter2", "q9w8e7", "k-778899", "p4ss", "zz-1"):
        assert secret not in script
    assert "# step 4 holds a credential where bash expands nothing" in script
    assert redactor.count == 6
    assert parses(script)
    names = re.findall(r"(?m)^#   ([A-Z_0-9]+)$", script)
    done = run(script.replace("cd /srv\n", ""), tmp_path, **{name: f"v-{name}" for name in names})
    assert done.returncode == 0, done.stdout.decode()
    assert done.stdout.decode().split("\n") == [
        "token=v-API_TOKEN",
        "token=v-API_TOKEN",
        "v-API_TOKEN",
        "--password=v-PASSWORD",
        "--password=v-PASSWORD_2",
        "SECRET_KEY=v-SECRET_KEY",
        "https://ada:v-URL_PASSWORD@example.org/x",
        "v-DB_PASSWORD",
        "token=v-API_TOKEN",
        "",
        "",
    ]
    without = run(script.replace("cd /srv\n", ""), tmp_path)
    assert without.returncode != 0
    assert b"API_TOKEN" in without.stdout


def test_rewind_lines_are_left_out_and_cut_off_steps_say_so(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    steps = [
        step(0, "rewind log"),
        step(1, "make\ninstall", status=Status.INTERRUPTED, exit_code=None, pipestatus=()),
    ]
    script = script_of(recording(steps))
    assert "rewind log" not in script
    assert "# step 1 was cut off:\n#   make\n#   install\n" in script


def test_a_failed_step_says_what_it_had_changed(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    failed = step(0, "X=1; false", status=Status.FAILED, exit_code=1, pipestatus=(1,))
    changes = {0: {"variables": {"added": {"X": "1"}}, "files": {"added": ["a", "b"]}}}
    script = script_of(recording([failed], changes=changes))
    assert "# it had changed variables: X, files: a b\n" in script


def test_functions_and_aliases_from_before_the_recording_come_along_when_called(
    step: Callable[..., Step], recording: Callable[..., Recording], tmp_path: Path
) -> None:
    start = State(
        functions={
            "greet": Function("greet () \n{ \n    loudly hello\n}"),
            "loudly": Function('loudly () \n{ \n    echo "$1!"; false || true\n}'),
            "unused": Function("unused () \n{ \n    :\n}"),
        },
        aliases={"hi": "greet", "other": "true"},
    )
    script = script_of(recording([step(0, "hi", cwd="")], start=start))
    assert "unused" not in script and "other" not in script
    done = run(script, tmp_path)
    assert (done.returncode, done.stdout) == (0, b"hello!\n")


def test_bytes_that_are_no_utf8_reach_the_script_unchanged(
    step: Callable[..., Step], recording: Callable[..., Recording], tmp_path: Path
) -> None:
    command = b"printf '%s' 'caf\xe9 \xff'".decode("utf-8", "surrogateescape")
    script = script_of(recording([step(0, command, cwd="")]))
    assert run(script, tmp_path).stdout == b"caf\xe9 \xff"


def test_a_command_that_does_not_end_cannot_swallow_those_behind_it(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    steps = [step(0, "cat <<EOF\nno end"), step(1, "echo 'open"), step(2, "echo last")]
    script = script_of(recording(steps))
    assert parses(script)
    assert "\necho last\n" in script


def test_only_chosen_steps_are_exported(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    whole = recording(
        [
            step(0, "one"),
            step(1, "two", status=Status.FAILED, exit_code=1),
            step(2, "three"),
            step(3, "four"),
        ]
    )
    script = script_of(select(whole, first=1, last=2, only_ok=True))
    assert "three" in script
    assert not any(word in script for word in ("one", "two", "four"))


def test_numbers_can_be_left_out(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    assert "# step" not in "".join(sh.export(recording([step(0, "ls")]), numbers=False))
