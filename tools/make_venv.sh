#!/bin/sh
# Makes .venv anew with the pinned uv in it. The Python is $PYTHON, or the first on the path that the pins have wheels for.
set -eu

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

runs() { # runs PYTHON CONDITION: whether it starts and the condition on its version `v` holds
    "$1" -c "import sys; v = sys.version_info[:2]; sys.exit(not ($2))" 2>/dev/null
}

choose_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if runs "$name" "(3, 11) <= v <= (3, 14)"; then
            echo "$name"
            return
        fi
    done
    fail "DEMETRA needs Python 3.11, 3.12, 3.13 or 3.14, and found $(python3 --version 2>/dev/null || echo none)." \
        "On Debian 12 or newer: apt-get install python3 python3-venv" \
        "Elsewhere name one:    make setup PYTHON=/path/to/python3.12"
}

can_make_venv() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null
}

# Debian keeps ensurepip in a package of its own, which a new machine lacks.
install_ensurepip() {
    package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    prefix=$("$python" -c 'import sys; print(sys.base_prefix)')
    if [ "$prefix" = /usr ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing $package, which Python needs to make .venv"
        apt-get update -qq &&
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null || true
    fi
    can_make_venv || fail "$python cannot make virtual environments: it lacks ensurepip." \
        "On Debian and Ubuntu: sudo apt-get install $package" \
        "Then run make again, or name another Python: make setup PYTHON=/path/to/python3.12"
}

python=${PYTHON:-$(choose_python)}
runs "$python" "v >= (3, 11)" ||
    fail "PYTHON=$python cannot be used: it is $("$python" --version 2>&1 || true), and DEMETRA needs 3.11 or newer."
can_make_venv || install_ensurepip

echo "Making .venv with $("$python" --version)"
"$python" -m venv --clear .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
