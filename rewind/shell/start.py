"""How a bash is started."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rewind.errors import BashUnusable
from rewind.shell.locate import Bash
from rewind.shell.process import Process
from rewind.shell.rundir import RunDirectory
from rewind.shell.startup import starts_rewind, startup_files, startup_script
from rewind.shell.streams import Streams


@dataclass(frozen=True, slots=True)
class Start:
    """`rc` is the start-up file that bash reads, `env` its environment. With `login` it reads what
    a login shell reads instead. `plain` is for an output that is no terminal. Commands delivered
    with `joined` have the `streams`."""

    bash: Bash
    rc: Path | None
    env: Mapping[str, str]
    cwd: str | None
    size: tuple[int, int]
    login: bool = False
    plain: bool = False
    streams: Streams | None = None

    def startup(self, rundir: RunDirectory) -> Path | None:
        """The file that bash reads before its first prompt."""
        if self.rc is None:
            return None
        home = Path(self.env.get("HOME") or "/")
        files = startup_files(home, login=True) if self.login else [self.rc]
        if files == [self.rc] and not starts_rewind(self.rc):
            return self.rc
        return rundir.write("startup", startup_script(files))

    def process(self, hooks: Path, env: Mapping[str, str]) -> Process:
        """Start bash, with `hooks` to read first. Raises BashUnusable."""
        argv = [str(self.bash.path), "--init-file", str(hooks), "-i"]
        passed = self.streams.passed if self.streams else ()
        try:
            return Process(argv, env, self.cwd, self.size, passed, plain=self.plain)
        except OSError as error:
            raise BashUnusable(f"bash does not start: {error}") from error
