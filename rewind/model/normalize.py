"""Text without what differs from run to run though nothing is different: times, process ids,
addresses, names of temporary files.

Meant for text as the screen showed it. Each rule replaces what it matches with a placeholder in
angle brackets, so that a reader of normalized text sees what was there.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from rewind.errors import UsageError

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AP]M)?(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"
_UNIT = (
    "(?:ns|µs|μs|us|ms|s|m|h|nanoseconds?|microseconds?|milliseconds?|secs?|seconds?|mins?"
    "|minutes?|hours?|days?)"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What `pattern` matches is replaced with `placeholder`, which may name groups as \\1."""

    name: str
    pattern: re.Pattern[str]
    placeholder: str


_TABLE: tuple[tuple[str, str, str], ...] = (
    ("uuid", r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b", "<uuid>"),
    # 2026-11-22T10:00:00.123+01:00, also with a space, a slash, or without the time
    ("timestamp", rf"\b\d{{4}}[-/]\d{{2}}[-/]\d{{2}}(?:[T ]{_CLOCK})?(?![\w-])", "<time>"),
    # Sun Nov 22 10:00:00 UTC 2026 (date), Nov 22 10:00:00 (syslog), 22/Nov/2026:10:00:00 (httpd)
    ("timestamp", (rf"\b(?:{_DAY},? )?{_MONTH} +\d{{1,2}},? (?:\d{{4}} )?{_CLOCK}"
     r"(?: [A-Z]{3,5})?(?: \d{4})?\b"), "<time>"),
    ("timestamp", (rf"\b(?:{_DAY},? )?\d{{1,2}}[ /-]{_MONTH}[ /-]\d{{4}}(?:[ :]{_CLOCK})?"
     r"(?: [A-Z]{3,5}\b)?"), "<time>"),
    # ls -l of an older file
    ("timestamp", rf"\b{_MONTH} [ \d]\d  \d{{4}}\b", "<time>"),
    ("timestamp", rf"(?<![\w:.]){_CLOCK}(?![\w:])", "<time>"),
    # 1m2.345s (time), 3h5m, 0:01.23 elapsed, 12.5ms, 3 seconds
    ("duration", r"\b(?:\d+d)?(?:\d+h)?(?:\d+m)(?:\d+(?:\.\d+)?s)\b|\b\d+h\d+m\b", "<duration>"),
    ("duration", rf"(?<![\w.:-])\d+(?:[.,]\d+)? ?{_UNIT}(?![\w/])", "<duration>"),
    ("duration", r"\b\d+:\d{2}\.\d+(?:elapsed)?\b", "<duration>"),
    # /tmp/tmp.Xy12, /tmp/pytest-of-me/…, /var/folders/… (macOS), /run/user/1000/…
    ("temporary path", r"(?:/private)?(?:/var)?/(?:tmp|folders/\w\w)/[^\s'\":;,)\]}>]+", "<tmp>"),
    ("temporary path", r"/dev/(?:shm|fd|pts)/[^\s'\":;,)\]}>]+|/run/user/\d+", "<tmp>"),
    ("temporary path", r"\btmp[._][A-Za-z0-9]{6,}\b", "<tmp>"),
    ("address", r"\b0x[0-9a-fA-F]{6,}\b", "<address>"),
    # a digest with its algorithm's name, then a bare one (git's short form needs a digit and a
    # letter, so that words and numbers stay)
    ("hash", r"\b(?:sha(?:1|256|384|512)|md5)[:=-][0-9a-zA-Z+/=]{8,}", "<hash>"),
    ("hash", r"\b[0-9a-f]{32,128}\b", "<hash>"),
    ("hash", r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{7,31}\b", "<hash>"),
    # [1] 12345 (a job), pid 12, PID: 12, [12345] and name[12]: (syslog), process 12
    ("pid", r"^(\[\d+\][+-]? +)\d+(?=$| )", r"\1<pid>"),
    ("pid", r"(?i)\b((?:p?pid|process(?: id)?|tid)[ :=#]{1,3})\d+\b", r"\1<pid>"),
    ("pid", r"(?<=\w\[)\d+(?=\]:)", "<pid>"),
    ("pid", r"/proc/\d+\b", "/proc/<pid>"),
    # Only ports that a kernel hands out (Linux: 32768 to 60999, IANA: 49152 to 65535)
    ("port", r"(?<=[\w.\]]:)(?:3[2-9]\d{3}|[45]\d{4}|6[0-5]\d{3})\b(?![.:]\d)", "<port>"),
    ("port", r"(?i)\b(port[ :=#]{1,3})(?:3[2-9]\d{3}|[45]\d{4}|6[0-5]\d{3})\b", r"\1<port>"),
    # seconds, milli-, micro- and nanoseconds since 1970, of the years 2001 to 2065
    ("timestamp", r"(?<![\w.])[12]\d{9}(?:\.?\d{3}|\.?\d{6}|\.?\d{9}|\.\d+)?(?![\w.]\d|\w)",
     "<time>"),
)  # fmt: skip


@cache
def standard_rules() -> tuple[Rule, ...]:
    """The rules there are, in the order in which they are used: the more specific first."""
    return tuple(
        Rule(name, re.compile(pattern, re.MULTILINE), placeholder)
        for name, pattern, placeholder in _TABLE
    )


def with_rules(extra: Iterable[tuple[str, str]]) -> tuple[Rule, ...]:
    """Return a user's rules, pairs of regular expression and placeholder, then the standard ones.
    Raises UsageError for a pair that cannot be used."""
    own = []
    for pattern, placeholder in extra:
        try:
            compiled = re.compile(pattern, re.MULTILINE)
            compiled.sub(placeholder, "")
        except (re.error, IndexError) as error:
            raise UsageError(f"'{pattern}' and '{placeholder}' are no rule: {error}") from None
        own.append(Rule("yours", compiled, placeholder))
    return (*own, *standard_rules())


def normalize(text: str, rules: Sequence[Rule] | None = None) -> str:
    """Return `text` with what the rules (None: the standard ones) match replaced. A line's result
    depends on that line alone, so text may be normalized in pieces that end where lines end."""
    for rule in standard_rules() if rules is None else rules:
        text = rule.pattern.sub(rule.placeholder, text)
    return text
