"""What is typed while the terminal shows nothing of it is nowhere in the record."""

import sys
from collections.abc import Callable
from pathlib import Path

from harness.places import Home
from harness.recorded import RecordedShell, output, rewind
from rewind.model.statecodec import PARTS, encode_part
from rewind.store import Store

SECRETS = [f"hunter-{word}-42" for word in ("alpha", "beta", "gamma")]

ASKS = """\
import getpass
print("got", len(getpass.getpass("Password: ")))
"""

LIKE_GIT = r"""#!/bin/sh
stty -echo </dev/tty
printf 'Password for https://host: ' >/dev/tty
IFS= read -r password </dev/tty; stty echo </dev/tty
echo >/dev/tty
printf 'username=me\npassword is %s characters\n' ${#password}
"""


def recorded_bytes(home: Home) -> bytes:
    """Everything there is of the record: the files as they are, and what they hold."""
    files = [path for path in home.rewind_home.rglob("*") if path.is_file()]
    found = [path.read_bytes() for path in files]
    with Store(home.rewind_home / "rewind.db", read_only=True) as store:
        for session in store.sessions():
            for step in store.steps(session.name):
                found.append(step.command.encode())
                found += [chunk.data for chunk in store.output(step.id)]
                if step.state is not None:
                    state = store.state(step.state)
                    found += [encode_part(state, part) for part in PARTS]
    return b"\n".join(found)


def test_passwords_are_in_no_output_and_no_state(
    home: Home, recorded: Callable[..., RecordedShell]
) -> None:
    (home.work / "asks.py").write_text(ASKS)
    helper = home.path / "bin" / "credential"
    helper.write_text(LIKE_GIT)
    helper.chmod(0o755)
    shell = recorded("secrets", "--files", "off")
    shell.at_prompt(0)

    def asked(command: str, question: str, secret: str, then: int) -> None:
        shell.enter(command)
        shell.wait_for(lambda: shell.line.strip().endswith(question))
        shell.type(secret + "\r")
        shell.at_prompt(then)

    asked("read -rsp 'Secret: ' pw", "Secret:", SECRETS[0], 1)
    asked(f"{sys.executable} asks.py", "Password:", SECRETS[1], 2)
    assert f"got {len(SECRETS[1])}" in shell.text
    asked("credential", "host:", SECRETS[2], 3)
    assert f"password is {len(SECRETS[2])} characters" in shell.text
    shell.run('export TOKEN="Bearer $pw"; set -- "$pw"; again=$pw', 4)
    shell.run('[[ $pw == hunter* ]] && echo "it is ${#pw} long"', 5)
    assert f"it is {len(SECRETS[0])} long".encode() in output(home, "secrets", 4)
    shell.run("plain=seen", 6)
    shell.enter("rewind goto 3")
    shell.wait_for("not restored: variable pw (was typed unseen, and so never recorded)")
    shell.at_prompt(4)
    # What the shell still has of it, it keeps.
    assert "alpha" in shell.run('echo "${pw#hunter-}"', 5)
    shell.run("unset pw again TOKEN; clear", 6)
    assert shell.leave() == 0

    record = recorded_bytes(home)
    assert b"it is" in record
    assert b"seen" in record
    for secret in SECRETS:
        assert secret.encode() not in record
    assert rewind(home, "search", "hunter-beta", check=False) == ""
    assert not any(SECRETS[0].encode() in path.read_bytes() for path in files_of(home.path))


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
