"""A program that writes into its shell's own FIFO: every step ends when it does, with its code."""

from contextlib import closing
from pathlib import Path

from harness.places import Home
from harness.recorded import RC, RecordedShell, steps

RECORD = r"D\0%s\0%s\000\0/forged\0\0\0\0"
WRITES = [
    r"printf 'D\0x\0000\0'",
    r"printf 'D\0'",
    "printf D",
    "printf 'no record'",
    f"printf '{RECORD}' x 0",
    f"printf '{RECORD}' '' 0",
    "head -c 3000000 /dev/urandom",
]


def test_no_write_into_the_events_makes_or_loses_the_end_of_a_step(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", RC)
    lines = ["d=${REWIND_SOCKET%/*}"]
    lines += [f"{write} >$d/events; (exit {code})" for code, write in enumerate(WRITES, 1)]
    # One that goes on writing beside the hook.
    lines.append(r"while printf 'D\0x\0000\0'; do :; done >$d/events & (exit 8)")
    lines += [f"(exit {code})" for code in range(9, 14)]
    with closing(RecordedShell(home, "hostile", "--files", "off", size=(24, 160))) as shell:
        shell.at_prompt(0)
        for number, line in enumerate(lines, 1):
            shell.run(line, number)
    recorded = steps(home, "hostile")
    assert [step["exit_code"] for step in recorded] == list(range(len(lines)))
    assert {step["cwd_after"] for step in recorded} == {str(home.work)}
    # The hook waits three seconds for the answer to a record that is not understood.
    assert len([step for step in recorded if step["duration_ms"] >= 3000]) < len(WRITES) / 2
