# What rewind adds to a bash whose commands are to have standard streams of their own, other than the
# terminal that readline needs: while a command runs, 0, 1 and 2 are those, and while bash waits for the
# next one they are kept under numbers that nobody uses, and are the terminal's. So `exec >file` in a
# command holds for the commands after it, and no program finds a descriptor that is not its own. The
# rules of the hooks hold here too. Sourced once in the life of a bash, with the words between @ filled
# in: the numbers under which bash has been given the streams, 0 for one that is the terminal.

__rw_f0=@IN@ __rw_f1=@OUT@ __rw_f2=@ERR@ __rw_fj='' __rw_fx='' __rw_fu=''
for __rw_i in __rw_f0 __rw_f1 __rw_f2; do
    if [[ ${!__rw_i} != 0 ]] && ! { builtin : <&"${!__rw_i}"; } 2>/dev/null; then builtin printf -v "$__rw_i" -; fi
done

# Behind the key that loads the command, in front of the one that accepts it. `-` stands for a stream
# that has been closed. `builtin exec` holds for itself alone.
__rw_join() {
    __rw_fj=x
    # A line that the history rejects would come back to a prompt that no hook has been before.
    __rw_fh=''
    if [[ $- == *H* ]]; then __rw_fh=x; builtin set +H; fi
    if [[ $__rw_f2 != 0 ]]; then builtin printf '\e]7717;%s;C\a' "$__rw_n" >/dev/tty; fi
    case $__rw_f0 in
        0) ;;
        -) \exec 0<&- ;;
        *) builtin eval "\\exec 0<&$__rw_f0 $__rw_f0<&-" ;;
    esac
    case $__rw_f1 in
        0) ;;
        -) \exec 1>&- ;;
        *) builtin eval "\\exec 1>&$__rw_f1 $__rw_f1>&-" ;;
    esac
    case $__rw_f2 in
        0) ;;
        -) \exec 2>&- ;;
        *) builtin eval "\\exec 2>&$__rw_f2 $__rw_f2>&-" ;;
    esac
    builtin return 0
}

# When the command has ended.
__rw_part() {
    if [[ -z $__rw_fj ]]; then builtin return 0; fi
    __rw_fj=''
    if [[ $__rw_fh ]]; then builtin set -H; fi
    if [[ $__rw_f0 != 0 ]]; then \exec {__rw_f0}<&0 || __rw_f0=-; \exec 0</dev/tty; fi 2>/dev/null
    if [[ $__rw_f1 != 0 ]]; then \exec {__rw_f1}>&1 || __rw_f1=-; \exec 1<>/dev/tty; fi 2>/dev/null
    if [[ $__rw_f2 != 0 ]]; then
        \exec {__rw_f2}>&2 || __rw_f2=-
        \exec 2<>/dev/tty
    fi
    builtin return 0
}

# Before another bash takes the place of this one: under the numbers that it knows.
__rw_again() {
    if [[ $__rw_f0 == - ]]; then \exec @IN@<&-; elif [[ $__rw_f0 != 0 ]]; then \exec @IN@<&"$__rw_f0"; fi
    if [[ $__rw_f1 == - ]]; then \exec @OUT@>&-; elif [[ $__rw_f1 != 0 ]]; then \exec @OUT@>&"$__rw_f1"; fi
    if [[ $__rw_f2 == - ]]; then \exec @ERR@>&-; elif [[ $__rw_f2 != 0 ]]; then \exec @ERR@>&"$__rw_f2"; fi
    builtin return 0
}

# Nothing is to be seen of these calls: $1 is $_, which has to be what it was.
__rw_still() {
    __rw_fx=$- __rw_fu="$1"
    builtin set +xa
    builtin export -n __rw_f0 __rw_f1 __rw_f2 __rw_fj __rw_fx __rw_fu
}
__rw_unstill() {
    if [[ $__rw_fx == *a* ]]; then builtin set -a; fi
    if [[ $__rw_fx == *x* ]]; then builtin set -x; fi
    builtin return 0
}

__rw_fp='{ __rw_still ""; } >/dev/null 2>&1; __rw_part; { __rw_unstill ""; } >/dev/null 2>&1'
if [[ ${__rw_bp-} ]]; then
    builtin eval "__rw_bp_post() { { __rw_post; } >/dev/null 2>&1; $__rw_fp; }"
elif [[ ${__rw_array-} ]]; then
    __rw_hk2+="; $__rw_fp"
    PROMPT_COMMAND=("${PROMPT_COMMAND[@]:0:${#PROMPT_COMMAND[@]}-1}" "$__rw_hk2")
else
    PROMPT_COMMAND=${PROMPT_COMMAND%"$__rw_hk"}
    __rw_hk+="; $__rw_fp"
    PROMPT_COMMAND+=$__rw_hk
fi
for __rw_i in emacs-standard vi-insert vi-command; do
    builtin bind -m "$__rw_i" -x '"\C-x\C-_\C-_P": { __rw_still "$_"; __rw_load "$_"; } >/dev/null 2>&1; __rw_join; { __rw_unstill "$__rw_fu"; } >/dev/null 2>&1'
    # From the first of them on, standard input is no longer where the keys come from.
    builtin bind -m "$__rw_i" '"\C-x\C-_\C-_O": "\C-x\C-_\C-_P\C-x\C-_\C-_A"'
done 2>/dev/null
builtin unset -v __rw_i __rw_fp
# Should a command throw the hooks out, readline reads on from what was meant for the command: nothing
# of that is to be run. Of all keys there are only those that the host sends.
if [[ $__rw_f0 != 0 ]]; then
    for __rw_i in emacs-standard vi-insert; do
        for __rw_fk in {0..9}{{0..9},a,b,c,d,e,f} {a,b,c,d,e,f}{{0..9},a,b,c,d,e,f}; do
            if [[ $__rw_fk != 18 && $__rw_fk != 1b ]]; then builtin bind -m "$__rw_i" -r "\\x$__rw_fk"; fi
        done
    done 2>/dev/null
    builtin unset -v __rw_i __rw_fk
fi
# What readline prints when it has accepted a line would come over the command's standard error.
if [[ $__rw_f2 != 0 ]]; then builtin bind 'set enable-bracketed-paste off' 2>/dev/null; fi
