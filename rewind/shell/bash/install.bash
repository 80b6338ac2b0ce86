# After the user's files: stand in PROMPT_COMMAND, put the marks around the prompts, bind the keys. A
# function, so that the user's aliases are not expanded in it.
__rw_install() {
    # The braces hide what the user's DEBUG trap and set -x would print for our lines. $? and PIPESTATUS
    # are taken first: bash gives each element of the array the command's own. No text that is parsed
    # at a prompt needs a `[[`: after a syntax error in one of the user's, bash 5.2 knows it no more.
    __rw_v='builtin trap -p DEBUG 1<>"$__rw_at"; __rw_hush'
    __rw_e='__rw_post; case $__rw_off in ?*) builtin trap - DEBUG ${__rw_-} ;; esac; } >/dev/null 2>&1'
    # Between the two parts of the first hook stands what the user's own text is: whoever looks into
    # `$PROMPT_COMMAND` for a hook of theirs finds it there, and does not add it once more.
    __rw_hk1='{ __rw_pre "" "$?" "${PIPESTATUS[@]}"; '"$__rw_v '"
    __rw_hkz="' __rw_; } >/dev/null 2>&1"
    __rw_own="$__rw_hk1;;$__rw_hkz"
    __rw_hk2='{ __rw_pre "${__rw_done-}" "$?" "${PIPESTATUS[@]}"; '"$__rw_v; $__rw_e"
    __rw_hk='{ __rw_pre "" "$?" "${PIPESTATUS[@]}"; '"$__rw_v; $__rw_e"

    if [[ ${bash_preexec_imported-}${__bp_imported-} ]]; then
        # bash-preexec owns PROMPT_COMMAND and installs itself at the first prompt: go through it. A
        # function `precmd` comes behind all others, and may make PS1.
        __rw_bp=1
        __rw_bp_pre() { { __rw_pre "" "$?" "${BP_PIPESTATUS[@]}"; } >/dev/null 2>&1; }
        precmd_functions=(__rw_bp_pre "${precmd_functions[@]}")
        PROMPT_COMMAND="${PROMPT_COMMAND-}"${PROMPT_COMMAND:+$'\n'}"{ __rw_s=(); $__rw_v; $__rw_e"
    elif ((BASH_VERSINFO[0] > 5 || (BASH_VERSINFO[0] == 5 && BASH_VERSINFO[1] >= 1))); then
        __rw_array=1 __rw_scalar=x
        if [[ ${PROMPT_COMMAND+x} && ${PROMPT_COMMAND@a} == *a* ]]; then __rw_scalar=''; fi
    fi

    # Readline is hidden behind the host's own prompt: these settings are seen by the host alone. The
    # end of bracketed paste is printed exactly when a line is accepted.
    # At PS2 bash parses a key's text in the middle of the user's command, where a brace may be no
    # reserved word: there it is a simple command, which a DEBUG trap sees.
    # Where a key's text has a `;`, bash tells from 5.3 on of jobs that have ended, and nobody would hear
    # it: not in a substitution. It puts `$_` back as a call does.
    __rw_a='' __rw_z=''
    if ((BASH_VERSINFO[0] > 5 || (BASH_VERSINFO[0] == 5 && BASH_VERSINFO[1] >= 3))); then
        __rw_a='\builtin : "${| ' __rw_z='; }" "$_"'
    fi
    for __rw_v in emacs-standard vi-insert vi-command; do
        builtin bind -m "$__rw_v" -x '"\C-x\C-_\C-_R": { '"$__rw_a"'__rw_load "$_"'"$__rw_z"'; } >/dev/null 2>&1'
        builtin bind -m "$__rw_v" -x '"\C-x\C-_\C-_S": __rw_load "$_" >/dev/null 2>&1'
        builtin bind -m "$__rw_v" -x '"\C-x\C-_\C-_I": { '"$__rw_a"'__rw_repair "$_"'"$__rw_z"'; } >/dev/null 2>&1'
        builtin bind -m "$__rw_v" -x @DUMP@
        builtin bind -m "$__rw_v" '"\C-x\C-_\C-_A": accept-line'
        builtin bind -m "$__rw_v" -x '"\C-x\C-_\C-_L": { '"$__rw_a"'__rw_line "$_"'"$__rw_z"'; } >/dev/null 2>&1'
        builtin bind -m "$__rw_v" '"\C-x\C-_\C-_\C-i": complete'
        builtin bind -m "$__rw_v" '"\C-x\C-_\C-_*": insert-completions'
        builtin bind -m "$__rw_v" '"\C-x\C-_\C-_+": menu-complete'
        builtin bind -m "$__rw_v" '"\C-x\C-_\C-_-": menu-complete-backward'
        builtin bind -m "$__rw_v" -x '"\C-x\C-_\C-_W": { '"$__rw_a"'__rw_tell "$__rw_u"'"$__rw_z"'; } >/dev/null 2>&1'
        builtin bind -m "$__rw_v" -x '"\C-x\C-_\C-_\C-j": { '"$__rw_a"'__rw_tell "$__rw_u"'"$__rw_z"'; } >/dev/null 2>&1'
        builtin bind -m "$__rw_v" -x '"\C-x\C-_\C-_B": { '"$__rw_a"'__rw_bound "$_"'"$__rw_z"'; } >/dev/null 2>&1'
        builtin bind -m "$__rw_v" -x '"\C-x\C-_\C-_N": { '"$__rw_a"'__rw_annotate "$_"'"$__rw_z"'; } >/dev/null 2>&1'
        builtin bind -m "$__rw_v" -x '"\C-x\C-_\C-_X": { '"$__rw_a"'__rw_edit "$_"'"$__rw_z"'; } >/dev/null 2>&1; builtin eval "$__rw_k" || builtin true; { '"$__rw_a"'__rw_edited "$__rw_u"'"$__rw_z"'; } >/dev/null 2>&1'
        builtin bind -m "$__rw_v" -x '"\C-x\C-_\C-_E": { '"$__rw_a"'__rw_edit "$_"'"$__rw_z"'; } >/dev/null 2>&1'
        builtin bind -m "$__rw_v" -x '"\C-x\C-_\C-_Y": { '"$__rw_a"'__rw_edited "$__rw_u"'"$__rw_z"'; } >/dev/null 2>&1'
    done 2>/dev/null
    # Into a file: nobody may read it, and a FIFO that is full of what nobody read stops bash.
    __rw_settings '' >|"$__rw_dir/settings"
    # Completion asks no questions there, and lists nothing.
    for __rw_v in 'show-all-if-ambiguous off' 'show-all-if-unmodified off' 'completion-query-items 0' 'page-completions off'; do
        builtin bind "set $__rw_v"
    done 2>/dev/null
    builtin bind 'set enable-bracketed-paste on' 2>/dev/null
    builtin bind 'set show-mode-in-prompt on' 2>/dev/null
    for __rw_v in emacs vi-ins vi-cmd; do
        builtin bind "set $__rw_v-mode-string \"\\1\\e]7717;$__rw_n;R\\a\\2\""
    done 2>/dev/null
    builtin unset -v __rw_v __rw_e __rw_a __rw_z
    __rw_post >/dev/null 2>&1
} 2>/dev/null

# An unset BASH_EXECUTION_STRING is how ble.sh knows that it may take over the line editor: now, and
# whenever the user reads a start-up file again.
if [[ -n $__rw_rc ]]; then
    BASH_EXECUTION_STRING=rewind
    if [[ -r $__rw_rc ]]; then builtin . "$__rw_rc"; fi
fi
{
    builtin unset -v __rw_rc
    # FUNCNEST=1 allows no function to call another.
    __rw_c="${FUNCNEST+x$FUNCNEST}"
    builtin unset -v FUNCNEST
    if ! declare -F builtin; then
        if [[ -z ${bash_preexec_imported-}${__bp_imported-} ]]; then
            __rw_at=$__rw_dir/replies
            builtin trap -p DEBUG 1<>"$__rw_at"
            __rw_hush
        fi
        __rw_install
    fi
    if [[ -n $__rw_c ]]; then FUNCNEST="${__rw_c:1}"; fi
    builtin unset -v __rw_c
} >/dev/null 2>&1
