"""Credentials, in text, bytes, streams, states and changes."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewind.export.recording import Recording
from rewind.export.redact import Redactor
from rewind.export.redacted import learn_from, redacted
from rewind.model.state import Function, State, Variable
from rewind.model.step import Chunk, Step

PEM = (
    "-----BEGIN RSA PRIVATE KEY-----\n"
    + "MIIEpAIBAAKCAQEA7\n" * 30
    + "-----END RSA PRIVATE KEY-----"
)
SECRETS = [
    ("export DB_PASSWORD={}", "hunter2"),
    ("DB_PASSWORD='{}' make", "a b c"),
    ('MY_API_KEY="{}"', "x-99"),
    ("curl -H 'Authorization: Bearer {}' https://x", "abc.def-ghi"),
    ('curl -H "X-Api-Key: {}" https://x', "12345abc"),
    ("curl -u ada:{} https://x", "pa55"),
    ("mysql -h db -u root -p{} app", "s3cr3t"),
    ("deploy --password {} --force", "hunter2"),
    ("deploy --password={} --force", "hunter2"),
    ("sshpass -p {} ssh host", "hunter2"),
    ("docker login -u me -p {} registry", "hunter2"),
    ("redis-cli -h x -a {} ping", "hunter2"),
    ("git clone https://ada:{}@example.org/x.git", "p4ss"),
    ("psql postgresql://app:{}@db:5432/app", "p4ss"),
    ("GET /x?access_token={}&page=2", "tok-1"),
    ('{{"clientSecret": "{}", "id": 7}}', "cs-1"),
    ('{{"token":"{}"}}', "cs-1"),
    ("  password: {}\n  port: 5432", "p4-ss"),
    ("\x1b[01;31m\x1b[KTOKEN\x1b[m\x1b[K={}", "abc123"),
    ("key {} end", "AKIA" + "ABCDEFGHIJ234567"),
    ("key {} end", "ghp_" + "a1" * 18),
    ("key {} end", "github_pat_" + "a1" * 20),
    ("key {} end", "glpat-" + "a1" * 10),
    ("key {} end", "xoxb-" + "1" * 12 + "-abcdef"),
    ("key {} end", "sk_" + "live_" + "a1" * 12),
    ("key {} end", "AIza" + "a" * 35),
    ("key {} end", "npm_" + "a1" * 18),
    ("key {} end", "hf_" + "a" * 34),
    ("key {} end", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dBjftJeZ4CVP"),
    ("before\n{}\nafter", PEM),
]
HARMLESS = [
    "export PATH=/usr/bin:/bin PWD=/srv OLDPWD=/ HOME=/root",
    "echo $TOKEN ${API_KEY} --password $PASSWORD --token=$TOKEN",
    'export TOKEN="$(pass show token)" KEYBOARD=us',
    "TOKEN_FILE=/run/token --password-file=/x PASSWORD_STORE_DIR=/x",
    "max_tokens=512 tokens: 12 monkey=george compass=north",
    "SyntaxError: unexpected token: x",
    "Password: ",
    "TOKEN= make",
    "TOKEN=",
    "password: <your password>",
    "SSH_AUTH_SOCK=/tmp/agent GIT_ASKPASS=/bin/x",
    "mysql -u root -p app",
    "mysqldump --port 3306 app",
    "http://localhost:8080/x @ y",
    "commit 4f2a9c0d1e5b6a7f8091a2b3c4d5e6f708192a3b",
    "grep 'BEGIN RSA PRIVATE KEY' -r .",
    "-p 8080:80 login",
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_credential_is_covered_and_counted(text: str, secret: str) -> None:
    redactor = Redactor()
    before, _, after = text.format("\0").partition("\0")
    covered = redactor.text(text.format(secret))
    assert covered.startswith(before) and covered.endswith(after)
    assert covered[len(before) : len(covered) - len(after)].startswith("[redacted:")
    assert redactor.count == 1
    assert Redactor().bytes(text.format(secret).encode()) == covered.encode()
    again = Redactor()
    assert again.text(covered) == covered
    assert again.count == 0


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_credential_stays(text: str) -> None:
    redactor = Redactor()
    assert redactor.text(text) == text
    assert redactor.count == 0


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(SECRETS),
    st.integers(0, 3),
    st.lists(st.integers(1, 4000), min_size=1, max_size=5),
)
def test_borders_between_chunks_hide_nothing(
    case: tuple[str, str], blocks: int, lengths: list[int]
) -> None:
    line = b"an ordinary line of output, 12345\n"
    text, secret = case
    around = line * (blocks * 1990)
    data = around + text.format(secret).encode() + b"\n" + around
    chunks, at = [], 0
    while at < len(data):
        length = lengths[len(chunks) % len(lengths)]
        chunks.append(Chunk(len(chunks), data[at : at + length]))
        at += length
    redactor = Redactor()
    out = list(redactor.chunks(chunks))
    whole = b"".join(chunk.data for chunk in out)
    assert whole == Redactor().bytes(data)
    assert secret.encode() not in whole
    assert [chunk.at_ms for chunk in out] == sorted(chunk.at_ms for chunk in out)
    assert redactor.count == 1


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=3000), st.integers(1, 50))
def test_any_bytes_come_through_streams_as_through_one_piece(data: bytes, length: int) -> None:
    chunks = [Chunk(at, data[at : at + length]) for at in range(0, len(data), length)]
    whole = b"".join(chunk.data for chunk in Redactor().chunks(chunks))
    assert whole == Redactor().bytes(data)


def test_a_stream_is_covered_with_little_held() -> None:
    held = 0

    def chunks() -> object:
        nonlocal held
        for at in range(2000):
            held += 1
            yield Chunk(at, b"x" * 999 + b"\n")

    most = 0
    for given_back, _ in enumerate(Redactor().chunks(chunks()), start=1):  # type: ignore[arg-type]
        most = max(most, held - given_back)
    assert most < 150


def test_what_a_variable_held_is_covered_where_it_is_printed_later() -> None:
    redactor = Redactor()
    redactor.learn_command("export DEPLOY_TOKEN='gr33n-éléphant'")
    assert redactor.text("using gr33n-éléphant now") == "using [redacted:DEPLOY_TOKEN] now"
    assert redactor.bytes("x gr33n-éléphant".encode()) == b"x [redacted:DEPLOY_TOKEN]"
    redactor.learn("PGPASSWORD", "postgres")
    assert redactor.text("docker run postgres") == "docker run postgres"


def test_a_redacted_recording_shows_no_credential_anywhere(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    secret = "s3cret-Value"
    state = State(
        cwd="/srv",
        variables={
            "API_TOKEN": Variable("x", secret),
            "COPY": Variable("", f"prefix {secret}"),
            "CONFIG": Variable("A", {"password": "other-pw1", "port": "1"}),
            "SECRETS": Variable("a", {0: f"x{secret}"}),
        },
        functions={"f": Function(f"f () \n{{ \n    curl --token={secret}\n}}")},
        aliases={"go": f"TOKEN={secret} run"},
        traps={"EXIT": f"echo {secret}"},
        arguments=(secret,),
        last_argument=secret,
    )
    changes = {
        0: {
            "environment": {
                "added": {"API_TOKEN": secret},
                "changed": {"DB_PASSWORD": ["old-pw-1", "new-pw-2"]},
                "removed": {},
            },
            "variables": {"added": {"CONFIG": {"password": "other-pw1"}}},
            "files": {"added": ["a"], "changed": [], "removed": []},
        }
    }
    made = recording(
        [step(0, f"export API_TOKEN={secret}", labels=(f"with {secret}",)), step(1, "env")],
        [[Chunk(0, f"got {secret[:4]}".encode()), Chunk(3, secret[4:].encode())], []],
        start=state,
        states={0: state, 1: state},
        changes=changes,
    )
    redactor = Redactor()
    learn_from(made, redactor)
    covered = redacted(made, redactor)
    steps = list(covered.steps())
    shown = repr(
        [
            steps,
            [list(covered.output(one)) for one in steps],
            ["".join(covered.text(one)) for one in steps],
            [covered.state(one) for one in steps],
            [covered.changes(one) for one in steps],
            covered.start(),
        ]
    )
    for word in (secret, "other-pw1", "old-pw-1", "new-pw-2"):
        assert word not in shown
    assert covered.changes(steps[0])["files"] == {"added": ["a"], "changed": [], "removed": []}  # type: ignore[index]
    found = covered.state(steps[0])
    assert found is not None and found.variables["CONFIG"].value == {
        "password": "[redacted:password]",
        "port": "1",
    }


def test_what_a_variable_held_for_a_while_is_covered_before_and_after_it_too(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    held = State(variables={"API_TOKEN": Variable("x", "g0ne-by-the-end")})
    steps = [step(n, "./tool", state=f"s{n}") for n in range(3)]
    outputs = [[Chunk(0, b"using g0ne-by-the-end now\r\n")]] * 3
    made = recording(steps, outputs, states={0: State(), 1: held, 2: State()})
    redactor = Redactor()
    learn_from(made, redactor)
    covered = redacted(made, redactor)
    shown = ["".join(covered.text(one)) for one in covered.steps()]
    assert shown == ["using [redacted:API_TOKEN] now"] * 3
