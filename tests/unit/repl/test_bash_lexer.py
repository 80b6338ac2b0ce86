"""Colours of a line that is typed."""

from rewind.repl.bashlexer import pieces


def kinds(text: str, *commands: str) -> list[tuple[str, str]]:
    """The pieces that have a kind and are no blanks."""
    found = pieces(text, lambda word, unfinished: word in commands)
    assert "".join(part for _, part in found) == text
    return [(kind, part) for kind, part in found if kind not in ("", "space", "newline")]


def test_a_command_that_does_not_exist_is_marked_and_its_arguments_are_not() -> None:
    assert kinds("nosuch it -x", "it") == [
        ("unknown", "nosuch"),
        ("argument", "it"),
        ("option", "-x"),
    ]


def test_commands_follow_operators_keywords_and_assignments() -> None:
    text = "A=1 ls | grep x && if true; then ls; fi"
    marked = [part for kind, part in kinds(text, "ls", "grep", "true") if kind == "command"]
    assert marked == ["ls", "grep", "true", "ls"]


def test_the_file_of_a_redirection_is_no_command() -> None:
    assert ("command", "ls") in kinds(">out ls", "ls")
    assert ("unknown", "out") not in kinds(">out ls", "ls")


def test_strings_variables_and_comments_are_told_apart() -> None:
    found = kinds("echo 'a b' \"$x\" ${y} # it's", "echo")
    assert found[1:] == [
        ("string", "'a b'"),
        ("string", '"$x"'),
        ("variable", "${y}"),
        ("comment", "# it's"),
    ]


def test_the_text_of_a_heredoc_is_no_command() -> None:
    found = kinds("cat <<EOF\nnosuch thing\nEOF\nls", "cat", "ls")
    assert ("string", "nosuch thing\nEOF") in found
    assert found[-1] == ("command", "ls")


def test_any_beginning_of_a_line_is_read_to_its_end() -> None:
    text = "f() { echo \"$(ls 'a\\' b\" <<-'E'\n\tx\n\tE\n[[ $a == @(x|y) ]] 2>&1 | `x` $'q\\'' }"
    for end in range(len(text) + 1):
        kinds(text[:end], "echo")
