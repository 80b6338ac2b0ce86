import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from typing import Any

import pytest
from inline_snapshot import snapshot

Rewind = Callable[..., Any]


def test_list_draws_sessions_as_a_tree_of_branches(tree: Any, rewind: Rewind) -> None:
    ran = rewind("list")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == snapshot("""\
NAME                STEPS  FAILED  BRANCHED  CREATED           CWD
deploy                  5       1  –         2024-05-01 11:59  ~/place
├─ deploy-branch-1      4       1  at 1      2024-05-01 11:59  ~/place
│  └─ deeper            5       1  at 3      2024-05-01 11:59  ~/place
└─ idle                 3       –  at 2      2024-05-01 11:59  ~/place
""")


def test_list_of_nothing_says_how_to_begin_and_prints_no_data(rewind: Rewind) -> None:
    ran = rewind("list")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == snapshot(
        "rewind: nothing is recorded yet; 'rewind shell NAME' starts a session\n"
    )


def test_list_json_has_the_keys_of_the_contract_in_their_order(tree: Any, rewind: Rewind) -> None:
    found = json.loads(rewind("list", "--json").out)
    assert [session.pop("created_at")[-6:] for session in found] == ["+00:00"] * 4
    assert found == snapshot(
        [
            {
                "name": "deploy",
                "parent": None,
                "branch_point": None,
                "tip": 4,
                "steps": 5,
                "failed": 1,
                "cwd": "/home/place",
            },
            {
                "name": "deploy-branch-1",
                "parent": "deploy",
                "branch_point": 1,
                "tip": 3,
                "steps": 4,
                "failed": 1,
                "cwd": "/home/place",
            },
            {
                "name": "idle",
                "parent": "deploy",
                "branch_point": 2,
                "tip": 2,
                "steps": 3,
                "failed": 0,
                "cwd": "/home/place",
            },
            {
                "name": "deeper",
                "parent": "deploy-branch-1",
                "branch_point": 3,
                "tip": 4,
                "steps": 5,
                "failed": 1,
                "cwd": "/home/place",
            },
        ]
    )
    assert list(json.loads(rewind("list", "--format", "json").out)[0]) == [
        "name",
        "parent",
        "branch_point",
        "created_at",
        "tip",
        "steps",
        "failed",
        "cwd",
    ]


def test_list_shows_the_newest_twenty_and_says_how_many_it_left_out(
    record: Any, rewind: Rewind
) -> None:
    for number in range(23):
        record.session(f"s{number}")
    ran = rewind("list")
    assert [line.split()[0] for line in ran.out.splitlines()[1:]] == [
        f"s{number}" for number in range(3, 23)
    ]
    assert ran.err == "rewind: 3 older ones are not shown; --limit 0 shows all\n"
    assert len(rewind("list", "--limit", "0").out.splitlines()) == 24
    assert len(json.loads(rewind("list", "--json").out)) == 23
    assert len(json.loads(rewind("list", "--json", "--limit=2").out)) == 2


def test_log_has_one_line_for_each_step_of_the_line(tree: Any, rewind: Rewind) -> None:
    assert rewind("log", "deploy").out == snapshot("""\
0 ✓   0      1.2s  ~/place  git pull
1 ✓   0     1m01s  ~/place  make
2 ✓   0      1.2s  ~/place  [looped] for i in 1 2↵do echo $i↵done
3 ✗   1 ↗    1.2s  /etc     kubectl apply -f x.yml
4 ✓   0      1.2s  ~/place  kubectl get pods
""")


def test_log_of_a_branch_begins_with_the_steps_of_its_parent(tree: Any, rewind: Rewind) -> None:
    assert rewind("log", "deeper").out == snapshot("""\
0 ✓   0    1.2s  ~/place  git pull
1 ✓   0   1m01s  ~/place  make
2 ✗   2    1.2s  ~/place  make test
3 ✓   0    1.2s  ~/place  printf '\\x1b[31m'
4 ✓   0    12ms  ~/place  ls
""")


def test_log_graph_draws_all_branches_of_the_tree(tree: Any, rewind: Rewind) -> None:
    drawn = rewind("log", "--graph", "deeper").out
    assert drawn == snapshot("""\
● 0 ✓   0      1.2s  ~/place  git pull
● 1 ✓   0     1m01s  ~/place  make
├─╮
● │ 2 ✓   0      1.2s  ~/place  [looped] for i in 1 2↵do echo $i↵done (idle)
● │ 3 ✗   1 ↗    1.2s  /etc     kubectl apply -f x.yml
│ ● 2 ✗   2      1.2s  ~/place  make test
● │ 4 ✓   0      1.2s  ~/place  kubectl get pods (deploy)
  ● 3 ✓   0      1.2s  ~/place  printf '\\x1b[31m' (deploy-branch-1)
╭─╯
● 4 ✓   0      12ms  ~/place  ls (deeper)
""")
    assert drawn == rewind("log", "--graph", "deploy").out


def test_log_graph_keeps_the_lines_of_steps_that_are_filtered_out(
    tree: Any, rewind: Rewind
) -> None:
    assert rewind("log", "--graph", "--failed", "deploy").out == snapshot("""\
├─╮
● │ 3 ✗   1 ↗    1.2s  /etc     kubectl apply -f x.yml
│ ● 2 ✗   2      1.2s  ~/place  make test
╭─╯
""")


def test_log_json_has_the_keys_of_the_contract_in_their_order(tree: Any, rewind: Rewind) -> None:
    found = json.loads(rewind("log", "deploy", "--json").out)
    assert list(found) == ["session", "steps"]
    assert found["session"]["name"] == "deploy"
    step = found["steps"][2]
    assert len(step.pop("id")) == 36
    assert step == snapshot(
        {
            "number": 2,
            "command": """\
for i in 1 2
do echo $i
done\
""",
            "cwd": "/home/place",
            "cwd_after": "/home/place",
            "exit_code": 0,
            "status": "ok",
            "started_at": "2024-05-01T12:02:00.000+00:00",
            "duration_ms": 1200,
            "output_bytes": 6,
            "session": "deploy",
            "labels": ["looped"],
        }
    )
    assert list(step) == [
        "number",
        "command",
        "cwd",
        "cwd_after",
        "exit_code",
        "status",
        "started_at",
        "duration_ms",
        "output_bytes",
        "session",
        "labels",
    ]


def test_log_graph_json_has_the_steps_of_every_branch(tree: Any, rewind: Rewind) -> None:
    found = json.loads(rewind("log", "idle", "--graph", "--json").out)
    assert [(step["session"], step["number"]) for step in found["steps"]] == [
        ("deploy", 0),
        ("deploy", 1),
        ("deploy", 2),
        ("deploy", 3),
        ("deploy-branch-1", 2),
        ("deploy", 4),
        ("deploy-branch-1", 3),
        ("deeper", 4),
    ]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (["--failed"], [3]),
        (["--limit", "2"], [3, 4]),
        (["--limit", "0"], [0, 1, 2, 3, 4]),
        (["--cwd", "/etc/"], [3]),
        (["--cwd", "~/place", "--limit", "1"], [4]),
        (["--since", "2024-05-01T14:03:00+02:00"], [3, 4]),
        (["--since", "yesterday"], []),
    ],
)
def test_log_shows_only_what_was_asked_for(
    tree: Any, rewind: Rewind, words: list[str], numbers: list[int]
) -> None:
    found = json.loads(rewind("log", "deploy", "--json", *words).out)
    assert [step["number"] for step in found["steps"]] == numbers


def test_log_inside_a_shell_needs_no_name(
    tree: Any, rewind: Rewind, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = rewind("log")
    assert (outside.code, outside.err) == (
        1,
        snapshot("""\
rewind: error: which session? Only inside a recorded shell the name may be left out
rewind: hint: 'rewind list' shows the sessions, 'rewind shell' starts one
"""),
    )
    monkeypatch.setenv("REWIND_SESSION", "idle")
    assert rewind("log").out == rewind("log", "idle").out


def test_log_replaces_bytes_that_are_no_text_in_json(record: Any, rewind: Rewind) -> None:
    record.session("odd")
    record.step("odd", b"echo '\xff\xc3\xa9'".decode(errors="surrogateescape"))
    assert json.loads(rewind("log", "odd", "--json").out)["steps"][0]["command"] == "echo '\ufffdé'"
    assert rewind("log", "odd").out == snapshot("0 ✓   0    1.2s  ~/place  echo '\\udcffé'\n")


def test_a_terminal_gets_colour_and_whole_lines_cut_at_its_width(
    tree: Any, rewind: Rewind, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = _on_terminal(["log", "deploy"], monkeypatch, columns=34)
    lines = shown.replace("\r\n", "\n").splitlines()
    assert "\x1b[31m✗   1 ↗\x1b[0m" in lines[3]
    assert lines[3].endswith("kubectl…")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in _on_terminal(["log", "deploy"], monkeypatch, columns=34)


def _on_terminal(words: list[str], monkeypatch: pytest.MonkeyPatch, columns: int) -> str:
    """What a child process that stands on a terminal of its own prints."""
    monkeypatch.setenv("TERM", "xterm")
    host, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "rewind", *words], stdin=terminal, stdout=terminal, stderr=terminal
    ) as child:
        os.close(terminal)
        shown = b""
        while data := _read(host):
            shown += data
    os.close(host)
    assert child.returncode == 0, shown
    return shown.decode()


def _read(host: int) -> bytes:
    try:
        return os.read(host, 65536)
    except OSError:  # Linux says so when the last process has left the terminal
        return b""


def test_log_marks_the_steps_that_reached_outside_this_machine(record: Any, rewind: Rewind) -> None:
    record.session("deploy")
    record.step("deploy", "make")
    record.step("deploy", "git push origin main")
    record.step("deploy", "bash -c 'kubectl apply -f x.yml'")
    record.step("deploy", "echo kubectl")
    marked = [line.split()[3] == "↗" for line in rewind("log", "deploy").out.splitlines()]
    assert marked == [False, True, True, False]
    graph = rewind("log", "deploy", "--graph").out.splitlines()
    assert [" ↗ " in line for line in graph] == marked
    # Where nothing is marked, there is no column for it.
    assert rewind("log", "deploy", "--limit", "1").out == (
        "3 ✓   0    1.2s  ~/place  echo kubectl\n"
    )


def test_log_marks_what_the_user_says_reaches_outside(
    tree: Any, rewind: Rewind, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config" / "rewind").mkdir(parents=True)
    (tmp_path / "config" / "rewind" / "config.toml").write_text(
        '[reach]\n"^make test" = "asks the test service"\n'
    )
    out = rewind("log", "deploy-branch-1").out
    assert next(line for line in out.splitlines() if "↗" in line).endswith("make test")


def test_log_json_writes_each_step_as_json_does(record: Any, rewind: Rewind) -> None:
    from rewind.render import document

    record.session("odd")
    record.step("odd", 'a "quoted" \\ line\nwith \x01 ü \u2028 \udcff', cwd="/w/\udcfe")
    record.store.label("odd", 0, "lab-el")
    steps = list(record.store.steps("odd"))
    line = record.store.session("odd")
    wanted = {"session": document.session(line), "steps": [document.step(s) for s in steps]}
    assert rewind("log", "odd", "--json").out == document.dumps(wanted) + "\n"


def test_of_a_long_log_only_the_newest_steps_are_looked_at_for_the_mark(
    record: Any, rewind: Rewind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rewind.cli.reached._LOOKED_AT", 2)
    record.session("long")
    for _ in range(4):
        record.step("long", "git push")
    ran = rewind("log", "long")
    assert ["↗" in line for line in ran.out.splitlines()] == [False, False, True, True]
    assert ran.err == "rewind: ↗ is told of the newest 2 only\n"
