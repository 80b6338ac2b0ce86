from rewind.repl.mishap import told


def test_a_fault_beside_the_line_is_one_line_and_a_hint() -> None:
    said = told({"message": "Exception in callback", "exception": KeyError("a\nb")}).decode()
    first, hint, rest = said.split("\n")
    assert first.startswith("rewind: error: KeyError: ")
    assert "REWIND_DEBUG=1" in hint
    assert rest == ""


def test_a_fault_without_an_exception_is_told_by_its_message() -> None:
    assert b"rewind: error: Task was destroyed" in told({"message": "Task was destroyed"})
