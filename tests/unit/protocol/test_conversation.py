"""Plain conversations: what a bash prints and writes beside the terminal, and the events in it."""

import pytest

from rewind.protocol.conversation import Conversation
from rewind.protocol.events import (
    CommandEnded,
    Continues,
    Event,
    Output,
    PromptReady,
    Repaired,
    Started,
    TakenOver,
    Unmarked,
)
from rewind.protocol.phase import Phase

PASTE_ON, PASTE_OFF = b"\x1b[?2004h", b"\x1b[?2004l"


def mark(nonce: str, rest: str) -> bytes:
    return f"\x1b]7717;{nonce};{rest}\x07".encode()


class Bash:
    """Says what a hosted bash says. `at_readline`: bash itself reads the terminal."""

    def __init__(self) -> None:
        self.at_readline = False
        self.echoes = True
        self.conversation = Conversation("n0", lambda: self.at_readline, lambda: self.echoes)
        self.nonce = "n0"

    def says(self, *data: bytes) -> list[Event]:
        return [event for part in data for event in self.conversation.receive(part)]

    def ends(self, code: int = 0, pipestatus: str = "", cwd: str = "/") -> list[Event]:
        """The hook after a command; the host answers with the next nonce."""
        record = f"D\0{self.nonce}\0{code}\0{pipestatus or code}\0{cwd}\0\0\0\0"
        self.conversation.record(record.encode())
        events = self.says(mark(self.nonce, "D"))
        self.nonce = f"n{int(self.nonce[1:]) + 1}"
        self.conversation.replied(self.nonce)
        return events

    def prompts(self, code: int = 0, text: bytes = b"$ ") -> list[Event]:
        marked = mark(self.nonce, f"A;{code};{code}") + text + mark(self.nonce, "P")
        return self.says(PASTE_ON + mark("n0", "R") + marked)

    def runs(self) -> list[Event]:
        """The host delivers a command; readline echoes it and accepts, PS0 is printed."""
        self.conversation.sent()
        return self.says(b"echo of it", b"\r\n" + PASTE_OFF + b"\r", mark(self.nonce, "C"))


@pytest.fixture
def bash() -> Bash:
    """One that stands at its first prompt."""
    bash = Bash()
    bash.ends()
    bash.prompts()
    return bash


@pytest.fixture
def running(bash: Bash) -> Bash:
    """One that runs a command."""
    bash.runs()
    return bash


def test_a_command_starts_prints_ends_and_is_followed_by_a_prompt(bash: Bash) -> None:
    assert bash.runs() == [Started()]
    assert bash.says(b"one\r\n", b"two") == [Output(b"one\r\n", True), Output(b"two", True)]
    [ended] = bash.ends(3, "0 3", "/srv")
    assert isinstance(ended, CommandEnded)
    assert (ended.facts.exit_code, ended.facts.pipestatus, ended.facts.cwd) == (3, (0, 3), "/srv")
    [ready] = bash.prompts(3, b"/srv$ ")
    assert ready == PromptReady(b"/srv$ ", 3, (3,), hooked=True, executed=True)
    assert bash.conversation.phase is Phase.IDLE


def test_what_comes_between_acceptance_and_start_is_output(bash: Bash) -> None:
    bash.conversation.sent()
    events = bash.says(b"!!", PASTE_OFF + b"\recho again\r\n", mark(bash.nonce, "C"))
    assert events == [Output(b"echo again\r\n", True), Started()]


def test_the_end_of_readline_s_echo_is_found_when_it_is_cut_in_two(bash: Bash) -> None:
    bash.conversation.sent()
    assert bash.says(b"echo x\r\n\x1b[?20", b"04l\r", mark(bash.nonce, "C")) == [Started()]


def test_a_line_that_bash_rejects_ends_in_a_prompt_that_ran_nothing(bash: Bash) -> None:
    bash.conversation.sent()
    complaint = b"bash: !nosuch: event not found\r\n"
    assert bash.says(b"!nosuch\r\n", PASTE_OFF + b"\r" + complaint) == [Output(complaint, True)]
    [ready] = bash.prompts(0)
    assert isinstance(ready, PromptReady)
    assert not ready.hooked
    assert not ready.executed


def test_control_c_at_the_prompt_shows_its_echo_and_nothing_of_readline_s(bash: Bash) -> None:
    bash.conversation.interrupted()
    assert bash.says(b"^C" + PASTE_ON + b"\r\n") == [Output(b"^C\r\n", True)]


@pytest.mark.parametrize("sent_along", [b"", b"\r"], ids=["bash 4.4", "bash 5.0"])
def test_the_line_s_end_after_control_c_is_whole_where_readline_s_mark_stands_before_it(
    bash: Bash, sent_along: bytes
) -> None:
    bash.conversation.interrupted()
    off = PASTE_OFF + sent_along
    shown = bash.says(b"^C" + off + PASTE_ON + off + b"\r\n")
    assert shown == [Output(b"^C\r\n", True)]


def test_a_redraw_that_comes_after_control_c_is_not_the_prompt_that_follows(bash: Bash) -> None:
    bash.conversation.redraws()
    bash.conversation.interrupted()
    assert bash.prompts() == []
    assert bash.says(b"^C\r\n") == [Output(b"^C\r\n", True)]
    bash.ends(130)
    [ready] = bash.prompts(130)
    assert isinstance(ready, PromptReady)
    assert ready.exit_code == 130


def test_an_unfinished_command_asks_for_another_line(bash: Bash) -> None:
    bash.conversation.sent()
    events = bash.says(
        b"for x in 1; do\r\n" + PASTE_OFF + b"\r",
        PASTE_ON + mark(bash.nonce, "S") + b"> " + mark(bash.nonce, "T"),
    )
    assert events == [Continues(b"> ")]
    assert bash.runs() == [Started()]


def test_marks_of_another_nonce_are_neither_shown_nor_believed(running: Bash) -> None:
    forged = mark("n0", "D") + mark("", "P") + mark("zz", "A;0;0")
    assert running.says(b"a" + forged + b"b") == [Output(b"a", True), Output(b"b", True)]
    assert running.conversation.phase is Phase.RUNNING


def test_an_end_without_its_record_is_none(running: Bash) -> None:
    assert running.says(mark(running.nonce, "D")) == []
    assert running.conversation.phase is Phase.RUNNING


def test_a_prompt_with_the_nonce_before_the_answer_tells_that_bash_never_got_it(
    running: Bash,
) -> None:
    former = running.nonce
    assert running.ends()
    assert not running.conversation.unanswered
    running.says(mark(former, "A;0;0") + b"$ " + mark(former, "P"))
    assert running.conversation.unanswered
    running.conversation.replied(former)
    assert not running.conversation.unanswered


def test_what_bash_says_of_a_keys_text_is_not_shown(bash: Bash) -> None:
    bash.conversation.redraws()
    said = b"\r\x1b[K\rbash: syntax error near unexpected token `}'\r\n"
    redrawn = mark("n0", "R") + mark(bash.nonce, "A;0;0") + b"$ " + mark(bash.nonce, "P")
    assert bash.says(said + redrawn) == []
    bash.conversation.redraws()
    assert bash.says(b"\r\x1b[K\r" + b"a job's\r\n" + redrawn) == [Output(b"a job's\r\n", False)]


def test_the_prompt_before_shown_again_is_one_where_bash_has_the_answer(running: Bash) -> None:
    former = running.nonce
    running.ends(2)
    again = mark(former, "A;0;0") + b"$ " + mark(former, "P")
    assert running.says(PASTE_ON + mark("n0", "R") + again) == []
    assert running.conversation.once_more() == PromptReady(b"$ ", 2, (2,), True, True)
    assert running.runs() == [Started()]
    running.ends(3)
    running.says(PASTE_ON + mark("n0", "R") + again)
    assert running.conversation.once_more() == PromptReady(b"$ ", 3, (3,), True, True)


_RAW = b"\x01" + mark("${__rw_n-}", "A;$?;${PIPESTATUS[@]}") + b"${v?}> "
_RAW_END = b"\x01" + mark("${__rw_n-}", "P")


@pytest.mark.parametrize(
    "pieces", [[_RAW + _RAW_END], [_RAW[:1], _RAW[1:] + b"\x01", _RAW_END[1:]]]
)
def test_a_prompt_that_bash_cannot_expand_is_shown_as_it_stands(
    running: Bash, pieces: list[bytes]
) -> None:
    running.ends(1)
    heard = running.says(b"bash: v: unset\r\n", PASTE_ON + mark("n0", "R"), *pieces)
    assert heard == [
        Output(b"bash: v: unset\r\n", False),
        PromptReady(b"${v?}> ", 1, (1,), True, True),
    ]
    assert running.says(b"\r\x1b[K\r" + mark("n0", "R"), *pieces, b"a job's") == [
        Output(b"a job's", False)
    ]
    assert running.runs() == [Started()]
    running.ends(2)
    heard = running.says(PASTE_ON + mark("n0", "R"), *pieces)
    assert heard == [PromptReady(b"${v?}> ", 2, (2,), True, True)]


def test_marks_of_such_a_prompt_are_not_believed_where_readline_has_not_begun(
    running: Bash,
) -> None:
    assert running.says(mark("n0", "R") + _RAW + _RAW_END)[0] == Output(b"\x01", True)
    assert running.conversation.phase is Phase.RUNNING
    running.ends()
    running.says(_RAW + _RAW_END)
    assert running.conversation.phase is Phase.CLOSING


def test_what_readline_redraws_while_the_prompt_stands_is_not_shown(bash: Bash) -> None:
    bash.conversation.redraws()
    assert bash.prompts() == []
    assert bash.says(b"a job's word\r\n") == [Output(b"a job's word\r\n", False)]


def test_cursor_movements_alone_are_no_background_output(bash: Bash) -> None:
    assert bash.says(b"\r\x1b[K\x1b[5C") == []


def test_readline_without_a_prompt_s_marks_is_asked_what_it_reads_for(running: Bash) -> None:
    running.at_readline = True
    assert running.says(b"out" + PASTE_ON) == [Output(b"out", True)]
    assert running.conversation.holds
    assert running.says(mark("n0", "R") + b"bare> ") == [Unmarked()]
    assert not running.conversation.holds
    assert running.says(mark(running.nonce, "Y")) == [Repaired()]


def test_what_read_e_shows_comes_out_when_bash_says_that_it_is_no_prompt(running: Bash) -> None:
    running.at_readline = True
    assert running.says(PASTE_ON + mark("n0", "R") + b"name: ") == [Unmarked()]
    assert running.says(mark(running.nonce, "N")) == [Output(PASTE_ON + b"name: ", True)]


def test_a_prompt_without_a_mode_string_is_another_shell_s(running: Bash) -> None:
    running.at_readline = True
    assert running.says(PASTE_ON + b"zsh% ") == []
    assert running.conversation.holds
    shown = Output(PASTE_ON + b"zsh% ", True)
    assert list(running.conversation.release()) == [TakenOver(), shown]
    assert running.says(PASTE_OFF + b"\r\n", PASTE_ON + b"zsh% ") == [
        Output(PASTE_OFF + b"\r\n", True),
        shown,
    ]


def test_a_mode_string_that_comes_late_is_still_bash_s(running: Bash) -> None:
    running.at_readline = True
    running.says(PASTE_ON)
    list(running.conversation.release())
    assert running.conversation.taken_over
    assert running.says(mark("n0", "R") + b"bare> ") == [Unmarked()]
    assert not running.conversation.taken_over


def test_a_prompt_that_cannot_be_seen_is_told_by_the_record(running: Bash) -> None:
    running.ends(1, cwd="/var")
    ready = running.conversation.unseen()
    assert (ready.exit_code, ready.executed) == (1, True)
    assert running.conversation.phase is Phase.IDLE


def test_newlines_in_a_prompt_are_as_bash_meant_them(bash: Bash) -> None:
    bash.runs()
    bash.ends()
    [ready] = bash.prompts(text=b"first\r\r\nsecond\r\n$ ")
    assert isinstance(ready, PromptReady)
    assert ready.text == b"first\nsecond\n$ "


def test_what_set_v_prints_of_the_hooks_is_hidden(running: Bash) -> None:
    hook = b'{ __rw_pre "$?" "${PIPESTATUS[@]}"; __rw_hush; } >/dev/null 2>&1\r\n'
    assert running.says(b"own\r\n" + hook[:20]) == [Output(b"own\r\n", True)]
    assert running.says(hook[20:] + hook + b"{ __rw_other\r\n") == [
        Output(b"{ __rw_other\r\n", True)
    ]
    assert running.says(b"{ __rw_") == []
    assert running.ends()[0] == Output(b"{ __rw_", True)
    trap = b'case "${FUNCNAME-} $BASH_COMMAND" in (*__rw_*) ;; (*)\r\nown\r\n;; esac\r\n'
    assert running.says(trap * 2 + trap[:-9]) == [Output(b"own\r\n" * 2, False)]
    assert running.says(trap[-9:]) == [Output(b"own\r\n", False)]
    assert running.says(hook + b"own words\r\n") == [Output(b"own words\r\n", False)]


@pytest.mark.parametrize("job", [b"from a job\r\n", b"50 %\r\n\x1b[32mgood\x1b[m\x1b[K\r\n"])
def test_what_a_job_prints_while_bash_serves_the_hosts_key_is_shown(bash: Bash, job: bytes) -> None:
    cleared, drawn = b"\r\x1b[K\r", mark("n0", "R") + mark("n1", "A;0;0") + b"$ " + mark("n1", "P")
    for data in (job + cleared, cleared + job):
        bash.conversation.redraws()
        assert bash.says(data + drawn) == [Output(job, False)]


def test_a_prompt_without_marks_is_no_output_where_it_is_drawn_again(running: Bash) -> None:
    running.at_readline = True
    assert len(running.ends()) == 1
    ready = running.says(PASTE_ON + mark("n0", "R") + b"bare", b"> ")
    assert [type(event) for event in ready] == [PromptReady]
    for _ in range(2):
        running.conversation.redraws()
        assert running.says(b"\r\x1b[K", b"\r" + mark("n0", "R") + b"bare> ") == []


def test_what_a_trap_says_at_the_hosts_key_is_shown_and_the_keys_own_text_is_not(
    bash: Bash,
) -> None:
    cleared, drawn = b"\r\x1b[K\r", mark("n0", "R") + mark("n1", "A;0;0") + b"$ " + mark("n1", "P")
    bash.conversation.sent()
    shown = bash.says(cleared + b"it en", b"ded\r\n" + drawn, b"echo of it\r\n" + PASTE_OFF + b"\r")
    assert shown == [Output(b"it ended\r\n", False)]
    bash.conversation.sent()
    typed = b'{ __rw_load "$_"; } >/dev/null 2>&1\r\n'
    assert bash.says(cleared + typed + drawn, b"echo\r\n" + PASTE_OFF + b"\r") == []
