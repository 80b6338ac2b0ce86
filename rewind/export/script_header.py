"""The head of an exported script: what it is, what it needs, and under which rules it runs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rewind import __version__
from rewind.export.json_document import moment
from rewind.export.recording import Recording
from rewind.export.redact import Redactor
from rewind.model.state import State
from rewind.protocol.quote import quote, quote_if_needed

_MATCHING = frozenset(["dotglob", "failglob", "globstar", "nocaseglob", "nocasematch", "nullglob"])
_WORD = re.compile(r"[^\s;&|()<>\"'`$]+")

_STYLE: dict[str, str] = {
    "what is set here may be meant for a program that is called": "SC2034",
    "variables may come from the environment or a sourced file": "SC1090,SC1091,SC2154,SC2153",
    "words are split and patterns expanded as they were at the prompt": (
        "SC2013,SC2018,SC2019,SC2020,SC2021,SC2035,SC2045,SC2046,SC2048,SC2060,SC2061,SC2062,SC2068,SC2086,SC2128,SC2206,SC2207,SC2231"
    ),
    "quotes are as they were typed": "SC2016,SC2027,SC2028,SC2059,SC2088,SC2089,SC2090,SC2140",
    "habits of the prompt that do no harm": (
        "SC2001,SC2002,SC2003,SC2004,SC2005,SC2006,SC2007,SC2009,SC2010,SC2011,SC2012,SC2015,"
        "SC2030,SC2031,SC2038,SC2044,SC2093,SC2094,SC2095,SC2103,SC2115,SC2116,SC2126,SC2129,SC2155,SC2162,"
        "SC2164,SC2174,SC2181,SC2185,SC2196,SC2197,SC2230,SC2242,SC2263,SC2233,SC2235,SC2236,SC2237,SC2251,SC2312,SC2317,SC2320"
    ),
    "what looks like a slip ran at the prompt, and ended as it does here": (
        "SC1007,SC1010,SC1012,SC1083,SC1087,SC1097,SC1110,SC1111,SC1112,SC1143,SC2024,"
        "SC2041,SC2043,SC2050,SC2070,SC2071,SC2072,SC2074,SC2076,SC2091,SC2092,SC2143,"
        "SC2145,SC2157,SC2160,SC2161,SC2165,SC2166,SC2168,SC2178,SC2179,SC2188,SC2189,"
        "SC2193,SC2194,SC2195,SC2198,SC2199,SC2203,SC2205,SC2209,SC2210,SC2211,SC2215,"
        "SC2216,SC2217,SC2219,SC2221,SC2222,SC2223,SC2224,SC2225,SC2226,SC2227,SC2239,"
        "SC2240,SC2245,SC2247,SC2252,SC2257,SC2258,SC2259,SC2260,SC2261,SC2266,SC2269,"
        "SC2283,SC2284,SC2285,SC2286,SC2287,SC2288,SC2289,SC2290,SC2291,SC2292"
    ),
    "aliases and functions are defined as they were, to be called later": (
        "SC2119,SC2120,SC2139,SC2142,SC2262,SC2218,SC2329"
    ),
}
"""What shellcheck (0.9 and later) says about style, by the reason why it does not count here."""


@dataclass(slots=True)
class Needs:
    """What the body of the script leans on. `called` are the first words of its commands."""

    start: State
    credentials: list[str] = field(default_factory=list)
    called: set[str] = field(default_factory=set)
    aliases: bool = False
    extended_globs: bool = False


def header(recording: Recording, needs: Needs, redactor: Redactor | None) -> str:
    """The head of the script, up to its first step."""
    session = recording.session
    origin = f"recorded from {moment(session.created_at)}; exported by rewind {__version__}"
    lines = [
        "#!/usr/bin/env bash",
        f"# Session {session.name}, {origin}.",
        "# Steps that failed, or that need a person at a terminal, stand as comments.",
    ]
    if needs.credentials:
        lines += ["#", "# Credentials were not exported. Set these before running it:"]
        lines += [f"#   {name}" for name in needs.credentials]
    lines += ["#", "# The commands are as they were typed; shellcheck's remarks on style are off:"]
    for reason, codes in _STYLE.items():
        lines += [f"# {reason}", f"# shellcheck disable={codes}"]
    lines += ["set -euo pipefail"]
    definitions = list(_definitions(needs, redactor))
    if needs.aliases or any(line.startswith("alias ") for line in definitions):
        lines += ["shopt -s expand_aliases"]
    matching = sorted(_MATCHING & needs.start.shopt)
    if needs.extended_globs:
        matching.append("extglob")
    if matching:
        lines += [f"shopt -s {' '.join(matching)}"]
    if definitions:
        lines += ["", "# defined before the recording began", *definitions]
    return "\n".join(lines) + "\n"


def _definitions(needs: Needs, redactor: Redactor | None) -> Iterator[str]:
    """The aliases and functions from before the first step that its commands lead to."""
    start = needs.start
    cover = str if redactor is None else redactor.text
    wanted: set[str] = set()
    pending = list(needs.called)
    while pending:
        name = pending.pop()
        if name in wanted or (name not in start.functions and name not in start.aliases):
            continue
        wanted.add(name)
        bodies = [start.aliases.get(name, "")]
        if name in start.functions:
            bodies.append(start.functions[name].body)
        pending += [word for body in bodies for word in _WORD.findall(body)]
    for name in sorted(wanted & set(start.functions)):
        yield cover(start.functions[name].body.rstrip("\n"))
    for name in sorted(wanted & set(start.aliases)):
        yield f"alias {quote_if_needed(name)}={quote(cover(start.aliases[name]))}"
