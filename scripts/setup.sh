# Sourced by the other scripts: makes the project's own virtual environment, once, and again when
# what it should hold has changed. Sets `bin`, the folder of its programs, and stands in the
# project's root.
#
# PYTHON names the interpreter to make it with; without it, the newest one found that fits.

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
venv=$PWD/.venv
bin=$venv/bin

fits() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local name
    for name in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null && fits "$name"; then
            command -v "$name"
            return
        fi
    done
    echo "setup: no Python 3.11 or newer with venv and pip; set PYTHON to one" >&2
    return 1
}

# Debian keeps venv in a package of its own.
set_up_python() {
    python=$(find_python 2>/dev/null) && return
    as_root apt-get update -qq >/dev/null && as_root apt-get install -qq --no-install-recommends \
        python3 python3-venv >/dev/null || true
    python=$(find_python)
}

as_root() {
    command -v apt-get >/dev/null || return 1
    if ((EUID == 0)); then
        DEBIAN_FRONTEND=noninteractive "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo -n DEBIAN_FRONTEND=noninteractive "$@"
    else
        return 1
    fi
}

set_up_venv() {
    # An editable install names the folder it was made in, so a moved project is set up anew.
    local wanted found=
    wanted=$(printf '%s\n' "$PWD" | cat - pyproject.toml | cksum)
    [[ -r $venv/set-up ]] && found=$(<"$venv/set-up")
    if [[ $found == "$wanted" ]] && "$bin/python" -c '' 2>/dev/null; then
        return
    fi
    local python
    echo "setup: making a virtual environment in .venv, this once; it takes about a minute" >&2
    set_up_python
    "$python" -m venv --clear "$venv"
    # Dependency groups came with pip 25.1.
    "$bin/python" -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
    "$bin/python" -m pip install --quiet --disable-pip-version-check --editable . --group dev
    printf '%s\n' "$wanted" >"$venv/set-up"
}

# The programs that tests run inside the shell.
set_up_programs() {
    local program missing=()
    for program in tmux vim less shellcheck chromium; do
        command -v "$program" >/dev/null || missing+=("$program")
    done
    ((${#missing[@]})) || return 0
    { as_root apt-get update -qq && as_root apt-get install -qq --no-install-recommends "${missing[@]}"; } \
        >/dev/null || echo "setup: not found and not installed: ${missing[*]}" >&2
}

set_up_venv
