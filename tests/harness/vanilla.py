"""An interactive bash without rewind, driven key by key: what the hosted one is compared with.

Its readline says where output begins and ends: it turns bracketed paste off when it accepts a line
and on before it prompts. Where a prompt ends, the answer to a key of readline's own tells, C-x C-v.
"""

import re
import time
from collections.abc import Mapping
from pathlib import Path

from harness.ran import Moment, Ran
from harness.terminal import PATIENCE
from rewind.shell.locate import Bash
from rewind.shell.process import Process
from rewind.shell.readable import readable

_ON, _OFF = b"\x1b[?2004h", b"\x1b[?2004l"
_PASTE, _END_PASTE = b"\x1b[200~", b"\x1b[201~"
_VERSION_KEY = b"\x18\x16"
_VERSION = re.compile(rb"\r*\nGNU bash, version [^\r\n]*\r\n")


class Vanilla:
    """`bash -i` on a terminal like the hosted one's."""

    def __init__(
        self,
        bash: Bash,
        rc: Path | None,
        env: Mapping[str, str],
        cwd: Path | str,
        size: tuple[int, int] = (24, 80),
    ) -> None:
        argv = [str(bash.path), *(["--rcfile", str(rc)] if rc else ["--norc"]), "-i"]
        self.process = Process(argv, env, str(cwd), size)
        self._bash = bash
        self._heard = b""
        self.booted = self._until_prompt()

    def run(self, command: str, keys: bytes = b"", after: bytes | None = None) -> Ran:
        """Enter `command`; once it has shown `after` (None: once a program runs), press `keys`."""
        self._heard = b""
        text = command.encode("utf-8", "surrogateescape")
        self._write(_PASTE + text + _END_PASTE + b"\r")
        return self._until_prompt(keys, after)

    def press(self, keys: bytes) -> Ran:
        """Press keys that make readline give its line back."""
        self._heard = b""
        self._write(keys)
        return self._until_prompt()

    def close(self) -> None:
        """Hang up, and wait until bash has written its history."""
        self.process.close()
        end = time.monotonic() + PATIENCE
        while self.process.poll() != "ended" and time.monotonic() < end:
            time.sleep(0.002)

    def _until_prompt(self, keys: bytes = b"", after: bytes | None = None) -> Ran:
        end = time.monotonic() + PATIENCE
        asked = False
        moment = Moment(after)
        while True:
            text = self._heard
            at = text.rfind(_OFF)
            output = text[at + len(_OFF) :] if at >= 0 else text
            if keys and at >= 0 and moment.has_come(self.process, output):
                self._write(keys)
                keys = b""
            prompt_at = output.rfind(_ON)
            if prompt_at >= 0:
                if not asked:
                    self._write(_VERSION_KEY)
                    asked = True
                found = _VERSION.search(output, prompt_at)
                if found:
                    shown = self._shown(text)
                    return Ran(shown, output[prompt_at + len(_ON) : found.start()])
            if self.process.poll() == "ended":
                self._read(0)
                return Ran(self._shown(self._heard), ended=self.process.status)
            if time.monotonic() > end:
                raise AssertionError(f"no prompt: {self._heard[-600:]!r}")
            self._read(0.05)

    def _shown(self, text: bytes) -> bytes:
        """What came after each accepted line and before the prompt after it."""
        # bash 4.4 does not send a return with it: one that follows is the output's.
        end = re.escape(_OFF + b"\r" if self._bash.version >= (5, 0) else _OFF)
        # Where the terminal does not echo, the line ends after it.
        accepted = re.compile(b"(?<=\n)" + end + b"|" + end + b"(?:\r\n)?")
        return b"".join(part.split(_ON)[0] for part in accepted.split(text)[1:] or [text])

    def _read(self, seconds: float) -> None:
        readable([self.process.master], seconds)
        self._heard += self.process.read()

    def _write(self, data: bytes) -> None:
        while data:
            done = self.process.write(data)
            data = data[done:]
            if not done:
                self._read(0.01)
