"""Output without end: memory stays where it is, and of too much the two ends are kept."""

import subprocess
import time
from pathlib import Path

from harness.places import Home
from harness.recorded import output, steps

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
