# What rewind adds to the bash that it hosts. Given as --init-file, with the words between @ filled in;
# it reads the user's own start-up files itself. Rules that every line here keeps, each learnt from a shell that broke:
# builtins only (a fork fires the user's CHLD trap and changes $!), `builtin X` (users redefine
# printf, read, set), no write to a regular file (ulimit -f 0 kills), no name outside __rw_*, no
# call from one function to another (FUNCNEST=1), no unquoted expansion and no reading into fields
# (IFS), no failing last command (set -e), set -a and set -k off before the first assignment, and no
# assignment to a prompt inside a key's handler: bash keeps pointers into them there.

__rw_dir=@DIRECTORY@ __rw_rc=@RC@ __rw_n=@NONCE@ __rw_seq='' __rw_done='' __rw_x=''

# First in PROMPT_COMMAND: the command has ended. Say so beside the terminal (the facts) and on it
# (the place in the output), then wait: the host closes the step and takes what was typed ahead.
# $1: $?, the rest: PIPESTATUS.
__rw_pre() {
    __rw_x=$-
    builtin set +ak
    builtin local __rw_s="$1" __rw_p='' __rw_a='' __rw_c='' __rw_l=''
    builtin shift
    for __rw_a; do __rw_p+="$__rw_a "; done
    __rw_done=1
    if [[ -p $__rw_dir/events && -p $__rw_dir/replies ]]; then
        # A prompt that cannot carry marks is told here.
        if [[ ${PS1+x} && ${PS1@a} == *r* && $PS1 != *']7717;'* ]]; then __rw_c=x${PS1@P}; fi
        builtin printf '%s\0' D "$__rw_n" "$__rw_s" "$__rw_p" "$PWD" "$__rw_c" 1<>"$__rw_dir/events"
        builtin printf '\e]7717;%s;D\a' "$__rw_n" >/dev/tty
        __rw_l=x
        while [[ $__rw_l ]] && builtin read -r -t 3 __rw_a 0<>"$__rw_dir/replies"; do
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
    else
        builtin printf '\e]7717;%s;X\a' "$__rw_n" >/dev/tty
    fi
    if [[ ${__rw_guard-} ]]; then
        builtin trap - URG
        if [[ ${__rw_int[0]-} ]]; then builtin eval "${__rw_int[0]}"; fi
        __rw_guard='' __rw_int=()
    fi
    builtin export -n __rw_n __rw_done __rw_guard __rw_int __rw_x
    if [[ $__rw_x == *a* ]]; then builtin set -a; fi
    if [[ $__rw_x == *k* ]]; then builtin set -k; fi
    builtin return 0
} 2>/dev/null

# Last in PROMPT_COMMAND: whatever the user's own hooks made of the prompts, put our marks around
# it again; whatever was done to PROMPT_COMMAND, stand in it again.
__rw_post() {
    __rw_x=$-
    builtin set +ak
    builtin local __rw_p='' __rw_l='' __rw_v='' __rw_a='' __rw_z='' __rw_k='${__rw_n-}'
    builtin local -a __rw_w __rw_o
    builtin export -n __rw_x __rw_s
    __rw_done=''
    if [[ ${__rw_silent+x} ]]; then
        if [[ $__rw_silent == x* ]]; then HISTIGNORE=${__rw_silent:1}; else builtin unset -v HISTIGNORE; fi
        builtin unset -v __rw_silent
    fi
    # Without promptvars nothing in a prompt is expanded: the nonce itself goes in.
    if ! builtin shopt -q promptvars; then __rw_k=$__rw_n; fi
    for __rw_v in PS0 PS1 PS2; do
        if [[ ${!__rw_v+x} && ${!__rw_v@a} == *r* ]]; then builtin continue; fi
        __rw_p=${!__rw_v-} __rw_a='\[\e]7717;' __rw_z='\a\]'
        # Nothing counts the columns of PS0.
        if [[ $__rw_v == PS0 ]]; then __rw_a='\e]7717;' __rw_z='\a'; fi
        while [[ $__rw_p == *"$__rw_a"*"$__rw_z"* ]]; do
            __rw_l=${__rw_p#*"$__rw_a"}
            __rw_p=${__rw_p%%"$__rw_a"*}${__rw_l#*"$__rw_z"}
        done
        case $__rw_v in
            PS0) __rw_p=$__rw_a$__rw_k';C'$__rw_z$__rw_p ;;
            PS1) __rw_p=$__rw_a$__rw_k';A;$?;${PIPESTATUS[@]}'$__rw_z$__rw_p$__rw_a$__rw_k';P'$__rw_z ;;
            PS2) __rw_p=$__rw_a$__rw_k';S'$__rw_z$__rw_p$__rw_a$__rw_k';T'$__rw_z ;;
        esac
        if [[ ${!__rw_v-} != "$__rw_p" ]]; then
            builtin printf -v "$__rw_v" '%s' "$__rw_p"
        fi
    done
    if [[ ${PROMPT_COMMAND+x} && ${PROMPT_COMMAND@a} == *r* ]]; then
        builtin true
    elif [[ ${__rw_array-} ]]; then
        if [[ ${PROMPT_COMMAND[0]-} != "$__rw_hk1" || ${PROMPT_COMMAND[*]: -1} != "$__rw_hk2" ]]; then
            __rw_w=() __rw_o=()
            for __rw_l in "${PROMPT_COMMAND[@]}"; do
                case $__rw_l in
                    "$__rw_hk1" | "$__rw_hk2") __rw_o+=("$__rw_l") ;;
                    ?*) __rw_w+=("$__rw_l") ;;
                esac
            done
            if [[ ${__rw_o[*]-} == "$__rw_hk2" ]]; then
                # A plain assignment went to element 0, which was ours, and not to the user's first.
                # What it took over of ours stands for that one.
                __rw_l=${PROMPT_COMMAND[0]-} __rw_a=${PROMPT_COMMAND[1]-}
                if [[ $__rw_a == "$__rw_hk2" ]]; then __rw_a=''; fi
                if [[ $__rw_l == *"$__rw_hk1"* ]]; then
                    __rw_l=${__rw_l%%"$__rw_hk1"*}$__rw_a${__rw_l#*"$__rw_hk1"}
                fi
                if [[ ${__rw_scalar-} ]]; then
                    __rw_w=("$__rw_l")
                elif [[ ${PROMPT_COMMAND[0]-} ]]; then
                    __rw_w=("$__rw_l" "${__rw_w[@]:2}")
                else
                    __rw_w=("${__rw_w[@]:1}")
                fi
                if [[ -z ${__rw_w[0]-} ]]; then __rw_w=("${__rw_w[@]:1}"); fi
            elif [[ ${#__rw_w[@]} -gt 1 ]]; then
                __rw_scalar=''
            fi
            PROMPT_COMMAND=("$__rw_hk1" "${__rw_w[@]}" "$__rw_hk2")
        fi
    elif [[ -z ${__rw_bp-} && ${PROMPT_COMMAND-} != *"$__rw_hk" ]]; then
        __rw_p=${PROMPT_COMMAND-}
        while [[ $__rw_p == *"$__rw_hk"* ]]; do
            __rw_l=${__rw_p#*"$__rw_hk"}
            __rw_p=${__rw_p%%"$__rw_hk"*}
            __rw_p=${__rw_p%$'\n'}$__rw_l
        done
        PROMPT_COMMAND=${__rw_p:+$__rw_p$'\n'}$__rw_hk
    fi
    builtin export -n __rw_scalar
    if [[ $__rw_x == *a* ]]; then builtin set -a; fi
    if [[ $__rw_x == *k* ]]; then builtin set -k; fi
    builtin return 0
} 2>/dev/null

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
    builtin set +ak
    builtin local __rw_u="$1" __rw_l=''
    builtin local -a __rw_c
    __rw_c=()
    if [[ -r $__rw_dir/command ]]; then
        builtin mapfile -d '' -t __rw_c <"$__rw_dir/command"
    fi
    if [[ -n ${__rw_c[0]-} && ${__rw_c[0]} != "$__rw_seq" ]]; then
        __rw_seq=${__rw_c[0]} __rw_l=${__rw_c[2]}
        if [[ -n ${__rw_c[3]} ]]; then
            # Too long for readline: bash sources the text, and the history gets it from here.
            builtin history -s -- "$__rw_l"
            __rw_l=${__rw_c[3]}
        fi
        if [[ ${__rw_c[1]} == silent || -n ${__rw_c[3]} ]]; then
            if [[ ! ${__rw_silent+x} ]]; then __rw_silent=${HISTIGNORE+x$HISTIGNORE}; fi
            HISTIGNORE='*'
        fi
        if [[ ${__rw_c[1]} != silent && -n ${__rw_c[1]} && ${__rw_c[1]} != "${REWIND_SESSION-}" ]]; then
            builtin export REWIND_SESSION="${__rw_c[1]}"
        fi
    fi
    READLINE_LINE=$__rw_l READLINE_POINT=${#__rw_l}
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
    builtin true "$__rw_u"
} 2>/dev/null

# Gives HISTIGNORE back what it was before a line of the host's own was kept out of the history; for
# a line that goes on to change it.
__rw_loud() {
    if [[ ${__rw_silent+x} ]]; then
        if [[ $__rw_silent == x* ]]; then HISTIGNORE=${__rw_silent:1}; else builtin unset -v HISTIGNORE; fi
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
            PROMPT_COMMAND=("$__rw_hk1" "${PROMPT_COMMAND[@]}" "$__rw_hk2")
        else
            PROMPT_COMMAND=${PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}$__rw_hk
        fi
    fi
    READLINE_LINE='' READLINE_POINT=0
    builtin printf '\e]7717;%s;Y\a' "$__rw_n" >/dev/tty
    builtin true "$1"
} 2>/dev/null

# Completion: one key loads the line that the user edits, readline's own command completes it, and the
# next key tells what became of it. What stands after the cursor, the host keeps.
# $1: $_
__rw_line() {
    builtin local __rw_l=''
    if [[ -r $__rw_dir/line ]]; then
        IFS= builtin read -r -d '' __rw_l <"$__rw_dir/line" || builtin true
    fi
    __rw_u=$1
    builtin export -n __rw_u
    READLINE_LINE=$__rw_l READLINE_POINT=${#__rw_l}
    # A point counts bytes before bash 5.1.
    if ((BASH_VERSINFO[0] < 5 || (BASH_VERSINFO[0] == 5 && BASH_VERSINFO[1] < 1))); then
        builtin local LC_ALL=C
        READLINE_POINT=${#__rw_l}
    fi
    builtin true "$1"
} 2>/dev/null

__rw_tell() {
    if [[ -p $__rw_dir/answers ]]; then
        builtin printf '%s\0' "$READLINE_LINE" '' 1<>"$__rw_dir/answers"
    fi
    builtin printf '\e]7717;%s;W\a' "$__rw_n" >/dev/tty
    READLINE_LINE='' READLINE_POINT=0
    builtin true "$1"
} 2>/dev/null

# The key that tells how the user's readline is set up. $1: $_
__rw_bound() {
    if [[ -p $__rw_dir/answers ]]; then
        { builtin bind -v; builtin bind -p; builtin bind -s; builtin printf '\0\0'; } 1<>"$__rw_dir/answers"
    fi
    builtin true "$1"
} 2>/dev/null

# After the user's files: stand in PROMPT_COMMAND, put the marks around the prompts, bind the keys. A
# function, so that the user's aliases are not expanded in it.
__rw_install() {
    # The braces hide what the user's DEBUG trap and set -x would print for our lines. $? and PIPESTATUS
    # are taken first: bash gives each element of the array the command's own.
    __rw_hk1='{ __rw_pre "$?" "${PIPESTATUS[@]}"; } >/dev/null 2>&1'
    __rw_hk2='{ __rw_s=("$?" "${PIPESTATUS[@]}"); [[ ${__rw_done-} ]] || __rw_pre "${__rw_s[@]}"; __rw_post; } >/dev/null 2>&1'
    __rw_hk='{ __rw_pre "$?" "${PIPESTATUS[@]}"; __rw_post; } >/dev/null 2>&1'

    if [[ ${bash_preexec_imported-}${__bp_imported-} ]]; then
        # bash-preexec owns PROMPT_COMMAND and installs itself at the first prompt: go through it.
        __rw_bp=1
        __rw_bp_pre() { { __rw_pre "$?" "${BP_PIPESTATUS[@]}"; } >/dev/null 2>&1; }
        __rw_bp_post() { { __rw_post; } >/dev/null 2>&1; }
        precmd_functions=(__rw_bp_pre "${precmd_functions[@]}" __rw_bp_post)
    elif ((BASH_VERSINFO[0] > 5 || (BASH_VERSINFO[0] == 5 && BASH_VERSINFO[1] >= 1))); then
        __rw_array=1 __rw_scalar=x
        if [[ ${PROMPT_COMMAND+x} && ${PROMPT_COMMAND@a} == *a* ]]; then __rw_scalar=''; fi
    fi

    # Readline is hidden behind the host's own prompt: these settings are seen by the host alone. The
    # end of bracketed paste is printed exactly when a line is accepted.
    # At PS2 bash parses a key's text in the middle of the user's command, where a brace may be no
    # reserved word: there it is a simple command, which a DEBUG trap sees.
    for __rw_v in emacs-standard vi-insert vi-command; do
        builtin bind -m "$__rw_v" -x '"\C-x\C-_R": { __rw_load "$_"; } >/dev/null 2>&1'
        builtin bind -m "$__rw_v" -x '"\C-x\C-_S": __rw_load "$_" >/dev/null 2>&1'
        builtin bind -m "$__rw_v" -x '"\C-x\C-_I": { __rw_repair "$_"; } >/dev/null 2>&1'
        builtin bind -m "$__rw_v" -x @DUMP@
        builtin bind -m "$__rw_v" '"\C-x\C-_A": accept-line'
        builtin bind -m "$__rw_v" -x '"\C-x\C-_L": { __rw_line "$_"; } >/dev/null 2>&1'
        builtin bind -m "$__rw_v" '"\C-x\C-_T": complete'
        builtin bind -m "$__rw_v" '"\C-x\C-_M": insert-completions'
        builtin bind -m "$__rw_v" -x '"\C-x\C-_W": { __rw_tell "$__rw_u"; } >/dev/null 2>&1'
        builtin bind -m "$__rw_v" -x '"\C-x\C-_B": { __rw_bound "$_"; } >/dev/null 2>&1'
    done 2>/dev/null
    __rw_bound ''
    # Completion asks no questions there, and lists nothing.
    for __rw_v in 'show-all-if-ambiguous off' 'show-all-if-unmodified off' 'completion-query-items 0' 'page-completions off'; do
        builtin bind "set $__rw_v"
    done 2>/dev/null
    builtin bind 'set enable-bracketed-paste on' 2>/dev/null
    builtin bind 'set show-mode-in-prompt on' 2>/dev/null
    for __rw_v in emacs vi-ins vi-cmd; do
        builtin bind "set $__rw_v-mode-string \"\\1\\e]7717;$__rw_n;R\\a\\2\""
    done 2>/dev/null
    builtin unset -v __rw_v
    __rw_post >/dev/null 2>&1
} 2>/dev/null

# An unset BASH_EXECUTION_STRING is how ble.sh knows that it may take over the line editor.
if [[ -n $__rw_rc ]]; then
    BASH_EXECUTION_STRING=rewind
    if [[ -r $__rw_rc ]]; then builtin . "$__rw_rc"; fi
    builtin unset -v BASH_EXECUTION_STRING
fi
builtin unset -v __rw_rc

# FUNCNEST=1 allows no function to call another.
__rw_c=${FUNCNEST+x$FUNCNEST}
builtin unset -v FUNCNEST
if ! declare -F builtin >/dev/null; then __rw_install; fi
if [[ -n $__rw_c ]]; then FUNCNEST=${__rw_c:1}; fi
builtin unset -v __rw_c
