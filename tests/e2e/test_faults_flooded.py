"""Recorded shells killed while a flood of output waits to be compressed. REWIND_TEST_KILLS is twice
how often; on a machine so busy that it has no time to wait, kills count that found none waiting."""

import os
import random
from pathlib import Path

import pytest

from harness.flooding import Floods, Moment
from harness.places import Home

TRIES = max(1, int(os.environ.get("REWIND_TEST_KILLS", "2")) // 2)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("moment", ["filling", "settling", "ending"])
def test_a_flood_that_was_put_aside_is_whole_after_a_kill_and_is_not_left_aside(
    moment: Moment, tmp_path: Path
) -> None:
    floods = Floods(Home(tmp_path / "home"), moment, random.Random(moment))
    while floods.filled < TRIES and floods.rounds < 2 * TRIES:
        floods.round()
    assert floods.whole + floods.cut_off > 0
