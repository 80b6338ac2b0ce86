import base64
import json
import sys
from collections.abc import Callable
from typing import Any

from inline_snapshot import snapshot

from rewind.cli.main import main
from rewind.model.state import Function, State, Variable

Rewind = Callable[..., Any]

_BEFORE = State(
    cwd="/home/place",
    variables={"PATH": Variable("x", "/bin"), "GONE": Variable("", "old"), "N": Variable("i", "1")},
    functions={"f": Function("f () \n{ \n    :\n}")},
    options=frozenset({"emacs"}),
)
_AFTER = State(
    cwd="/home/place",
    dirstack=("/tmp",),
    variables={
        "PATH": Variable("x", "/opt/bin:/bin"),
        "TOKEN": Variable("x", "a\nb"),
        "N": Variable("i", "2"),
        "LIST": Variable("a", {0: "x", 2: "y"}),
    },
    functions={"g": Function("g () \n{ \n    echo \x1b[31m\n}")},
    aliases={"ll": "ls -l"},
    options=frozenset({"emacs", "errexit"}),
    traps={"EXIT": "echo bye"},
    arguments=("one", "two words"),
)


def _changing(record: Any) -> None:
    record.session("work")
    record.step("work", "setup", state=_BEFORE)
    record.step("work", ". ./env", state=_AFTER, output=b"\x1b[32mloaded\x1b[0m 1%\r99%\r\n\xff\n")


def test_show_tells_what_was_run_how_it_ended_and_which_steps_failed_around_it(
    tree: Any, rewind: Rewind
) -> None:
    assert rewind("show", "deploy", "3").out == snapshot("""\
step 3 of deploy  ✗ exit 1
  command     kubectl apply -f x.yml
  cwd         /etc
  started     2024-05-01 12:03:00, took 1.2s
  note        the token had expired
              ask ops
  files       not tracked

output (8 B)
denied
""")
    assert rewind("show", "deploy", "2").out == snapshot("""\
step 2 of deploy  ✓ exit 0
  labels      looped
  command     for i in 1 2
              do echo $i
              done
  cwd         ~/place
  started     2024-05-01 12:02:00, took 1.2s
  files       not tracked

failures
  after       3 (exit 1)  kubectl apply -f x.yml

output (6 B)
1
2
""")
    assert rewind("show", "deeper:1").out == snapshot("""\
step 1 of deeper  ✓ exit 0
  made on     deploy
  command     make
  cwd         ~/place
  started     2024-05-01 12:01:00, took 1m01s
  files       not tracked

failures
  after       2 (exit 2)  make test

no output
""")


def test_rewind_rewind_is_show(tree: Any, rewind: Rewind) -> None:
    assert rewind("rewind", "deploy", "3").out == rewind("show", "deploy:3").out


def test_show_lists_what_the_step_changed_in_the_shell(record: Any, rewind: Rewind) -> None:
    _changing(record)
    assert rewind("show", "work").out == snapshot("""\
step 1 of work  ✓ exit 0
  command     . ./env
  cwd         ~/place
  started     2024-05-01 12:01:00, took 1.2s
  files       not tracked

changed
  environment + TOKEN=a↵b
  environment ~ PATH: /bin → /opt/bin:/bin
  variables   + LIST=([0]=x [2]=y)
  variables   ~ N: 1 → 2
  variables   - GONE=old
  functions   + g
  functions   - f
  aliases     + ll
  options     + errexit

output (26 B)
99%ded 1%
�
""")


def test_show_json_has_the_keys_of_the_contract_in_their_order(record: Any, rewind: Rewind) -> None:
    _changing(record)
    found = json.loads(rewind("show", "work", "1", "--json").out)
    assert list(found)[-4:] == ["output_text", "output_base64", "pipestatus", "changes"]
    assert base64.b64decode(found["output_base64"]) == b"\x1b[32mloaded\x1b[0m 1%\r99%\r\n\xff\n"
    assert found["output_text"] == "99%ded 1%\n\ufffd\n"
    assert found["pipestatus"] == [0]
    assert list(found["changes"]) == [
        "environment",
        "variables",
        "functions",
        "aliases",
        "options",
        "files",
    ]
    assert found["changes"] == snapshot(
        {
            "environment": {
                "added": {
                    "TOKEN": """\
a
b\
"""
                },
                "changed": {"PATH": ["/bin", "/opt/bin:/bin"]},
                "removed": {},
            },
            "variables": {
                "added": {"LIST": {"0": "x", "2": "y"}},
                "changed": {"N": ["1", "2"]},
                "removed": {"GONE": "old"},
            },
            "functions": {"added": ["g"], "changed": [], "removed": ["f"]},
            "aliases": {"added": ["ll"], "changed": [], "removed": []},
            "options": {"added": ["errexit"], "removed": []},
            "files": {"added": [], "changed": [], "removed": []},
        }
    )


def test_show_state_json_adds_the_state_after_the_step(record: Any, rewind: Rewind) -> None:
    _changing(record)
    found = json.loads(rewind("show", "work", "1", "--state", "--json").out)
    assert list(found)[-2:] == ["changes", "state"]
    assert found["state"] == snapshot(
        {
            "cwd": "/home/place",
            "environment": {
                "PATH": "/opt/bin:/bin",
                "TOKEN": """\
a
b\
""",
            },
            "variables": {
                "LIST": {"attributes": "a", "value": {"0": "x", "2": "y"}},
                "N": {"attributes": "i", "value": "2"},
                "PATH": {"attributes": "x", "value": "/opt/bin:/bin"},
                "TOKEN": {
                    "attributes": "x",
                    "value": """\
a
b\
""",
                },
            },
            "functions": {
                "g": """\
g () \n\
{ \n\
    echo \x1b[31m
}\
"""
            },
            "aliases": {"ll": "ls -l"},
            "shopt": [],
            "set": ["emacs", "errexit"],
            "traps": {"EXIT": "echo bye"},
            "umask": "0022",
            "dirstack": ["/tmp"],
            "arguments": ["one", "two words"],
        }
    )


def test_show_state_is_text_without_a_control_character(record: Any, rewind: Rewind) -> None:
    _changing(record)
    shown = rewind("show", "work", "1", "--state").out
    assert "\x1b" not in shown
    assert shown == snapshot("""\
cwd        /home/place
dirs +1    /tmp
$1         one
$2         two words
umask      0022

environment
  PATH=/opt/bin:/bin
  TOKEN=a↵b

variables
  -a LIST=([0]=x [2]=y)
  -i N=2

aliases
  ll=ls -l

set -o
  emacs
  errexit

traps
  EXIT: echo bye

functions
  g () \n\
  { \n\
      echo \\x1b[31m
  }
""")


def test_show_start_has_a_state_but_no_step(record: Any, rewind: Rewind) -> None:
    _changing(record)
    record.store.set_start("work", record.store.put_state(_BEFORE))
    ran = rewind("show", "work", "start")
    assert (ran.code, ran.err) == (
        1,
        snapshot("""\
rewind: error: before step 0 of 'work' there is no step to show
rewind: hint: --state shows the state it began with
"""),
    )
    assert rewind("show", "work:start", "--state").out.startswith("cwd        /home/place\n")
    assert list(json.loads(rewind("show", "work:start", "--state", "--json").out)) == ["state"]


def test_show_output_is_every_recorded_byte_and_nothing_else(record: Any, capfdbinary: Any) -> None:
    record.session("bytes")
    every = bytes(range(256))
    record.step("bytes", "cat all", output=every)
    sys.stdout.flush()
    assert main(["show", "bytes", "0", "--output"]) == 0
    assert capfdbinary.readouterr().out == every


def test_show_text_is_what_the_screen_showed(record: Any, rewind: Rewind) -> None:
    record.session("bar")
    record.step("bar", "fetch", output=b"10%\r 50%\r100%\r\n\x1b]0;title\x07d\xc3\xb6ne\r\n")
    assert rewind("show", "bar", "0", "--text").out == "100%\ndöne\n"


def test_show_finds_a_label_and_says_so_when_there_is_none(tree: Any, rewind: Rewind) -> None:
    assert rewind("show", "deploy", "looped").out == rewind("show", "deploy:2").out
    for words in (
        ["deploy", "nothing"],
        ["deploy", "77"],
        ["77"],
        ["deploi"],
        ["@"],
        ["a", "b", "c"],
    ):
        ran = rewind("show", *words)
        assert (ran.code, ran.out) == (2 if len(words) == 3 else 1, "")
    assert rewind("show", "deploy", "77").err == snapshot("""\
rewind: error: 'deploy' has no step 77
rewind: hint: its steps are 0 to 4
""")
    assert rewind("show", "77").err == snapshot("""\
rewind: error: '77' needs a session, and this is no recorded shell
rewind: hint: say NAME:77, or start one with 'rewind shell'
""")
    assert rewind("show", "@-").err == snapshot("""\
rewind: error: '@' and '-' name places of a live shell, and this is none
rewind: hint: start one with 'rewind shell', or name the step NAME:N
""")


def test_show_in_two_ways_at_once_is_a_usage_error(tree: Any, rewind: Rewind) -> None:
    assert rewind("show", "deploy", "--output", "--text").code == 2
    assert rewind("show", "deploy", "--output", "--json").code == 2
    assert rewind("show", "deploy", "--state", "--text").code == 2
