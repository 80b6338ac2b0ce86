"""A state that somebody made up runs nothing when a bash is brought to it."""

from dataclasses import replace

import pytest

from rewind.model.changes import differences
from rewind.model.state import Function, State, Variable
from rewind.protocol.volatile import TERMINAL_BOUND, VOLATILE

RUN = "touch HIT"

BODIES = {
    "a second command": "f () \n{ \n    :\n}\ntouch HIT\n",
    "a second command on the last line": "f () \n{ \n    :\n}; touch HIT\n",
    "in the background": "f () \n{ \n    :\n} & touch HIT\n",
    "a pipeline": "f () \n{ \n    :\n} | touch HIT\n",
    "before": "touch HIT\nf () \n{ \n    :\n}\n",
    "before, on a line": "touch HIT; f () \n{ \n    :\n}\n",
    "another header": "f () { touch HIT; }; f; f () \n{ \n    :\n}\n",
    "no function": "touch HIT",
    "no function in braces": "f () \n{ \n    :\n}\n{ \n    touch HIT\n}\n",
    "closed and opened again": "f () \n{ \n    :\n}\ntouch HIT\n{ \n    :\n}\n",
    "closed and opened again, on a line": "f () \n{ \n    :; }; touch HIT; { :\n}\n",
    "closed by fi": "f () \n{ \n    :\nfi\n}\ntouch HIT\n{\nif :;then\n    :\n}\n",
    "closed by done": "f () \n{ \n    :\ndone\n}\ntouch HIT\n{\nwhile :;do\n    :\n}\n",
    "closed by all": "f () \n{ \n    :\n" + "fi\n" * 64 + "}\ntouch HIT\n",
    "else": "f () \n{ \n    :\nelse\n    :\n}\ntouch HIT\n",
    "a here-document that does not end": "f () \n{ \n    cat <<E\n}\ntouch HIT\n",
    "a here-document that ends early": "f () \n{ \n    cat\n} <<E\nx\nE\ntouch HIT\nE\n",
    "a here-document behind": "f () \n{ \n    cat\n} <<E; touch HIT\nx\nE\n",
    "a substitution behind": "f () \n{ \n    :\n} > $(touch HIT)\n",
    "a process behind": "f () \n{ \n    :\n} > >(touch HIT)\n",
    "a quote behind": "f () \n{ \n    :\n} > 'x'; touch HIT; : 'y'\n",
    "a double quote behind": 'f () \n{ \n    :\n} > "x"; touch HIT; : "y"\n',
    "a quote that does not end": "f () \n{ \n    echo '\n}\ntouch HIT\n",
    "a continued line": "f () \n{ \n    : \\\n}\ntouch HIT\n{ \n    :\n}\n",
    "a comment": "f () \n{ \n    : #\n}\ntouch HIT # }\n",
    "a case": "f () \n{ \n    :;; esac\n}\ntouch HIT\ncase x in x) { \n    :\n}\n",
    "a subshell": "f () \n{ \n    : ) \n}\n( touch HIT\n{ \n    :\n}\n",
    "attributes": "f () \n{ \n    :\n}\ndeclare -fx f; touch HIT\n",
    "attributes, substituted": "f () \n{ \n    :\n}\ndeclare -fx $(touch HIT)\n",
    "a NUL": "f () \n{ \n    :\n\0}\ntouch HIT\n",
    "an alias": "f () \n{ \n    x\n}\n",
    "a carriage return": "f () \r{ \n    :\n}\rtouch HIT\n",
    "nothing": "",
}


@pytest.mark.parametrize("name", BODIES)
def test_a_function_body_that_is_more_than_one_runs_nothing(bash, name):
    bash.run("shopt -s expand_aliases; alias x='}; touch HIT; {'")
    start = bash.state
    bad = replace(
        start, functions={"f": Function(BODIES[name]), "g": Function("g () \n{ \n:\n}\n")}
    )
    try:
        bash.restore(start, bad)
        bash.restore(bash.state, start)
    except (AssertionError, BrokenPipeError):
        # bash 5.0 ends where a text that it evaluates ends within a here-document.
        assert name == "a here-document that does not end"
    assert not list(bash.home.rglob("HIT"))


REDIRECTED = r"""
    all () { :; } >/dev/null 2>&1
    word () { cat; } <<< "a $HOME ${HOME}" {fd}>y
    document () { cat; } <<X
}
word ()
X
    quoted () { cat; } 2>/dev/null <<-'X'
	}
	X
    empty () { cat; } <<X
X
    closed () { :; } &>z <&3- >&-
    inner () { { cat; } <<X
}
X
    }
"""


def test_functions_with_redirections_come_back(bash, tmp_path):
    state = bash.after(REDIRECTED)
    assert set(state.functions) >= {"all", "word", "document", "quoted", "empty", "closed", "inner"}
    fresh = type(bash)(tmp_path / "fresh")
    try:
        fresh.jump(state)
    finally:
        fresh.close()


def test_a_function_whose_redirections_are_not_understood_does_the_same_in_other_words(
    bash, tmp_path
):
    state = bash.after("""f () { echo said; } >"$(echo out)" """)
    fresh = type(bash)(tmp_path / "fresh")
    try:
        reached = fresh.restore(fresh.state, state)
        found = differences(state, reached)
        assert [item.what for item in found if "function" in item.what] == ["function f"]
        fresh.run("f")
        assert fresh.state.exit_code == 0
        assert (bash.home / "out").read_text() == "said\n"
    finally:
        fresh.close()


HOSTILE = [
    "$(touch HIT)",
    "`touch HIT`",
    "'; touch HIT; '",
    '"; touch HIT; "',
    "a[$(touch HIT)]",
    "x\ntouch HIT\n",
    "x; touch HIT",
    "x & touch HIT #",
    "\\'; touch HIT; \\'",
    "x='$(touch HIT)'",
    "-- ; touch HIT",
]


def everywhere(text: str) -> State:
    """A state that holds `text` wherever a text can be, names included."""
    mapping = {text: text, "x": text}
    return State(
        cwd="/" + text,
        dirstack=(text,),
        variables={
            text: Variable("", text),
            "plain": Variable("x", text),
            "integer": Variable("i", text),
            "attributes": Variable(text, text),
            "indexed": Variable("a", {0: text}),
            "keyed": Variable("a", {text: text}),
            "integers": Variable("ai", {0: text}),
            "associative": Variable("A", mapping),
            "both": Variable("aA", mapping),
            "reference": Variable("n", text),
            "HISTIGNORE": Variable("i", text),
            "constant": Variable("r", text),
        },
        functions={
            text: Function(f"{text} () \n{{ \n    :\n}}\n"),
            "f": Function("f () \n{ \n    :\n}\n", text),
            "g": Function(text),
            "builtin": Function("builtin () \n{ \n    touch HIT\n}\n"),
            "__rw_r": Function("__rw_r () \n{ \n    touch HIT\n}\n"),
            "__rw_loud": Function("__rw_loud () \n{ \n    touch HIT\n}\n"),
        },
        aliases={**mapping, "{": "touch HIT; {", "[[": "touch HIT; [[", "__rw_x": text},
        options=frozenset({text, f"errexit {text}"}),
        shopt=frozenset({text, f"extglob {text}"}),
        traps={text: text, "SIGUSR1": text, f"SIGUSR1 {text}": text},
        umask=text,
        limits={**mapping, "n": text, f"n {text}": "100"},
        arguments=(text, f"{text}\n{text}"),
        completions={
            text: text,
            "x": f"complete -W x x; {text}",
            "y": f"complete {text}",
            "z": f"complete -F f -- z\n{text}",
            "w": f"complete -W {text} w",
        },
        hashed=mapping,
        last_argument=text,
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_anywhere_runs_nothing(bash, text):
    start = bash.state
    bash.restore(start, everywhere(text))
    bash.restore(bash.state, start)
    assert not list(bash.home.rglob("HIT"))


@pytest.mark.parametrize("attributes", ["", "i", "n", "x", "a", "A", "in"])
def test_a_hostile_value_of_any_variable_that_bash_knows_runs_nothing(bash, attributes):
    bash.run("compgen -v >names")
    start = bash.state
    known = {*(bash.home / "names").read_text().split(), *VOLATILE, *TERMINAL_BOUND, *SPECIAL}
    text = "a[$(touch HIT)]"
    value = {"a": {0: text}, "A": {text: text}}.get(attributes, text)
    made_up = {name: Variable(attributes, value) for name in known}
    bash.restore(start, replace(start, variables={**start.variables, **made_up}))
    bash.run("cd /; HISTTIMEFORMAT=x history 1; set -o posix; set +o posix; cd -")
    bash.restore(bash.state, start)
    assert not list(bash.home.rglob("HIT"))


SPECIAL = {
    *("BASH_COMPAT", "BASH_XTRACEFD", "CDPATH", "COMPREPLY", "EXECIGNORE", "FIGNORE", "FUNCNEST"),
    *("GLOBIGNORE", "HISTCONTROL", "HISTFILE", "HISTFILESIZE", "HISTIGNORE", "HISTSIZE"),
    *("HISTTIMEFORMAT", "HOSTFILE", "IFS", "IGNOREEOF", "INPUTRC", "LANG", "LC_ALL", "LC_COLLATE"),
    *("LC_CTYPE", "LC_MESSAGES", "LC_NUMERIC", "LC_TIME", "MAIL", "MAILCHECK", "MAILPATH"),
    *("MAPFILE", "OLDPWD", "OPTARG", "OPTERR", "OPTIND", "PATH", "POSIXLY_CORRECT", "PWD"),
    *("REPLY", "SHELL", "TIMEFORMAT", "TMOUT", "TMPDIR", "TERM", "auto_resume", "histchars"),
}


def test_what_is_left_out_is_named(bash):
    start = bash.state
    bad = replace(
        start,
        functions={"builtin": Function("builtin () \n{ \n    :\n}\n")},
        aliases={"{": "false", "ll": "ls"},
    )
    reached = bash.restore(start, bad)
    assert [item.what for item in differences(bad, reached)] == ["function builtin", "alias {"]
