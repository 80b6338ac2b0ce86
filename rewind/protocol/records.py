"""What the prompt hook says beside the terminal, over a FIFO: NUL-separated fields.

    D  NONCE  STATUS  PIPESTATUS  PWD  PROMPT  PROCESSES  JOBS

PROMPT is empty, or 'x' and what a PS1 that cannot carry marks (it is readonly) expands to. The last
two are what `jobs -rl` and `jobs -r` print.
"""

from dataclasses import dataclass

from rewind.protocol.jobs import Job, listed

_FIELDS = 8
_LONGEST = 1 << 20
"""Bytes of one field: a job's command may be long."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The facts of a command that has ended."""

    nonce: str
    exit_code: int
    pipestatus: tuple[int, ...]
    cwd: str
    prompt: bytes | None = None
    """The prompt that follows, where it has no marks."""
    jobs: tuple[Job, ...] = ()
    """The jobs that run on."""


class RecordReader:
    """Puts records together from a FIFO's bytes. Any program of the same user can write to it: what
    does not begin with a D and the nonce is passed over, be it a record in all else."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes, nonce: str) -> list[Ended]:
        """Take what has come, and return the records that carry `nonce`."""
        fields = (self._held + data).split(b"\0")
        last = fields.pop()[-_LONGEST:]
        wanted = nonce.encode()
        found = []
        at = 0
        while at < len(fields):
            # What somebody else has written may end without a NUL.
            if not fields[at].endswith(b"D") or fields[at + 1 : at + 2] not in ([], [wanted]):
                at += 1
                continue
            if at + _FIELDS > len(fields):
                break
            record = _ended(fields[at + 1 : at + _FIELDS])
            if record is not None:
                found.append(record)
            at += 1 if record is None else _FIELDS
        self._held = b"\0".join([field[-_LONGEST:] for field in fields[at:]] + [last])
        return found


def numbers(text: str) -> tuple[int, ...]:
    """The exit codes in `text`, separated by spaces; none where it is something else."""
    words = text.split()
    return tuple(int(w) for w in words) if all(w.isdecimal() and len(w) < 8 for w in words) else ()


def _ended(fields: list[bytes]) -> Ended | None:
    nonce, status, pipestatus, cwd = (f.decode("utf-8", "surrogateescape") for f in fields[:4])
    code = numbers(status)
    if len(code) != 1:
        return None
    prompt, long, standard = fields[4:]
    shown = prompt[1:] if prompt else None
    return Ended(nonce, code[0], numbers(pipestatus) or code, cwd, shown, listed(long, standard))
