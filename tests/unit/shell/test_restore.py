"""Restoring in a real bash: what is captured before is captured after."""

import pytest

from rewind.model.changes import differences
from rewind.shell.restore import needs_new_bash

STATES = {
    "values": r"""
        nl=$'a\nb'; esc=$'\e[1m'; soh=$'\001x\177'; bad=$'\xff\xc3'; q="it's \"q\" \$x \`y\` \\"
        empty=
        declare unset1; declare -i n=5; declare -l low=ABC; declare -u up=abc; export ex='e x'
        declare -a arr=(a 'b c' [7]=$'x\ny' '' '$(exit 9)'); declare -a none=(); declare -a never
        declare -A map=([k]=v ['a b']='c d' [']']=x ['$(x)']='`y`' ["q'"]=\" [$'\n']=nl [é]=ü)
        declare -A empty_map=(); declare -A never_map; declare -ix xi=3; declare -t traced=1
        declare -n ref=arr; declare -n unref; declare -x exported_unset; declare -ai ints=(1 2)
        declare -ax exported_array=(1); declare -r constant=1
        tilde='~/x:~'; hash='#x'; equals='=a='
    """,
    "functions": r"""
        git-foo () { echo 'a  b'; }; a:b () { :; }; ü () { :; }; function if { :; }; -d () { :; }
        heredoc () {
            cat <<EOF
}
git-foo ()
{
not really
EOF
        }
        export -f a:b; declare -ft ü; sub () ( exit 3 ) 2>/dev/null; readonly -f heredoc
        cases () { case $1 in (a) echo ')';; *) : ;; esac; }
        shopt -s extglob; glob () { [[ $1 == @(a|b)* ]]; }; shopt -u extglob
    """,
    "aliases": r"""
        foo () { cat x; }
        alias foo='echo it'\''s' cat='cat -v' builtin=false declare=false -- -x=y; alias é=$'a\nb'
        alias eval=false set=false function=false
    """,
    "traps": r"""
        trap 'echo "bye"' EXIT; trap "echo 'it'" INT; trap $'a\nb' USR1; trap '' QUIT
        trap 'dbg=$((dbg+0))' DEBUG; trap : ERR; trap : RETURN
    """,
    "options": r"""
        set -u; shopt -s nullglob dotglob extglob globstar nocaseglob failglob; set -o noclobber
        set -f; set -E; set -T; set -a; set +h; set -b; set +B; set -P; set -o pipefail
        shopt -u sourcepath
    """,
    "posix": "set -o posix; trap 'echo x' INT",
    "ignoreeof": "set -o ignoreeof; shopt -s expand_aliases",
    "ignoreeof variable": "IGNOREEOF=7; TMOUT=1000; OPTIND=3",
    "no aliases": "shopt -u expand_aliases",
    "errexit": "set -e; ! true",
    "exit code": "(exit 42)",
    "last argument": r"""echo one "two
three" >/dev/null""",
    "folders": r"""
        mkdir -p "a b/c" $'n\nl' -- -d; cd "a b"; pushd c; pushd ../../-d; pushd -n $'../n\nl'; cd -
        umask 027; ulimit -S -c 0; ulimit -S -n 200
    """,
    "arguments": r"""set -- a 'b c' '' -n $'x\ny' '*'""",
    "completions": r"""
        complete -F f git; complete -W "it's x" -o nospace -X '*.o' u; complete -D -F g
        complete -A file -C 'c "d"' v; complete -E -W e; complete -b -P 'p p' -- w
    """,
    "ifs": "IFS=0; PS4='$(exit 4)'; FUNCNEST=1; GLOBIGNORE='*.o'; BASH_COMPAT=4.4",
    "path": "ls >/dev/null; PATH=/nowhere:$PATH; hash -p '/a b' foo; hash -p /x -- -y",
    "prompts": r"""PS1='\u$ '; PS0='> '; PROMPT_COMMAND='last=$?'; PS2=""",
    "ignored pseudo-signals": "trap '' EXIT; trap '' DEBUG; trap '' ERR; trap '' RETURN",
    "a coprocess in a function": "co () { coproc cat; }; named () { coproc X { cat; }; }",
    "an integer OLDPWD": "cd /; declare -xi OLDPWD",
    "ignoreeof under allexport": "IGNOREEOF=; set -a",
    "ignoreeof made under allexport": "set -a; set -o ignoreeof",
    "posix with an option against it": "set -o posix; shopt -u shift_verbose; set -o ignoreeof",
    "hooks": r"""PROMPT_COMMAND=('a=1' 'b=2'); unset PS1""",
}


@pytest.mark.parametrize("name", STATES)
def test_a_state_comes_back_after_another_and_goes_again(bash, name):
    start = bash.state
    state = bash.after(STATES[name])
    if name not in ("values", "functions"):  # they hold something readonly
        bash.jump(start)
        bash.jump(state)
        bash.jump(start)


@pytest.mark.parametrize("name", STATES)
def test_a_state_comes_back_in_a_new_bash(bash, tmp_path, name):
    state = bash.after(STATES[name])
    fresh = type(bash)(tmp_path / "fresh")
    try:
        fresh.jump(state)
    finally:
        fresh.close()


def test_what_was_made_readonly_is_named_and_the_rest_comes_back(bash):
    start = bash.after("x=1")
    now = bash.after("readonly x=2 y=3; z=4; f () { :; }; readonly -f f")
    assert needs_new_bash(now, start) == [
        "readonly variable x",
        "readonly variable y",
        "readonly function f",
    ]
    reached = bash.restore(now, start)
    assert [d.what for d in differences(start, reached)] == [
        "readonly variable x",
        "readonly variable y",
        "function f",
    ]
