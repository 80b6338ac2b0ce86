"""What lines are called that nobody names."""

from rewind.model.names import branch_name, check_session_name


def test_a_branch_is_called_after_its_parent_and_place():
    assert branch_name("deploy", 45) == "deploy-branch-45"
    assert branch_name("deploy", "start") == "deploy-branch-start"


def test_a_name_that_is_taken_gets_a_number():
    assert branch_name("s", 1, {"s-branch-1", "s-branch-1-2"}) == "s-branch-1-3"


def test_branches_of_branches_without_end_have_names_that_are_allowed():
    taken: set[str] = set()
    for root in ("s", "x" * 200):
        name = root
        for place in range(300):
            name = branch_name(name, place, taken)
            assert check_session_name(name) not in taken
            taken.add(name)
