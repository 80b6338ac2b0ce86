"""Output without end: memory stays where it is, and of too much the two ends are kept."""

import subprocess
import time
from pathlib import Path

from harness.places import Home
from harness.recorded import RecordedShell, output, steps

_MB = 1 << 20


def resident(process: int, field: str) -> int:
    """VmRSS or VmHWM (the peak) of a process, in bytes; proc(5)."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"no {field}")


def test_memory_does_not_grow_with_the_output_and_both_ends_are_kept(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    (home.path / ".config" / "rewind").mkdir(parents=True)
    (home.path / ".config" / "rewind" / "config.toml").write_text("[record]\noutput = 4000000\n")
    host = subprocess.Popen(
        [str(home.install_rewind()), "shell", "large", "--files", "off"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=home.env(),
        cwd=home.work,
    )
    assert host.stdin is not None

    def run(command: str) -> None:
        assert host.stdin is not None
        mark = home.path / "mark"
        host.stdin.write(f"{command}; : > '{mark}'\n".encode())
        host.stdin.flush()
        limit = time.monotonic() + 100
        while not mark.exists():
            assert host.poll() is None and time.monotonic() < limit
            time.sleep(0.01)
        mark.unlink()

    try:
        run("echo ready")
        process = host.pid
        idle = resident(process, "VmRSS")
        run("echo first; seq 4000000; echo last")
        run("true")
        assert resident(process, "VmHWM") - idle < 80 * _MB
    finally:
        _, said = host.communicate(timeout=60)
    assert host.returncode == 0, said
    step = steps(home, "large")[1]
    kept = output(home, "large", 1)
    assert step["output_bytes"] == len(kept)
    assert 4_000_000 <= len(kept) < 4_000_100
    assert kept.startswith(b"first\n1\n2\n") and kept.endswith(b"3999999\n4000000\nlast\n")
    head, mark, tail = kept.partition(b"\r\n[rewind: ")
    assert mark and b" bytes are not kept here]\r\n" in tail
    assert len(head) == 3_000_000


def test_a_state_that_is_too_large_is_not_kept_and_the_shell_goes_on(home: Home) -> None:
    shell = RecordedShell(home, "large", "--files", "off", size=(24, 120))
    shell.at_prompt(0)
    shell.run("kept=1", 1)
    idle = resident(shell.pid, "VmRSS")
    shell.run("large=$(head -c 20000000 /dev/zero | tr '\\0' x)", 2)
    shell.run("other=2", 3)
    told = "the shell's state is too large to be kept"
    shell.run("echo ${#large}", 4)
    assert shell.text.count(told) == 1
    shell.run("rewind goto 0", 4)
    assert "rewind: error: the shell's state is too large to be read" in shell.text
    shell.run("unset large", 5)
    shell.run("echo $kept$other", 6)
    assert "rewind: the shell's state is kept again" in shell.text
    shell.run("rewind goto 0", 1)
    shell.run("echo $kept${other-none}", 2)
    assert "1none" in shell.lines
    assert resident(shell.pid, "VmHWM") - idle < 80 * _MB
    assert shell.leave() == 0
    assert [step["status"] for step in steps(home, "large")] == ["ok"] * 6
