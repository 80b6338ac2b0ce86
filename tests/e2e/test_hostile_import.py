"""A session from a file that somebody made up: importing it, opening it and working in it runs
nothing of it. And whatever the umask, what is recorded is the user's alone."""

import json
import os
import stat
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.places import Home
from harness.recorded import RecordedShell, rewind
from rewind.export.state_json import state_to_json
from rewind.model.state import Function, State, Variable


def hostile(run: str, environment: Mapping[str, str]) -> State:
    """A state that tries in every way to run `run` by itself, and has `environment` too."""
    text = f"$({run})"
    return State(
        cwd="/tmp",
        dirstack=(text, f"'; {run}; '"),
        variables={
            **{name: Variable("x", value) for name, value in environment.items()},
            "PROMPT_COMMAND": Variable("", run),
            "PS0": Variable("", text),
            "PS1": Variable("", f"{text}> "),
            "PS2": Variable("", text),
            "PS4": Variable("", text),
            "BASH_ENV": Variable("x", f"/dev/null {text}"),
            "HISTFILE": Variable("", f"/tmp/{text}"),
            "HISTIGNORE": Variable("i", f"a[{text}]"),
            "HISTTIMEFORMAT": Variable("n", f"a[{text}]"),
            "OLDPWD": Variable("n", f"a[{text}]"),
            "IFS": Variable("n", f"a[{text}]"),
            "RANDOM": Variable("", f"a[{text}]"),
            "SECONDS": Variable("i", f"a[{text}]"),
            "precmd_functions": Variable("a", {0: run}),
            f"x;{run};": Variable("", run),
            "kept": Variable("x", f"it's {text}"),
        },
        functions={
            "f": Function(f"f () \n{{ \n    :\n}}\n{run}\n"),
            "g": Function(f"g () \n{{ \n    :\n}}; {run}\n"),
            "h": Function(f"h () \n{{ \n    :; }}; {run}; {{ :\n}}\n"),
            "builtin": Function(f"builtin () \n{{ \n    {run}\n}}\n"),
            "__rw_pre": Function(f"__rw_pre () \n{{ \n    {run}\n}}\n"),
            "good": Function("good () \n{ \n    echo still good\n}\n"),
        },
        aliases={"{": f"{run}; {{", "[[": f"{run}; [[", "__rw_post": run, "__rw_loud": run},
        traps=dict.fromkeys(("DEBUG", "EXIT", "ERR", "RETURN", "SIGCHLD", "SIGWINCH"), run),
        options=frozenset({"functrace", "errtrace", f"xtrace; {run}", "emacs"}),
        shopt=frozenset({"extdebug", f"extglob; {run}", "promptvars", "expand_aliases"}),
        umask=f"022; {run}",
        limits={"n": f"100; {run}", f"c 0; {run};": "0"},
        completions={"x": f"complete -W x x; {run}", "y": f"complete -W {text} y"},
        hashed={f"ls; {run}": text},
        last_argument=text,
    )


def document(run: str, environment: Mapping[str, str]) -> str:
    step = {
        "command": "true",
        "cwd": "/tmp",
        "exit_code": 0,
        "pipestatus": [0],
        "status": "ok",
        "started_at": "2024-05-01T12:00:00+00:00",
        "duration_ms": 1,
        "output": [],
    }
    states = [
        {"state_id": str(n), "state": state_to_json(hostile(run, environment))} for n in range(2)
    ]
    return json.dumps(
        {
            "rewind": {"format": 1},
            "session": {"name": "given", "cwd": "/tmp"},
            "start": states[0]["state"],
            "steps": [{**step, "number": number, **state} for number, state in enumerate(states)],
        }
    )


def test_an_imported_session_runs_nothing_when_it_is_opened(
    home: Home, recorded: Callable[..., RecordedShell], tmp_path: Path
) -> None:
    hit = tmp_path / "HIT"
    file = tmp_path / "given.json"
    file.write_text(document(f"echo >>{hit}", home.env()))
    rewind(home, "import", str(file))
    assert not hit.exists()
    shell = recorded("given", "--files", "off", size=(60, 200))
    shell.wait_for("not restored: variable PROMPT_COMMAND (imported, and would act by itself)")
    shell.wait_for("not restored: trap EXIT (imported, and would act by itself)")
    shell.at_prompt(2)
    assert shell.run("good", 3) == "still good"
    shell.run("[[ $kept == it* ]] && echo kept", 4)
    shell.resize(50, 190)
    shell.enter("rewind goto 0")
    shell.wait_for("now after step 0")
    shell.at_prompt(1)
    assert shell.run('printf "%s\\n" "${kept:0:6}"', 2) == "it's $"
    assert shell.leave() == 0
    at = subprocess.run(
        [str(home.install_rewind()), "at", "given:1", "--", "good"],
        env=home.env(), cwd=home.work, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert "still good" in at.stdout, at.stderr
    assert not hit.exists()


@pytest.mark.parametrize("umask", [0o000, 0o002])
def test_everything_that_is_kept_is_the_user_s_alone_whatever_the_umask(
    home: Home, umask: int
) -> None:
    (home.work / "tracked").mkdir()
    (home.work / "tracked" / "file").write_text("text")
    show = 'stat -c "mode %a" "${REWIND_SOCKET%/*}" "${REWIND_SOCKET%/*}"/*'
    done = subprocess.run(
        [str(home.install_rewind()), "shell", "s", "--files", str(home.work / "tracked")],
        env=home.env(), cwd=home.work / "tracked", umask=umask, capture_output=True, text=True,
        input=f"umask\necho more >file\n{show}\n",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    modes = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("mode ")]
    assert len(modes) > 6
    assert set(modes) == {"700", "600"}
    exported = home.work / "out.html"
    for words in (["export", "s", "-f", "html", "-o", str(exported)], ["list"], ["gc"]):
        subprocess.run(
            [str(home.install_rewind()), *words], env=home.env(), umask=umask, check=True,
            capture_output=True,
        )  # fmt: skip
    assert stat.S_IMODE(exported.stat().st_mode) == 0o600
    kept = [home.rewind_home, *home.rewind_home.rglob("*")]
    assert len(kept) > 5
    # What is in a folder that only the user can enter is the user's alone.
    assert stat.S_IMODE(home.rewind_home.stat().st_mode) == 0o700
    for path in kept:
        if path.parent == home.rewind_home or path == home.rewind_home:
            assert not path.stat().st_mode & 0o077, path


def test_a_store_in_a_folder_of_another_user_is_refused(home: Home, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir(mode=0o755)
    (taken / "something").write_text("of theirs")
    if os.geteuid() == 0:
        os.chown(taken, 65534, 65534)
    for words in (["list"], ["shell", "x"], ["export", "x"], ["doctor"]):
        done = subprocess.run(
            [str(home.install_rewind()), *words], env=home.env(REWIND_HOME=str(taken)),
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert "Traceback" not in said
        if words == ["shell", "x"]:
            assert done.returncode == 1
            assert "belongs to another user" in said or "is open to other users" in said
    assert [path.name for path in taken.iterdir()] == ["something"]
    assert stat.S_IMODE(taken.stat().st_mode) == 0o755
