# What rewind adds to the bash that it hosts while it runs a script: a way to learn that bash is about to
# end, with everything as it is at that moment, and that the shell's own rule for `set -e` has found a
# failure. Sourced once, with the words between @ filled in; the rules of hooks.bash hold here too.
#
# bash ends where the script says `exit` or `set -e` does, and nothing but an EXIT trap sees it then.
# So one stands in front of the user's own: it tells the state and waits for a word. On `exec` the
# same process becomes a fresh bash, which the host brings into that state; else bash ends, by way of
# the user's trap. The trap on ERR is only there where the user has none: bash runs it exactly where
# `set -e` would end the shell.

__rw_run_trap='{ \builtin eval "$__rw_run_leaving"; } >/dev/null 2>&1; [[ $__rw_run_t != *exec ]] || { { \builtin set +x; } 2>/dev/null; [[ -z ${__rw_fj-} ]] || { \__rw_part; \__rw_again; }; \builtin exec "$__rw_run_bash" --init-file "$__rw_dir/hooks" -i; }; \__rw_run_status "$__rw_run_v" "$__rw_run_w" && \builtin true "$__rw_run_w"
'
__rw_run_user=''

__rw_run_status() { builtin return "$1"; }

# $1: $_, which has to be what it was.
__rw_run_note() {
    if [[ -p $__rw_dir/answers ]]; then builtin printf E 1<>"$__rw_dir/answers"; fi
    builtin true "$1"
} 2>/dev/null

# With streams of its own and the hooks thrown out, bash ends at once after that command: that is no
# success. bash takes the EXIT trap away while it runs it: it is set again to be part of the state. What may
# fail stands on the left of `||` or `&&`, where `set -e` does not look.
__rw_run_bash=@BASH@
__rw_run_leaving='{ __rw_run_v=$? __rw_run_w=$_; [[ -z ${__rw_fj-} || ${PROMPT_COMMAND[*]-} == *__rw_part* ]] || __rw_run_v=1; \builtin trap -- "$__rw_run_trap$__rw_run_user" EXIT; \__rw_run_status "$__rw_run_v" "$__rw_run_w" && \builtin true "$__rw_run_w"; } >/dev/null 2>&1
'@DUMP@'
{ __rw_run_t=""; [[ -p $__rw_dir/answers ]] && { __rw_pre "" "$__rw_run_v" "$__rw_run_v"; IFS= \builtin read -r -d "" -t 30 __rw_run_t 0<>"$__rw_dir/answers"; } || \builtin :; } >/dev/null 2>&1
\builtin :'

# Lines are counted as in the script: by what a prompt expands, for nowhere else does an assignment to
# LINENO outlive the line it stands on.
__rw_run_count='${__rw_run_at:$((LINENO=__rw_run_at,0)):0}'

__rw_run_guard='[[ ! -r $__rw_dir/next ]] || IFS= \builtin read -r __rw_run_at <"$__rw_dir/next" || \builtin :
[[ $__rw_run_t == *__rw_run_leaving* ]] || {
    __rw_run_user=
    if [[ -n $__rw_run_t ]]; then __rw_run_user=${__rw_run_t#"trap -- "}; \builtin eval "__rw_run_user=${__rw_run_user%" EXIT"*}"; fi
    \builtin trap -- "$__rw_run_trap$__rw_run_user" EXIT
}
[[ -n $__rw_run_f ]] || \builtin trap -- "{ __rw_run_note \"\$_\"; } >/dev/null 2>&1" ERR'

__rw_run_unguard='if [[ $__rw_run_t == *__rw_run_leaving* ]]; then
    if [[ -n $__rw_run_user ]]; then \builtin trap -- "$__rw_run_user" EXIT; else \builtin trap - EXIT; fi
fi
if [[ $__rw_run_f == *__rw_run_note* ]]; then \builtin trap - ERR; fi'

# What the traps are, without a fork: through a FIFO. At top level, for a function does not see them.
__rw_run_traps='{ __rw_run_u=$_; { { \builtin trap -p EXIT; \builtin printf "\\0"; \builtin trap -p ERR; \builtin printf "\\0"; } 1<>"$__rw_dir/answers" && { IFS= \builtin read -r -d "" __rw_run_t && IFS= \builtin read -r -d "" __rw_run_f; } 0<>"$__rw_dir/answers" && \builtin eval "$WHAT" || \builtin :; }; \builtin true "$__rw_run_u"; } >/dev/null 2>&1'

for __rw_run_i in emacs-standard vi-insert vi-command; do
    builtin bind -m "$__rw_run_i" -x '"\C-x\C-_\C-_G": '"${__rw_run_traps/WHAT/__rw_run_guard}"
    builtin bind -m "$__rw_run_i" -x '"\C-x\C-_\C-_U": '"${__rw_run_traps/WHAT/__rw_run_unguard}"
done 2>/dev/null
builtin unset -v __rw_run_i __rw_run_traps
