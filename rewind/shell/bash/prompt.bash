# What rewind adds to the bash that it hosts. Given as --init-file, with the words between @ filled in;
# it reads the user's own start-up files itself. Rules that every line here keeps, each learnt from a shell that broke:
# builtins only (a fork fires the user's CHLD trap and changes $!), `builtin X` (users redefine
# printf, read, set), no write to a regular file (ulimit -f 0 kills), no name outside __rw_*, no
# call from one function to another (FUNCNEST=1), no unquoted expansion of what is the user's, in an
# assignment neither (before bash 5.3 a DEL in IFS is lost from it), and no reading into fields (IFS),
# no failing last command (set -e), set -a and set -k off before the first assignment, and no
# assignment to a prompt inside a key's handler: bash keeps pointers into them there.

__rw_dir=@DIRECTORY@ __rw_rc=@RC@ __rw_n=@NONCE@ __rw_seq='' __rw_done='' __rw_x='' __rw_debug='' __rw_trap='' __rw_off='' __rw_at=/dev/null
__rw_quote="'\\''" __rw_line="'\$'\\n''"
__rw_unless='case "${FUNCNAME-} $BASH_COMMAND" in (*__rw_*) ;; (*)
'

# First in PROMPT_COMMAND: the command has ended. Say so beside the terminal (the facts) and on it
# (the place in the output), then wait: the host closes the step and takes what was typed ahead.
# $1: not empty where that has been done, $2: $?, the rest: PIPESTATUS.
__rw_pre() {
    if [[ $1 ]]; then builtin return 0; fi
    builtin shift
    __rw_x=$-
    builtin set +akx
    builtin local __rw_s="$1" __rw_p='' __rw_a='' __rw_c='' __rw_l=''
    builtin local -a __rw_w
    builtin shift
    for __rw_a; do __rw_p+="$__rw_a "; done
    __rw_done=1
    if [[ -p $__rw_dir/events && -p $__rw_dir/replies ]]; then
        if [[ ${__rw_guard-} ]]; then
            # A trap that the user has set meanwhile stays.
            { builtin trap -p URG; builtin printf '\0'; } 1<>"$__rw_dir/replies"
            builtin mapfile -d '' -n 1 -t __rw_w <>"$__rw_dir/replies"
            if [[ ${__rw_w[0]-} != *__rw_int* ]]; then __rw_guard=u; fi
        fi
        # A prompt that cannot carry marks is told here.
        if [[ ${PS1+x} && ${PS1@a} == *r* && $PS1 != *']7717;'* ]]; then __rw_c=x${PS1@P}; fi
        # Of the jobs only those that run: to list another is to bash to have told the user of it.
        # To bash 4.4 `$!` is an error under set -u, whatever stands in the braces with it.
        {
            if ((BASH_VERSINFO[0] > 4)) && [[ -z ${!-} ]]; then
                builtin printf '%s\0' D "$__rw_n" "$__rw_s" "$__rw_p" "$PWD" "$__rw_c" '' ''
            else
                builtin printf '%s\0' D "$__rw_n" "$__rw_s" "$__rw_p" "$PWD" "$__rw_c"
                builtin jobs -rl || builtin true
                builtin printf '\0'
                builtin jobs -r || builtin true
                builtin printf '\0'
            fi
        } 1<>"$__rw_dir/events"
        builtin printf '\e]7717;%s;D\a' "$__rw_n" >/dev/tty
        __rw_l=x
        while [[ $__rw_l ]]; do
            # Before bash 5.2 `read -t` takes the alarm by which bash counts TMOUT, and that bounds
            # the wait as well.
            if [[ ${TMOUT-} == *[1-9]* ]]; then
                __rw_w=()
                builtin mapfile -n 1 -t __rw_w <>"$__rw_dir/replies" || builtin true
                __rw_a="${__rw_w[0]-}"
            else
                builtin read -r -t 3 __rw_a 0<>"$__rw_dir/replies" || builtin break
            fi
            # Nothing was read: somebody has redefined even `builtin`.
            if [[ -z $__rw_a ]]; then __rw_l=''; fi
            if [[ $__rw_a == *"$__rw_n "* ]]; then
                __rw_a=${__rw_a#*"$__rw_n "}
                __rw_n=${__rw_a%% *}
                __rw_c=${__rw_a#* }
                __rw_c=${__rw_c%% *}
                if [[ -n $__rw_c && $__rw_c != "${REWIND_SESSION-}" ]]; then
                    builtin export REWIND_SESSION="$__rw_c"
                fi
                __rw_l=''
            fi
        done
        __rw_at=$__rw_dir/replies
    else
        builtin printf '\e]7717;%s;X\a' "$__rw_n" >/dev/tty
        __rw_at=/dev/null
    fi
    if [[ ${__rw_guard-} ]]; then
        if [[ $__rw_guard != u ]]; then builtin trap - URG; fi
        if [[ ${__rw_int[0]-} ]]; then builtin eval "${__rw_int[0]}"; fi
        __rw_guard='' __rw_int=()
    fi
    builtin export -n __rw_n __rw_done __rw_guard __rw_int __rw_x __rw_at
    if [[ $__rw_x == *a* ]]; then builtin set -a; fi
    if [[ $__rw_x == *k* ]]; then builtin set -k; fi
    if [[ $__rw_x == *x* ]]; then builtin set -x; fi
    builtin return 0
} 2>/dev/null

# Between a command's end and the next one's start, a DEBUG trap runs for what is the user's own, and
# not for us: it may count, or take the first command that it sees for the one that was typed. A
# function does not see the trap: what it is, `trap -p` has just left in the FIFO. The user's own hooks
# find the PROMPT_COMMAND that the user set; bash has taken its elements already.
__rw_hush() {
    __rw_x=$-
    builtin set +akx
    builtin local __rw_a=''
    builtin local -a __rw_w
    builtin printf '\0' 1<>"$__rw_at"
    builtin mapfile -d '' -n 1 -t __rw_w <>"$__rw_at"
    __rw_a="${__rw_w[0]-}" __rw_w=()
    if [[ $__rw_a == *"$__rw_unless"* ]]; then
        __rw_a=''
    elif [[ -z $__rw_a && $__rw_off ]]; then
        __rw_a=$__rw_off
    else
        __rw_debug='' __rw_trap=$__rw_a
        if [[ $__rw_a == *"trap -- '"?*"' DEBUG"* ]]; then
            __rw_a="${__rw_a#*"trap -- "}"
            builtin eval "__rw_debug=${__rw_a%" DEBUG"*}"
        fi
    fi
    # To ask how many there are is an error to set -u where it is no array.
    if [[ ${__rw_array-} ]]; then __rw_w=("${PROMPT_COMMAND[@]}"); fi
    if [[ ${#__rw_w[@]} -gt 2 && ${__rw_w[0]-} == "$__rw_own" &&
        ${__rw_w[*]: -1} == "$__rw_hk2" && ${PROMPT_COMMAND@a} != *[rx]* ]]; then
        __rw_w=("${__rw_w[@]:1:${#__rw_w[@]}-2}")
        if [[ ${__rw_scalar-} && ${#__rw_w[@]} == 1 ]]; then
            builtin unset -v PROMPT_COMMAND
            PROMPT_COMMAND="${__rw_w[0]}"
        else
            PROMPT_COMMAND=("${__rw_w[@]}")
        fi
    fi
    __rw_off=''
    builtin export -n __rw_debug __rw_trap __rw_off __rw_x
    if [[ $__rw_x == *a* ]]; then builtin set -a; fi
    if [[ $__rw_x == *k* ]]; then builtin set -k; fi
    if [[ $__rw_x == *x* ]]; then builtin set -x; fi
    # From here on it runs in this function too.
    if [[ -n $__rw_a && -n $__rw_debug ]]; then
        builtin trap -- "$__rw_unless$__rw_debug"$'\n;; esac' DEBUG
    fi
} 2>/dev/null

# Last in PROMPT_COMMAND: whatever the user's own hooks made of the prompts, put our marks around
# it again; whatever was done to PROMPT_COMMAND, stand in it again.
__rw_post() {
    __rw_x=$-
    builtin set +akx
    builtin local __rw_p='' __rw_l='' __rw_v='' __rw_a='' __rw_z='' __rw_k='${__rw_n-}' __rw_h=''
    builtin local -a __rw_w __rw_o __rw_e
    builtin export -n __rw_x
    __rw_done=''
    if [[ ${__rw_silent+x} ]]; then
        if [[ $__rw_silent == x* ]]; then HISTIGNORE="${__rw_silent:1}"; else builtin unset -v HISTIGNORE; fi
        builtin unset -v __rw_silent
    fi
    # Without promptvars nothing in a prompt is expanded: the nonce itself goes in.
    if ! builtin shopt -q promptvars; then __rw_k=$__rw_n; fi
    for __rw_v in PS0 PS1 PS2; do
        if [[ ${!__rw_v+x} && ${!__rw_v@a} == *r* ]]; then builtin continue; fi
        __rw_p="${!__rw_v-}" __rw_a='\[\e]7717;' __rw_z='\a\]'
        # Nothing counts the columns of PS0.
        if [[ $__rw_v == PS0 ]]; then __rw_a='\e]7717;' __rw_z='\a'; fi
        while [[ $__rw_p == *"$__rw_a"*"$__rw_z"* ]]; do
            __rw_l="${__rw_p#*"$__rw_a"}"
            __rw_p="${__rw_p%%"$__rw_a"*}${__rw_l#*"$__rw_z"}"
        done
        case $__rw_v in
            # Its standard error is the command's already, and the mark has been given.
            PS0) [[ ${__rw_f2:-0} != 0 ]] || __rw_p="$__rw_a$__rw_k;C$__rw_z$__rw_p" ;;
            PS1)
                # An array in an exported prompt is an error to a dash that inherits it.
                __rw_l='${PIPESTATUS[@]}'
                if [[ ${PS1+x} && ${PS1@a} == *x* ]]; then __rw_l=''; fi
                __rw_p="$__rw_a$__rw_k"';A;$?;'"$__rw_l${__rw_run_at:+$__rw_run_count}$__rw_z$__rw_p$__rw_a$__rw_k;P$__rw_z"
                ;;
            PS2) __rw_p="$__rw_a$__rw_k;S$__rw_z$__rw_p$__rw_a$__rw_k;T$__rw_z" ;;
        esac
        if [[ ${!__rw_v-} != "$__rw_p" ]]; then
            builtin printf -v "$__rw_v" '%s' "$__rw_p"
        fi
    done
    if [[ ${PROMPT_COMMAND+x} && ${PROMPT_COMMAND@a} == *r* ]]; then
        builtin true
    elif [[ ${__rw_array-} ]]; then
        if [[ ${PROMPT_COMMAND[0]-} != "$__rw_own" || ${PROMPT_COMMAND[*]: -1} != "$__rw_hk2" ]]; then
            __rw_w=() __rw_o=() __rw_e=()
            for __rw_l in "${PROMPT_COMMAND[@]}"; do
                case $__rw_l in
                    "$__rw_own" | "$__rw_hk2") __rw_o+=("$__rw_l") ;;
                    ?*)
                        __rw_w+=("$__rw_l")
                        if [[ ${__rw_o[*]: -1} == "$__rw_hk2" ]]; then __rw_e+=("$__rw_l"); fi
                        ;;
                esac
            done
            if [[ ${__rw_o[*]-} == "$__rw_hk2" ]]; then
                # A plain assignment went to element 0, which was ours, and not to the user's first.
                # What it took over of ours stands for that one, as the user's code has left it.
                __rw_l="${PROMPT_COMMAND[0]-}" __rw_a="${PROMPT_COMMAND[1]-}"
                if [[ $__rw_a == "$__rw_hk2" ]]; then __rw_a=''; fi
                __rw_h=$__rw_own
                if [[ $__rw_l == *"$__rw_hk1"* ]]; then
                    __rw_p="${__rw_l#*"$__rw_hk1"}$__rw_hkz"
                    __rw_z="${__rw_p%%"$__rw_hkz"*}" __rw_p="${__rw_p#*"$__rw_hkz"}"
                    __rw_z="${__rw_z#";"}" __rw_z="${__rw_z%";"}"
                    __rw_z="${__rw_z//"$__rw_line"/$'\n'}" __rw_z="${__rw_z//"$__rw_quote"/"'"}"
                    __rw_l="${__rw_l%%"$__rw_hk1"*}$__rw_z${__rw_p%"$__rw_hkz"}"
                elif [[ $__rw_l == *"$__rw_hkz"* ]]; then
                    __rw_l=$__rw_a
                fi
                if [[ ${__rw_scalar-} ]]; then
                    __rw_w=("$__rw_l" "${__rw_e[@]}")
                    if [[ ${#__rw_e[@]} -gt 0 ]]; then __rw_scalar=''; fi
                elif [[ ${PROMPT_COMMAND[0]-} ]]; then
                    __rw_w=("$__rw_l" "${__rw_w[@]:2}")
                else
                    __rw_w=("${__rw_w[@]:1}")
                fi
                if [[ -z ${__rw_w[0]-} ]]; then __rw_w=("${__rw_w[@]:1}"); fi
            elif [[ ${#__rw_w[@]} -gt 1 ]]; then
                __rw_scalar=''
            fi
            __rw_p="${__rw_w[0]-}" __rw_p="${__rw_p//"'"/"$__rw_quote"}"
            __rw_own="$__rw_hk1;${__rw_p//$'\n'/"$__rw_line"};$__rw_hkz"
            PROMPT_COMMAND=("$__rw_own" "${__rw_w[@]}" "$__rw_hk2")
        fi
    elif [[ -z ${__rw_bp-} && ${PROMPT_COMMAND-} != *"$__rw_hk" ]]; then
        __rw_p="${PROMPT_COMMAND-}" __rw_a='' __rw_h=$__rw_hk
        while [[ $__rw_p == *"$__rw_hk"* ]]; do
            __rw_l="${__rw_p#*"$__rw_hk"}"
            __rw_p="${__rw_p%%"$__rw_hk"*}"
            __rw_p="${__rw_p%$'\n'}""$__rw_l"
        done
        PROMPT_COMMAND="$__rw_p"${__rw_p:+$'\n'}"$__rw_hk"
    fi
    if [[ $__rw_h ]]; then
        # What took PROMPT_COMMAND over may have kept what it found there, to run it itself: that was
        # the user's. What bash works out when it is read changes by that.
        __rw_w=()
        for __rw_v in _ a b c d e f g h i j k l m n o p q r s t u v w x y z \
            A B C D E F G H I J K L M N O P Q R S T U V W X Y Z; do
            builtin eval "__rw_w+=(\"\${!$__rw_v@}\")"
        done
        for __rw_v in "${__rw_w[@]}"; do
            case $__rw_v in
                __rw_* | BASH* | COMP_* | EPOCH* | *RANDOM | _ | DIRSTACK | FUNCNAME) builtin continue ;;
                GROUPS | HISTCMD | LINENO | SECONDS | PROMPT_COMMAND) builtin continue ;;
            esac
            if [[ ${!__rw_v-} == *"$__rw_h"* && ${!__rw_v@a} != *r* ]]; then
                __rw_p="${!__rw_v}"
                __rw_l="${__rw_p#*"$__rw_h"}" __rw_p="${__rw_p%%"$__rw_h"*}"
                if [[ -z $__rw_a ]]; then __rw_p="${__rw_p%$'\n'}"; fi
                builtin printf -v "$__rw_v" '%s' "$__rw_p$__rw_a$__rw_l"
            fi
        done
    fi
    # While the prompt stands there is no DEBUG trap: bash looks for jobs that have ended before it runs
    # one, and what it says of them where a hidden command begins, nobody hears. The hook takes it
    # away, for a function cannot; where no key brings a line, there is nobody to bring it back.
    if [[ $__rw_debug && ( -o emacs || -o vi ) ]]; then __rw_off=$__rw_trap; fi
    builtin export -n __rw_scalar __rw_own __rw_off
    if [[ $__rw_x == *a* ]]; then builtin set -a; fi
    if [[ $__rw_x == *k* ]]; then builtin set -k; fi
    if [[ $__rw_x == *x* ]]; then builtin set -x; fi
    builtin return 0
} 2>/dev/null
