import json
from collections.abc import Callable
from typing import Any

import pytest
from inline_snapshot import snapshot

from rewind.model.hit import Hit
from rewind.model.state import State, Variable
from rewind.render.found import rows
from rewind.render.style import Style

Rewind = Callable[..., Any]


def test_search_finds_commands_and_output_newest_first(tree: Any, rewind: Rewind) -> None:
    ran = rewind("search", "KUBE")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == snapshot("""\
deploy:4 $ kubectl get pods
deploy:3 $ kubectl apply -f x.yml
""")
    assert rewind("search", "denied").out == "deploy:3 > denied\n"


def test_search_is_narrowed_by_its_options(tree: Any, rewind: Rewind) -> None:
    assert rewind("search", "make", "--failed").out == "deploy-branch-1:2 $ make test\n"
    assert rewind("search", "make", "--session", "idle").out == "idle:1 $ make\n"
    assert rewind("search", "e", "--in", "output", "--limit", "1").out == "deploy:3 > denied\n"
    assert rewind("search", "^kubectl (get|describe)", "--regex").out == (
        "deploy:4 $ kubectl get pods\n"
    )


def test_search_says_that_there_is_more_and_that_there_is_nothing(
    tree: Any, rewind: Rewind
) -> None:
    ran = rewind("search", "kube", "--limit", "1")
    assert ran.out == "deploy:4 $ kubectl get pods\n"
    assert ran.err == "rewind: there is more than these 1; --limit 0 shows all\n"
    assert rewind("search", "kube", "--limit", "2").err == ""
    ran = rewind("search", "nowhere")
    assert (ran.code, ran.out, ran.err) == (0, "", "rewind: nothing was found\n")


def test_search_json_has_the_keys_of_the_contract(tree: Any, rewind: Rewind) -> None:
    assert json.loads(rewind("search", "denied", "--json").out) == snapshot(
        [
            {
                "session": "deploy",
                "number": 3,
                "command": "kubectl apply -f x.yml",
                "exit_code": 1,
                "where": "output",
                "line": "denied",
            }
        ]
    )
    assert json.loads(rewind("search", "nowhere", "--json").out) == []


def test_search_json_covers_credentials_and_says_so(record: Any, rewind: Rewind) -> None:
    secret = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    record.session("a")
    record.step("a", f"export GITHUB_TOKEN={secret}", output=f"token {secret}\r\n".encode())
    ran = rewind("search", "token", "--json")
    assert secret not in ran.out
    assert len(json.loads(ran.out)) == 2
    assert "covered" in ran.err
    assert secret in rewind("search", "token").out


@pytest.mark.parametrize("word", ["begin", "end of it"])
def test_search_json_covers_a_credential_that_its_line_has_only_a_part_of(
    record: Any, rewind: Rewind, word: str
) -> None:
    token = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    folded = f"begin {'x' * 50} {token[:20]}\r\n{token[20:]} end of it\r\n"
    record.session("a")
    record.step("a", "cat", output=folded.encode())
    ran = rewind("search", word, "--json")
    (found,) = json.loads(ran.out)
    assert token[:20] not in found["line"] and token[20:] not in found["line"]
    assert "[redacted:GITHUB_TOKEN]" in found["line"] and word in found["line"]
    assert "a credential was covered" in ran.err


def test_search_json_knows_what_a_variable_held(record: Any, rewind: Rewind) -> None:
    record.session("a")
    state = State(variables={"DB_PASSWORD": Variable("x", "c0rrect-horse")})
    record.step("a", "./deploy", output=b"connecting with c0rrect-horse\r\n", state=state)
    ran = rewind("search", "connecting", "--json")
    assert json.loads(ran.out)[0]["line"] == "connecting with [redacted:DB_PASSWORD]"


def test_search_shows_control_characters_as_text(tree: Any, rewind: Rewind) -> None:
    assert rewind("search", "printf").out == "deploy-branch-1:3 $ printf '\\x1b[31m'\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["("], ""),
        (["(", "--regex"], "rewind: error: '(' is no regular expression"),
        ([""], "rewind: error: search needs a text to look for"),
        (["x", "--in", "input"], "rewind: error: --in takes 'command' or 'output', not 'input'"),
    ],
)
def test_search_refuses_what_it_cannot_look_for(
    tree: Any, rewind: Rewind, words: list[str], said: str
) -> None:
    ran = rewind("search", *words)
    assert ran.code == (2 if said else 0)
    assert ran.err.startswith(said)


def hit(line: str) -> Hit:
    return Hit("a", 7, line, 0, "command", line)


def shown(line: str, text: str, columns: int | None, *, regex: bool = False) -> str:
    (row,) = rows([hit(line)], text, regex, Style(True), columns)
    return row.replace("\x1b[1m\x1b[33m", "<").replace("\x1b[0m\x1b[0m", ">").split(" ", 2)[2]


def test_matches_are_highlighted_on_a_terminal() -> None:
    assert shown("make Make remake", "make", None) == "<make> <Make> re<make>"
    assert shown("a1 b22", r"\d+", None, regex=True) == "a<1> b<22>"
    assert shown("abc", "x*", None, regex=True) == "abc"


def test_a_long_line_is_cut_around_its_first_match() -> None:
    line = "x" * 100 + "needle" + "y" * 100
    assert shown(line, "needle", 46) == "…" + "x" * 13 + "<needle>" + "y" * 19 + "…"
    assert shown("needle" + "y" * 100, "needle", 26) == "<needle>" + "y" * 13 + "…"
    assert shown("日" * 30 + "needle", "needle", 36).endswith("<needle>")
