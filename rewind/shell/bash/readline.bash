# The keys by which the host asks bash's own readline: for a completion, for its settings, for what
# a key of the user's does to the line.

# Completion: one key loads the line that the user edits, readline's own command completes it, and the
# next key tells what became of it, before the cursor and after it, behind the number of the question
# and what divides words. $1: $_
__rw_line() {
    builtin local -a __rw_c
    __rw_c=()
    if [[ -r $__rw_dir/line ]]; then builtin mapfile -d '' -t __rw_c <"$__rw_dir/line"; fi
    __rw_u="$1" __rw_q="${__rw_c[2]-}"
    builtin export -n __rw_u __rw_q
    READLINE_LINE="${__rw_c[0]-}${__rw_c[1]-}" READLINE_POINT=${#__rw_c[0]}
    # A point counts bytes before bash 5.
    if ((BASH_VERSINFO[0] < 5)); then
        builtin local LC_ALL=C
        READLINE_POINT=${#__rw_c[0]}
    fi
    builtin true "$1"
} 2>/dev/null

__rw_tell() {
    if ((BASH_VERSINFO[0] < 5)); then
        builtin local LC_ALL=C
    fi
    # The points keep the fields from being empty, which would be the end.
    if [[ -p $__rw_dir/answers ]]; then
        builtin printf '%s\0' "$__rw_q.${COMP_WORDBREAKS-}" ".${READLINE_LINE:0:READLINE_POINT}" \
            ".${READLINE_LINE:READLINE_POINT}" '' 1<>"$__rw_dir/answers"
    fi
    builtin printf '\e]7717;%s;W\a' "$__rw_n" >/dev/tty
    READLINE_LINE='' READLINE_POINT=0
    builtin true "$1"
} 2>/dev/null

# What the words of a completion are: its function is asked as for a list, in a process of its own
# that nobody waits for, and that is no job. A substitution, unlike a subshell, leaves the terminal to
# bash: the host may look at any moment whether it reads keys. $1: $_
__rw_annotate() {
    builtin : "$(__rw_annotated </dev/null >/dev/null 2>&1 &)"
    builtin true "$1"
} 2>/dev/null

__rw_annotated() {
    builtin trap - DEBUG ERR RETURN EXIT
    builtin set +eu
    builtin mapfile -d '' -t __rw_c <"$__rw_dir/words"
    __rw_k="${__rw_c[2]}"
    __rw_l="$(builtin complete -p -- "$__rw_k" || builtin complete -p -- "${__rw_k##*/}")"
    COMPREPLY=()
    if [[ $__rw_l =~ \ -F\ ([^ ]+) ]]; then
        COMP_WORDS=("${__rw_c[@]:2}") COMP_CWORD=$((${#__rw_c[@]} - 3))
        COMP_LINE="${__rw_c[1]}" COMP_POINT=${#COMP_LINE} COMP_TYPE=63 COMP_KEY=9
        "${BASH_REMATCH[1]}" "$__rw_k" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    fi
    builtin printf '%s\0' "${__rw_c[0]}" "${COMPREPLY[@]}" '' 1<>"$__rw_dir/notes"
}

# A key of the user's that bash serves (`bind -x`): the line comes from the host in two parts, before
# the cursor and after it. The user's text runs between the two functions, at top level and with the
# terminal as it is, and what became of the line is told. $1: $_
__rw_edit() {
    builtin local -a __rw_c
    __rw_c=()
    if [[ -r $__rw_dir/edit ]]; then builtin mapfile -d '' -t __rw_c <"$__rw_dir/edit"; fi
    __rw_u="$1" __rw_k="${__rw_c[2]-}"
    builtin export -n __rw_u __rw_k
    READLINE_LINE="${__rw_c[0]-}${__rw_c[1]-}" READLINE_POINT=${#__rw_c[0]}
    # A command of readline's own is served by the key that follows.
    if [[ ${__rw_c[3]-} ]]; then
        for __rw_k in emacs-standard vi-insert vi-command; do
            builtin bind -m "$__rw_k" "\"\\C-x\\C-_\\C-_F\": ${__rw_c[3]}"
        done
        __rw_k=''
    fi
    if ((BASH_VERSINFO[0] < 5)); then
        builtin local LC_ALL=C
        READLINE_POINT=${#__rw_c[0]}
    fi
    if [[ $__rw_k ]]; then builtin printf '\e]7717;%s;V\a' "$__rw_n" >/dev/tty; fi
    builtin true "$1"
    if [[ $__rw_k && $__rw_off ]]; then
        __rw_off=''
        builtin trap -- "$__rw_unless$__rw_debug"$'\n;; esac' DEBUG
    fi
} 2>/dev/null

__rw_edited() {
    builtin local __rw_l=''
    builtin local -a __rw_w
    if ((BASH_VERSINFO[0] < 5)); then
        builtin local LC_ALL=C
    fi
    if [[ -p $__rw_dir/answers && -p $__rw_dir/replies ]]; then
        builtin printf '%s\0' "${READLINE_LINE:0:READLINE_POINT}" "${READLINE_LINE:READLINE_POINT}" \
            '' 1<>"$__rw_dir/answers"
        builtin printf '\e]7717;%s;U\a' "$__rw_n" >/dev/tty
        # Keys that the user's text has not read are for the host: it takes them out of the queue.
        # TMOUT's alarm bounds the wait where there is one, and `read -t` would take it away.
        if [[ ${TMOUT-} == *[1-9]* ]]; then
            builtin mapfile -n 1 -t __rw_w <>"$__rw_dir/replies" || builtin true
        else
            builtin read -r -t 3 __rw_l 0<>"$__rw_dir/replies" || builtin true
        fi
    fi
    READLINE_LINE='' READLINE_POINT=0
    builtin true "$1"
} 2>/dev/null

# What readline's shell-expand-line makes of a line, for one that runs programs in doing so: readline
# itself would have its own line on the screen between theirs. $1: the line
__rw_expand() {
    builtin local -a __rw_c
    builtin local __rw_l=$-
    __rw_c=()
    builtin set -f +B
    builtin eval "__rw_c=( $1 )" && READLINE_LINE=${__rw_c[*]} READLINE_POINT=${#READLINE_LINE}
    if [[ $__rw_l == *B* ]]; then builtin set -B; fi
    if [[ $__rw_l != *f* ]]; then builtin set +f; fi
    builtin return 0
}

# How the user's readline is set up. $1: $_
__rw_settings() {
    builtin local __rw_k=emacs-standard
    if builtin shopt -qo vi; then __rw_k=vi-insert; fi
    builtin bind -v
    while [[ $__rw_k ]]; do
        builtin printf '# %s\n' "$__rw_k"
        builtin bind -m "$__rw_k" -p
        builtin bind -m "$__rw_k" -s
        builtin printf '# shell\n'
        builtin bind -m "$__rw_k" -X
        case $__rw_k in vi-insert) __rw_k=vi-command ;; *) __rw_k='' ;; esac
    done
    builtin printf '\0\0'
    builtin true "$1"
} 2>/dev/null

# The key that tells it.
__rw_bound() {
    if [[ -p $__rw_dir/answers ]]; then __rw_settings "$1" 1<>"$__rw_dir/answers"; fi
    builtin true "$1"
} 2>/dev/null
