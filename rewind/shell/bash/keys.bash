# The keys by which the host gives bash its lines.

# What the host's signal runs. It says nothing, and what it took away comes back in __rw_pre.
__rw_leave='{
    { builtin trap -p INT; builtin printf "\0"; } 1<>"$__rw_dir/replies"
    builtin mapfile -d "" -n 1 -t __rw_int <>"$__rw_dir/replies"
    builtin trap - INT
    builtin kill -INT "$$"
} 2>/dev/null'

# The key that puts the host's next command into readline's line; accept-line follows as a key of
# its own. A sequence number that has run before loads nothing: no key ever runs a command twice.
# $1: $_, which a key's handler must give back.
__rw_load() {
    __rw_x=$-
    builtin set +akx
    builtin local __rw_u="$1" __rw_l='' __rw_own=x
    builtin local -a __rw_c
    __rw_c=()
    if [[ -r $__rw_dir/command ]]; then
        builtin mapfile -d '' -t __rw_c <"$__rw_dir/command"
    fi
    if [[ -n ${__rw_c[0]-} && ${__rw_c[0]} != "$__rw_seq" ]]; then
        __rw_seq=${__rw_c[0]} __rw_l="${__rw_c[2]}"
        if [[ -n ${__rw_c[3]} ]]; then
            # Too long for readline: bash sources the text, and the history gets it from here.
            builtin history -s -- "$__rw_l"
            __rw_l="${__rw_c[3]}"
        fi
        if [[ ${__rw_c[1]} == silent || -n ${__rw_c[3]} ]]; then
            if [[ ! ${__rw_silent+x} ]]; then __rw_silent="${HISTIGNORE+x$HISTIGNORE}"; fi
            HISTIGNORE='*'
        fi
        if [[ ${__rw_c[1]} != silent ]]; then __rw_own=''; fi
        if [[ ${__rw_c[1]} != silent && -n ${__rw_c[1]} && ${__rw_c[1]} != "${REWIND_SESSION-}" ]]; then
            builtin export REWIND_SESSION="${__rw_c[1]}"
        fi
    fi
    READLINE_LINE="$__rw_l" READLINE_POINT=${#__rw_l}
    # Ctrl-C in one of the user's prompt commands has left it as the user set it.
    if [[ ${__rw_array-} && ${PROMPT_COMMAND[*]-} != *__rw_* ]]; then
        if [[ ! ${PROMPT_COMMAND+x} || ${PROMPT_COMMAND@a} != *r* ]]; then
            PROMPT_COMMAND=("$__rw_own" "${PROMPT_COMMAND[@]}" "$__rw_hk2")
        fi
    fi
    if [[ ${__rw_c[4]-} == 0 && ${__rw_guard-} ]]; then
        # The line before was rejected, and this one may look at the traps.
        builtin trap - URG
        __rw_guard=''
    fi
    if [[ ${__rw_c[4]-} == [12] && -z ${__rw_guard-} && -p $__rw_dir/replies ]]; then
        # A jump gives up the line by SIGINT. Where that is trapped, or may not reach all of the line,
        # the host asks for it by a signal that nobody uses, which does the same whatever is trapped.
        { builtin trap -p INT URG; builtin printf '\0'; } 1<>"$__rw_dir/replies"
        builtin mapfile -d '' -n 1 -t __rw_int <>"$__rw_dir/replies"
        if [[ ${__rw_int[0]-} != *SIGURG* && ( ${__rw_c[4]} == 2 || -n ${__rw_int[0]-} ) ]]; then
            __rw_guard=x
            builtin trap "$__rw_leave" URG
        fi
        __rw_int=()
    fi
    builtin export -n __rw_x __rw_seq __rw_silent __rw_guard __rw_int
    if [[ $__rw_x == *a* ]]; then builtin set -a; fi
    if [[ $__rw_x == *k* ]]; then builtin set -k; fi
    if [[ $__rw_x == *x* ]]; then builtin set -x; fi
    builtin true "$__rw_u"
    # The last of all, for it runs here too. A line of the host's own needs none. Where all the hooks
    # come after the user's (bash 4.4 and 5.0), they would be seen: there it is the user's trap as it
    # was only for a line that may look at it.
    if [[ -n $__rw_debug ]]; then
        __rw_c=("$__rw_off")
        __rw_off=''
        if [[ $__rw_own != x && ( ${__rw_array-}${__rw_bp-} ||
            " $__rw_l" == *@(trap|source|eval|[[:space:];]. )* ) ]]; then
            builtin trap -- "$__rw_debug" DEBUG
        elif [[ ${__rw_c[0]} ]]; then
            builtin trap -- "$__rw_unless$__rw_debug"$'\n;; esac' DEBUG
        fi
    fi
} 2>/dev/null

# Gives HISTIGNORE back what it was before a line of the host's own was kept out of the history; for
# a line that goes on to change it.
__rw_loud() {
    if [[ ${__rw_silent+x} ]]; then
        if [[ $__rw_silent == x* ]]; then HISTIGNORE="${__rw_silent:1}"; else builtin unset -v HISTIGNORE; fi
        builtin unset -v __rw_silent
    fi
    builtin return 0
} 2>/dev/null

# The key that stands in PROMPT_COMMAND again after the user's code threw everything out of it. Where
# the marks are gone from the prompts too, the host asks by it whether this is a prompt at all, and
# not `read -e`: it is none where the hooks stand in their place, and have not run.
# $1: $_
__rw_repair() {
    if [[ "${PROMPT_COMMAND[*]-}" == *"__rw_"* ]]; then
        builtin printf '\e]7717;%s;N\a' "$__rw_n" >/dev/tty
        builtin true "$1"
        builtin return
    fi
    if [[ ! ${PROMPT_COMMAND+x} || ${PROMPT_COMMAND@a} != *r* ]]; then
        if [[ ${__rw_array-} ]]; then
            __rw_scalar=x
            if [[ ${PROMPT_COMMAND+x} && ${PROMPT_COMMAND@a} == *a* ]]; then __rw_scalar=''; fi
            PROMPT_COMMAND=("$__rw_own" "${PROMPT_COMMAND[@]}" "$__rw_hk2")
        else
            PROMPT_COMMAND="${PROMPT_COMMAND-}"${PROMPT_COMMAND:+$'\n'}"$__rw_hk"
        fi
    fi
    READLINE_LINE='' READLINE_POINT=0
    builtin printf '\e]7717;%s;Y\a' "$__rw_n" >/dev/tty
    builtin true "$1"
} 2>/dev/null
