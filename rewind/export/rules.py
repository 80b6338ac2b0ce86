"""What credentials look like: by the name beside them, and by their own shape.

detect-secrets would be the maintained rule set, but importing it costs a quarter of a second and
brings requests and yaml, and its rules are made to find a line, not to say which characters to
cover. The shapes here are those that the vendors publish for secret scanning, so that a token is
recognised wherever it stands:

- AWS: "IAM identifiers", unique id prefixes
- GitHub: "About authentication to GitHub", token formats
- GitLab: "Token overview", token prefixes
- Slack: "Token types"; incoming webhooks
- Stripe: "API keys", sk_/rk_ with live or test
- Google: API keys (AIza), OAuth client secrets (GOCSPX-) and access tokens (ya29.)
- npm, PyPI, SendGrid, OpenAI, Anthropic, Hugging Face, DigitalOcean, Twilio: their key pages
- JWT: RFC 7519 in RFC 7515 compact form; PEM: RFC 7468; userinfo in a URL: RFC 3986, 3.2.1
- Bearer and Basic: RFC 6750 and 7617
"""

import re
from dataclasses import dataclass
from functools import lru_cache

SECRET_NAME = (
    r"(?:[A-Za-z0-9]+[A-Za-z0-9_.\-]*?)??"
    r"(?:token|secret|passw(?:or)?d|passphrase|password|sshpass|credentials?"
    r"|(?<=[_.\-])(?:pwd|pass|pat|auth)|auth[_-]token|secret[_-]?key[_-]?base"
    r"|(?:api|access|private|secret|auth|signing|encryption|master|account|shared)[_-]?key)"
    r"(?:[_-]?[0-9]+)?"
)
"""A name that says its value is a credential, matched whole and without regard to case. The
credential word has to stand last: TOKEN_FILE and max_tokens are none."""

WORD = r"""(?:'[^'\r\n]*'|"(?:\\.|[^"\\\r\n])*"|\\[^a-z0-9\s]|[^\s'"\\;&|<>()\x1b`])+"""
"""A shell word, quotes included, as far as it stands on one line."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to know a credential. The group `secret` is what is covered. `name` is what the
    value is called where the text does not name it; the group `name`, where it took part, wins.
    The pattern is only tried where one of `keywords` occurs in the lower-cased text."""

    name: str
    keywords: tuple[str, ...]
    pattern: re.Pattern[str]


def _rule(name: str, keywords: str, pattern: str) -> Rule:
    return Rule(name, tuple(keywords.split()), re.compile(pattern, re.ASCII))


def _shape(name: str, keywords: str, pattern: str) -> Rule:
    return _rule(name, keywords, rf"(?<![A-Za-z0-9_])(?P<secret>{pattern})(?![A-Za-z0-9])")


CONTEXTS: tuple[Rule, ...] = (
    # A key's text ends with its END line; where that is missing, with the first character that
    # no PEM body has.
    _rule(
        "PRIVATE_KEY",
        "-----begin",
        r"(?P<secret>-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
        r"[A-Za-z0-9+/=:,\s\\\-]{0,32768}?"
        r"(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|(?=[^A-Za-z0-9+/=:,\s\\\-])|\Z))",
    ),
    _rule(
        "AUTHORIZATION",
        "authorization",
        r"(?i)\b(?:proxy-)?authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?"
        r"(?:bearer|basic|token|digest|negotiate|apikey)\s+"
        r"(?P<secret>[^\s\"'`;,$\x1b][^\s\"'`;\x1b]*)",
    ),
    _rule("BEARER_TOKEN", "bearer", r"(?i)\bbearer\s+(?P<secret>[A-Za-z0-9._~+/=\-]{16,})"),
    _rule("COOKIE", "cookie:", r"(?i)\b(?:set-)?cookie:[ \t]+(?P<secret>[^\r\n\"'$\x1b]+)"),
    _rule(
        "URL_PASSWORD",
        "://",
        r"://(?<=[A-Za-z0-9+.\-]://)[^\s/:@'\"$]{0,100}:"
        r"(?P<secret>[^\s/@'\"$<>\x1b]{1,200})@",
    ),
    _rule(
        "PASSWORD",
        "--",
        rf"(?i)--(?<![A-Za-z0-9_\-]--)(?P<name>{SECRET_NAME})(?![A-Za-z0-9_=\-])[ \t]+"
        rf"(?P<secret>(?!-){WORD})",
    ),
    _rule(
        "MYSQL_PWD",
        "mysql mariadb",
        r"(?<![A-Za-z0-9_\-])(?:mysql|mariadb)[a-z\-]*(?=[ \t])[^\r\n;|&]{0,200}?[ \t]-p"
        rf"(?P<secret>(?![ \t]){WORD})",
    ),
    _rule("SSHPASS", "sshpass", rf"\bsshpass[ \t]+(?:-[^p\s]\S*[ \t]+)*-p[ \t]*(?P<secret>{WORD})"),
    _rule(
        "PASSWORD",
        "login",
        rf"\blogin\b[^\r\n;|&]{{0,200}}?[ \t](?:-p|-P)[ \t]+(?P<secret>(?!-){WORD})",
    ),
    _rule(
        "REDISCLI_AUTH",
        "redis-cli",
        rf"\bredis-cli\b[^\r\n;|&]{{0,200}}?[ \t]-a[ \t]+(?P<secret>(?!-){WORD})",
    ),
    _rule(
        "PASSWORD",
        "curl http",
        r"\b(?:curl|https?)(?=[ \t])[^\r\n;|&]{0,400}?[ \t](?:-u|--user|-a|--auth)[ \t=]*[\"']?"
        r"[^\s:\"'$]{1,100}:(?P<secret>[^\s\"'$\x1b]+)",
    ),
)
"""What stands around the credential tells."""

SHAPES: tuple[Rule, ...] = (
    _shape(
        "AWS_ACCESS_KEY_ID",
        "akia asia abia acca a3t",
        r"(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[A-Z0-9]{16}",
    ),
    _shape(
        "GITHUB_TOKEN",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        r"gh[pousr]_[A-Za-z0-9_]{36,251}|github_pat_[A-Za-z0-9_]{22,255}",
    ),
    _shape(
        "GITLAB_TOKEN",
        "gl gr1348941",
        r"(?:glpat|gldt|glrt|glrtr|glcbt|glptt|glft|glimt|glagent|glsoat|glffct|"
        r"gloas)-[A-Za-z0-9_.\-]{20,300}|GR1348941[A-Za-z0-9_\-]{20,50}",
    ),
    _shape(
        "SLACK_TOKEN",
        "xox xapp",
        r"xox[abceoprs](?:\.xox[a-z])?-[A-Za-z0-9\-]{10,250}|xapp-\d-[A-Za-z0-9\-]{10,250}",
    ),
    _shape(
        "SLACK_WEBHOOK_URL",
        "hooks.slack.com",
        r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_+]{20,200}",
    ),
    _shape(
        "STRIPE_API_KEY",
        "k_live_ k_test_ whsec_",
        r"(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,250}|whsec_[A-Za-z0-9+/=]{20,100}",
    ),
    _shape(
        "GOOGLE_API_KEY",
        "aiza gocspx ya29.",
        r"AIza[A-Za-z0-9_\-]{35}|GOCSPX-[A-Za-z0-9_\-]{20,40}|ya29\.[A-Za-z0-9_\-]{20,500}",
    ),
    _shape("NPM_TOKEN", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _shape("PYPI_TOKEN", "pypi-", r"pypi-[A-Za-z0-9_\-]{50,500}"),
    _shape("SENDGRID_API_KEY", "sg.", r"SG\.[A-Za-z0-9_\-]{22}\.[A-Za-z0-9_\-]{43}"),
    _shape("API_KEY", "sk-", r"sk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_\-]{32,250}"),
    _shape("HF_TOKEN", "hf_", r"hf_[A-Za-z0-9]{30,50}"),
    _shape("DIGITALOCEAN_TOKEN", "do", r"do[opr]_v1_[a-f0-9]{64}"),
    _shape("TWILIO_API_KEY", "sk ac", r"SK[0-9a-f]{32}"),
    _shape("VAULT_TOKEN", "hvs. hvb. hvr.", r"hv[sbr]\.[A-Za-z0-9_\-]{24,300}"),
    _shape("AZURE_STORAGE_KEY", "accountkey=", r"(?<=AccountKey=)[A-Za-z0-9+/]{86}=="),
    _shape("JWT", "eyj", r"eyJ[A-Za-z0-9_\-]{8,}\.eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*"),
)
"""The credential itself tells: 20 characters or more with no white space among them."""

_NAME = re.compile(SECRET_NAME, re.IGNORECASE | re.ASCII)
_HARMLESS = re.compile(
    r"(?i)(?:true|false|yes|no|on|off|null|none|nil|undefined|empty|required|optional|missing"
    r"|password|passwd|token|secret|key|string|text|value|pass|name|bearer|basic|\d{1,3}"
    r"|[*x•.]+|<.*|%[a-z(].*|\{\{.*|\[redacted:.*)",
    re.ASCII,
)


_LAST_WORDS = (
    "token", "secret", "passwd", "password", "passphrase", "sshpass", "credential", "credentials",
    "pwd", "pass", "pat", "auth", "key", "base",
)  # fmt: skip


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a variable, key or option called `name` holds a credential."""
    # The cheap question first: it is asked for every colon and equals sign of an output.
    return (
        name.rstrip("-_0123456789").lower().endswith(_LAST_WORDS)
        and _NAME.fullmatch(name) is not None
    )


def is_placeholder(value: str) -> bool:
    """Whether `value`, quotes included, is no secret itself: a reference to one, a word that
    stands for one, or nothing."""
    bare = value.strip("\"'")
    return not bare or bare[0] in "$`" or bare.startswith("\\$") or bool(_HARMLESS.fullmatch(bare))
