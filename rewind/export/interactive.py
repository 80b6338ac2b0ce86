"""Which commands need a person at a terminal, and so have no place in a script."""

from rewind.export.shell_syntax import Program, words

_SCREEN = words(
    "alsamixer atop bmon bpytop btop cfdisk cmus dialog emacsclient fzf gitui glances htop "
    "iotop joe k9s lazydocker lazygit lf links lynx mc micro mutt ncdu nano neomutt nmtui nnn "
    "nvim pico ranger rview rvim screen select ssh-copy-id tig tmux vi view vim vimdiff vipw "
    "visudo watch weechat whiptail"
)
_PAGERS = frozenset(["less", "man", "more", "most"])
_PROMPTS = frozenset(["passwd", "chsh", "chfn", "vigr"])
_REPLS = words(
    "bash bpython clojure dash deno erl fish ghci gp guile ipython iex irb julia ksh lua "
    "luajit node octave ocaml pdb perl php pypy pypy3 python python2 python3 R rlwrap ruby "
    "sbcl scala sh sqlite3 tclsh wish zsh bc dc"
)
"""They wait for a person when nothing is named and nothing is piped in."""

_BATCH: dict[str, frozenset[str]] = {
    "psql": words("-c -f -l --command --file --list --version -V --help"),
    "mysql": frozenset(["-e", "--execute", "--version", "-V", "--help"]),
    "mariadb": frozenset(["-e", "--execute", "--version", "-V", "--help"]),
    "mongosh": frozenset(["--eval", "--file", "--version", "--help"]),
    "mongo": frozenset(["--eval", "--version", "--help"]),
    "cqlsh": frozenset(["-e", "-f", "--execute", "--file", "--version", "--help"]),
    "sqlplus": frozenset(["-V", "-S"]),
    "sftp": frozenset(["-b"]),
    "ftp": frozenset(),
    "telnet": frozenset(),
    "mosh": frozenset(),
    "gdb": frozenset(["-batch", "--batch", "--version", "--help"]),
    "lldb": frozenset(["-b", "--batch", "--version", "--help"]),
    "top": frozenset(["-b", "-v", "-h"]),
    "emacs": frozenset(["--batch", "-batch", "--version", "--help"]),
    "su": frozenset(["-c", "--command"]),
    "gnuplot": frozenset(["-e"]),
}
"""These wait for a person unless one of the options is there or their input is given."""

_WRAPPERS = {
    "builtin": "", "command": "", "chronic": "", "doas": "u", "env": "uC", "exec": "a",
    "ionice": "cn", "nice": "n", "nohup": "", "setsid": "", "stdbuf": "ioe", "sudo": "ugCDhpRrTtU",
    "time": "fo", "timeout": "ks",
}  # fmt: skip
"""Programs that run another one, and those of their one-letter options that take a word."""

_SSH_WITH_WORD = "BbcDEeFIiJLlmOopPQRSWw"


def _basename(word: str) -> str:
    return word.rpartition("/")[2]


def reason(program: Program) -> str | None:
    """Why the command cannot be run without a person; None where it can."""
    line = [word.strip("'\"") for word in program.words]
    while line and _basename(line[0]) in _WRAPPERS:
        wrapper = _basename(line[0])
        if wrapper == "sudo" and {"-i", "-s", "-e"} & set(line[1:2]) and len(line) == 2:
            return "sudo opens a shell"
        line = _behind_options(line[1:], _WRAPPERS[wrapper])
        if wrapper == "timeout" and line:
            line = line[1:]
    if not line:
        return None
    name, arguments = _basename(line[0]), line[1:]
    if _waits(name, arguments, program):
        return f"{name} needs a terminal"
    return None


def _waits(name: str, arguments: list[str], program: Program) -> bool:
    if name in _SCREEN:
        return not {"--version", "--help", "-V"} & set(arguments) and not _detached(name, arguments)
    if name in _PAGERS:
        return not program.output_taken
    if name in _PROMPTS:
        return not program.input_given
    if name == "read":
        return not program.input_given
    if name in _REPLS:
        named = [word for word in arguments if not word.startswith("-")]
        telling = {"-c", "-e", "-m", "-V", "-v", "--version", "--help", "-h", "--eval", "-r"}
        if name == "sqlite3":
            return not program.input_given and len(named) < 2 and not telling & set(arguments)
        if name in ("python", "python3", "ipython") and "-i" in arguments:
            return True
        return not program.input_given and not named and not telling & set(arguments)
    if name in _BATCH:
        asked = {word.split("=")[0] for word in arguments}
        short = {word[:2] for word in arguments if word[:1] == "-" and word[:2] != "--"}
        return not program.input_given and not _BATCH[name] & (asked | short)
    if name in ("ssh", "slogin"):
        return not program.input_given and _ssh_opens_shell(arguments)
    return _opens_editor(name, arguments)


def _ssh_opens_shell(arguments: list[str]) -> bool:
    if {"-N", "-V", "-G", "-f", "-Q"} & set(arguments) or "-O" in arguments:
        return False
    if {"-t", "-tt"} & set(arguments):
        return True
    return len(_operands(arguments, _SSH_WITH_WORD)) < 2


def _opens_editor(name: str, arguments: list[str]) -> bool:
    given = set(arguments)
    verb = next((word for word in arguments if not word.startswith("-")), "")
    if name == "git":
        if verb == "commit":
            said = ("-m", "-F", "-C", "--message", "--file", "--no-edit", "--fixup", "--reuse")
            short = any(w[0] == "-" and w[1:2] != "-" and set("mFC") & set(w) for w in given if w)
            return not short and not any(word.startswith(said) for word in given)
        if verb in ("add", "checkout", "reset", "restore", "stash"):
            return bool({"-p", "--patch", "-i", "--interactive"} & given)
        return verb == "rebase" and bool({"-i", "--interactive"} & given)
    if name in ("docker", "podman", "nerdctl", "kubectl", "oc"):
        letters = {c for w in given if w[:1] == "-" and w[:2] != "--" for c in w[1:]}
        terminal = {"i", "t"} <= letters or {"--tty", "--interactive"} <= given
        return verb in ("attach", "edit") or (verb in ("exec", "run") and terminal)
    if name == "crontab":
        return "-e" in given
    if name == "systemctl":
        return verb == "edit"
    return False


def _detached(name: str, arguments: list[str]) -> bool:
    if name == "tmux":
        verb = next((word for word in arguments if not word.startswith("-")), "new-session")
        attaching = ("new-session", "new", "attach-session", "attach", "a", "at")
        return "-d" in arguments or verb not in attaching
    if name == "screen":
        return any(word.startswith("-dm") or word in ("-X", "-ls", "-list") for word in arguments)
    return name == "fzf" and any(word.startswith(("-f", "--filter")) for word in arguments)


def _behind_options(line: list[str], with_word: str) -> list[str]:
    at = 0
    while at < len(line) and (line[at].startswith("-") or _assignment(line[at])):
        if line[at] == "--":
            return line[at + 1 :]
        takes = len(line[at]) == 2 and line[at][1] in with_word
        at += 2 if takes else 1
    return line[at:]


def _assignment(word: str) -> bool:
    name, sign, _ = word.partition("=")
    return bool(sign) and name.isidentifier()


def _operands(arguments: list[str], with_word: str) -> list[str]:
    """The words that are no options; from the second on they are another program's."""
    found: list[str] = []
    at = 0
    while at < len(arguments):
        word = arguments[at]
        if not found and word.startswith("-"):
            at += 2 if len(word) == 2 and word[1] in with_word else 1
            continue
        found.append(word)
        at += 1
    return found
