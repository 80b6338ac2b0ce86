# The keys by which the host asks bash's own readline: for a completion, for its settings.

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
