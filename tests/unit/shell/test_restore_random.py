"""Random programs in a real bash, and random jumps between the states they leave."""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.bash_lines import LINES
from rewind.model.changes import differences
from rewind.shell.restore import needs_new_bash

PROGRAMS = st.lists(LINES, min_size=1, max_size=8).map("\n".join)


@given(
    programs=st.lists(PROGRAMS, min_size=2, max_size=4),
    jumps=st.lists(st.integers(0, 4), min_size=2, max_size=5),
)
@settings(
    max_examples=int(os.environ.get("REWIND_TEST_EXAMPLES", "25")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_any_state_comes_back_from_any_other(tmp_path_factory, bash_in, programs, jumps):
    bash = bash_in(tmp_path_factory.mktemp("random"))
    states = [bash.state]
    for program in programs:
        states.append(bash.after(program))
    current = states[-1]
    for jump in jumps:
        target = states[jump % len(states)]
        assert needs_new_bash(current, target) == []
        for file in bash.home.rglob("hostile"):
            file.unlink()  # an assignment to an integer has run it
        reached = bash.restore(current, target)
        found = [f"{item.what}: {item.why}" for item in differences(target, reached)]
        assert found == []
        assert not list(bash.home.rglob("hostile"))
        current = reached
    bash.close()
