"""Random command lines over everything that the state of a bash consists of."""

from hypothesis import strategies as st

from rewind.protocol.quote import quote

TEXTS = st.one_of(
    st.text(
        st.sampled_from("aB0 \t\n'\"\\$`;&|<>(){}[]*?~#!=%^,:@-+\x01\x7f\x1b\r/éü漢\udcff\udcc3"),
        max_size=12,
    ),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8),
    st.sampled_from(
        ["", "$(touch hostile)", "`touch hostile`", "a[$(touch hostile)]", "-n", "1+2"]
    ),
)
NAMES = st.sampled_from(["v1", "v2", "v3", "v4", "V5", "_v"])
SPECIAL = st.sampled_from(
    ["IFS", "PATH", "PS4", "OPTIND", "GLOBIGNORE", "HISTSIZE", "HISTFILESIZE", "HISTCONTROL",
     "LC_ALL", "LANG", "TERM", "IGNOREEOF", "BASH_COMPAT", "HOME", "OLDPWD", "TIMEFORMAT",
     "COMP_WORDBREAKS", "REPLY", "FIGNORE", "HISTTIMEFORMAT", "CDPATH", "MAILPATH"]
)  # fmt: skip
EVALUATED = frozenset(
    ["IFS", "PS4", "LC_ALL", "LANG", "OLDPWD", "BASH_COMPAT", "COMP_WORDBREAKS", "REPLY",
     "HISTCONTROL", "HISTTIMEFORMAT", "OPTIND", "HISTSIZE", "HISTFILESIZE", "IGNOREEOF"]
)  # fmt: skip
"""What bash assigns by itself: as an integer that holds no number it would evaluate what it holds,
and is not brought back as one."""
FUNCTIONS = st.sampled_from(
    ["f", "g", "git-foo", "a:b", "ü", "if", "-d", "f.x", "printf", "declare", "set", "x@y", "a+"]
)
BODIES = st.sampled_from(
    [
        ":",
        "cat <<EOF\n}\ng () \n{ \n    echo\nEOF\n",
        "cat <<'EOF' | tr a b\n  $x `\n}\nEOF\n",
        "echo 'a\n}\nf () \n{ \n'",
        'local x=$1; for x in a "b c"; do echo "$x"; done; [[ $x == a* ]] && return 3',
        "case $1 in a|b) echo ')' ;; *) ;& x) : ;; esac 2>/dev/null",
        "x=(1 2 [5]=3); (( x[0]++ )); echo ${x[@]/1/'}'} $(echo \")\") >&2",
        "trap - EXIT; inner () { echo; }; { time : ; } ! true",
        "coproc cat; while read -r l; do :; done < <(echo $'a\\tb')",
    ]
)
ALIASES = st.sampled_from(["foo", "ls", "f", "v1", "-x", "é", "a.b", "echo2", "builtin2", "then2"])
WORDS = st.sampled_from(["git", "a b", "-x", "x'y", "é", "x.y", "*"])
OPTIONS = st.sampled_from(
    [
        "allexport",
        "braceexpand",
        "errtrace",
        "functrace",
        "hashall",
        "histexpand",
        "ignoreeof",
        "keyword",
        "noclobber",
        "noglob",
        "notify",
        "nounset",
        "physical",
        "pipefail",
        "posix",
    ]
)
SHOPT = st.sampled_from(
    [
        "autocd",
        "cdable_vars",
        "checkhash",
        "dotglob",
        "execfail",
        "expand_aliases",
        "extglob",
        "extquote",
        "failglob",
        "globstar",
        "gnu_errfmt",
        "huponexit",
        "interactive_comments",
        "lastpipe",
        "nocaseglob",
        "nocasematch",
        "nullglob",
        "progcomp",
        "promptvars",
        "shift_verbose",
        "sourcepath",
        "xpg_echo",
        "inherit_errexit",
        "extdebug",
    ]
)
FLAGS = st.lists(st.sampled_from("xiltu"), max_size=2, unique=True).map("".join)
FOLDERS = st.sampled_from(["a", "a/b c", "a/n\nl", "-d", "é"])


def _array(items: dict[int, str]) -> str:
    return " ".join(f"[{key}]={quote(text)}" for key, text in items.items())


def _map(items: dict[str, str]) -> str:
    return " ".join(f"[{quote(key)}]={quote(text)}" for key, text in items.items())


KEYS = TEXTS.filter(lambda key: key and key not in "@*")
LINES = st.one_of(
    st.builds(lambda n, v: f"{n}={quote(v)}", NAMES, TEXTS),
    st.builds(lambda n, v: f"{n}={quote(v)}", SPECIAL, TEXTS),
    st.builds(
        lambda n, v: f"{n}={quote(v)}",
        st.sampled_from(["PS0", "PS1", "PS2", "PROMPT_COMMAND"]),
        st.sampled_from(["", ":", "last=$?", "a\nb=1", "${v1-}"]),
    ),
    st.builds(lambda n: f"unset -v {n}", NAMES | SPECIAL),
    st.builds(lambda n: f"unset -n {n}", NAMES),
    st.builds(lambda n, f: f"declare -{f or '-'} {n}", NAMES | SPECIAL, FLAGS).filter(
        lambda line: "i" not in line.split()[1] or line.split()[2] not in EVALUATED
    ),
    st.builds(lambda n, f: f"declare +{f or 'x'} {n}", NAMES, FLAGS),
    st.builds(
        lambda n, f, v: f"unset -v {n}; declare -a{f} {n}; {n}=({_array(v)})",
        NAMES,
        FLAGS,
        st.dictionaries(st.integers(0, 30), TEXTS, max_size=3),
    ),
    st.builds(
        lambda n, f, v: f"unset -v {n}; declare -A{f} {n}; {n}=({_map(v)})",
        NAMES,
        FLAGS,
        st.dictionaries(KEYS, TEXTS, max_size=3),
    ),
    st.builds(lambda n, m: f"unset -v {n}; declare -n {n}={m}", NAMES, NAMES),
    st.builds(
        lambda n, b: f"eval {quote(f'function {n} () {{ {b}' + chr(10) + '}')}", FUNCTIONS, BODIES
    ),
    st.builds(lambda n: f"unset -f -- {n}", FUNCTIONS),
    st.builds(
        lambda n, f: f"declare -f {f} -- {n}", FUNCTIONS, st.sampled_from(["-x", "+x", "-t"])
    ),
    st.builds(lambda n, v: f"alias -- {quote(f'{n}={v}')}", ALIASES, TEXTS),
    st.builds(lambda n: f"unalias -- {n}", ALIASES),
    st.builds(lambda o, s: f"\\builtin set {s}o {o}", OPTIONS, st.sampled_from("-+")),
    st.builds(lambda o, s: f"shopt -{s} {o}", SHOPT, st.sampled_from("su")),
    st.builds(
        lambda s, t: f"trap -- {quote(t)} {s}",
        st.sampled_from(["EXIT", "INT", "USR1", "QUIT", "WINCH"]),
        TEXTS,
    ),
    st.builds(
        lambda s, t: f"trap -- {t} {s}",
        st.sampled_from(["DEBUG", "ERR", "RETURN", "INT", "USR1"]),
        st.sampled_from([":", "-", "''", "'echo trapped'"]),
    ),
    st.builds(
        lambda f, c: f"mkdir -p -- {quote(f)}; {c} -- {quote(f)}",
        FOLDERS,
        st.sampled_from(["cd", "pushd", "pushd -n"]),
    ),
    st.sampled_from(["cd", "cd ..", "cd -", "popd", "dirs -c", "set --", "hash -r", "ls", "false"]),
    st.builds(lambda m: f"umask {m}", st.sampled_from(["022", "077", "0", "777"])),
    st.builds(lambda n: f"ulimit -S -n {n}", st.integers(100, 200)),
    st.builds(lambda a: " ".join(["set --", *map(quote, a)]), st.lists(TEXTS, max_size=4)),
    st.builds(lambda w, t: f"complete -W {quote(t)} -- {quote(w)}", WORDS, TEXTS),
    st.builds(
        lambda w, o: f"complete {o} {w}",
        st.sampled_from(["git", "-D", "-E"]),
        st.sampled_from(["-F f", "-A file -o nospace", "-X '*.o' -f", "-C 'c \"d\"'", "-r"]),
    ),
    st.builds(lambda n, p: f"hash -p {quote('/' + p)} {n}", st.sampled_from(["h1", "h2"]), TEXTS),
    st.builds(lambda n: f"(exit {n})", st.integers(0, 255)),
    st.builds(lambda t: f"true {quote(t)}", TEXTS),
)

_MORE_SPECIAL = st.sampled_from(
    ["HISTFILE", "HISTIGNORE", "POSIXLY_CORRECT", "MAILCHECK", "PROMPT_DIRTRIM", "EXECIGNORE",
     "BASH_ENV", "SHLVL", "FUNCNEST", "MAPFILE"]
)  # fmt: skip
_MORE_SHOPT = st.sampled_from(
    ["array_expand_once", "assoc_expand_once", "bash_source_fullpath", "cdspell", "checkjobs",
     "checkwinsize", "cmdhist", "compat31", "compat42", "compat44", "compat50",
     "complete_fullquote", "direxpand", "dirspell", "force_fignore", "globasciiranges",
     "globskipdots", "histappend", "histreedit", "histverify", "hostcomplete", "lithist",
     "localvar_inherit", "localvar_unset", "mailwarn", "no_empty_cmd_completion",
     "noexpand_translation", "patsub_replacement", "progcomp_alias", "varredir_close"]
)  # fmt: skip
HOSTED_LINES = st.one_of(
    # With \1 in IFS bash takes the expansions in its prompts apart.
    LINES.filter(lambda line: not (line.startswith("IFS=") and "\x01" in line)),
    LINES.filter(lambda line: not (line.startswith("IFS=") and "\x01" in line)),
    st.builds(lambda n, v: f"{n}={quote(v)}", _MORE_SPECIAL, TEXTS),
    st.builds(lambda n: f"unset -v {n}", _MORE_SPECIAL),
    st.builds(lambda n, f: f"declare -{f} {n}", _MORE_SPECIAL, st.sampled_from(["x", "t", "u"])),
    st.builds(lambda o, s: f"shopt -{s} {o}", _MORE_SHOPT, st.sampled_from("su")),
    st.builds(
        lambda o, s: f"\\builtin set {s}o {o}",
        st.sampled_from(["nolog", "history", "verbose", "xtrace"]),
        st.sampled_from("-+"),
    ),
    st.builds(lambda n, v: f"readonly {n}={quote(v)}", st.sampled_from(["R1", "R2"]), TEXTS),
    st.builds(lambda n: f"readonly -f {n}", st.sampled_from(["f", "g"])),
    st.builds(lambda n, k, v: f"{n}[{k}]={quote(v)}", NAMES, st.integers(0, 9), TEXTS),
    st.builds(lambda n, k: f"unset -v '{n}[{k}]'", NAMES, st.integers(0, 9)),
    st.builds(lambda n, v: f"{n}+=({quote(v)})", NAMES, TEXTS),
    st.builds(lambda n, v: f"export {n}={quote(v)}", NAMES, TEXTS),
    st.builds(lambda n: f"export -n {n}", NAMES | SPECIAL),
    st.builds(
        lambda n, m, v: (
            f"l () {{ \\builtin local {n}=x; \\builtin declare -g {m}={quote(v)}; }}; l;"
            " \\builtin unset -f l"
        ),
        NAMES,
        NAMES,
        TEXTS,
    ),
    st.builds(
        lambda n, m, k: f"unset -v {n}; declare -n {n}='{m}[{k}]'", NAMES, NAMES, st.integers(0, 3)
    ),
    st.builds(lambda n: f"ulimit -S -s {n}", st.integers(4000, 8000)),
    st.builds(
        lambda s, t: f"trap -- {quote(t)} {s}", st.sampled_from(["CHLD", "TSTP", "RTMIN+1"]), TEXTS
    ),
    st.sampled_from(
        ["mkdir -p x; cd x; rmdir ../x", "cd -P .", "pushd +1", "popd -n", "set -o vi",
         "set -o emacs", "complete -r", "unalias -a", "history -s entry"]
    ),
)  # fmt: skip
"""With what only a hosted bash, with hooks that keep out of the way, can be without harm."""
