from rewind.repl.changes import Change, Changes


def after(changes: Changes, *lines: str) -> str:
    for before, line in zip(("", *lines), lines, strict=False):
        changes.note(before, line, len(line))
    return lines[-1]


def test_characters_typed_one_after_the_other_are_one_step() -> None:
    changes = Changes()
    text = after(changes, "a", "ab", "abc")
    assert changes.undo(text) == ("", 0)
    assert changes.undo("") is None


def test_a_character_of_more_bytes_begins_a_step() -> None:
    changes = Changes()
    text = after(changes, "a", "aé", "aé ")
    assert changes.undo(text) == ("a", 1)


def test_what_was_removed_comes_back_with_the_cursor_behind_it() -> None:
    changes = Changes()
    changes.note("one two three", "one three", 4)
    assert changes.undo("one three") == ("one two three", 8)


def test_what_stands_between_begin_and_end_is_taken_back_at_once() -> None:
    changes = Changes()
    changes.begin()
    changes.note("one two", "two", 0)
    changes.note("two", "x two", 2)
    changes.end()
    assert changes.undo("x two") == ("one two", 4)


def test_of_a_step_that_is_open_the_last_change_is_taken_back() -> None:
    changes = Changes()
    changes.begin()
    changes.note("abc", "Xbc", 1)
    changes.apart()
    changes.note("Xbc", "XYc", 2)
    assert changes.undo("XYc") == ("Xbc", 2)


def test_a_letter_among_its_likes_is_where_the_cursor_is() -> None:
    changes = Changes()
    changes.note("aaaa", "aaaaa", 2)
    assert changes.last == Change(1, "", "a")
