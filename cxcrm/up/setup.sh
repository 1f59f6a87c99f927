#!/bin/sh
# Makes .venv from requirements/<name>.lock when that lock has changed: setup.sh base|dev
set -eu
cd "$(dirname "$0")/../.."
name=$1

if cmp -s "requirements/$name.lock" ".venv/$name.lock" && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

# Each candidate is really run: a version manager's shim may exist for a version that is not there.
suits='import sys
assert sys.version_info >= (3, 11)
import venv
try:
    import ensurepip
except ImportError:
    import pip'
if command -v uv >/dev/null 2>&1; then
    suits='import sys
assert sys.version_info >= (3, 11)'
fi

too_old=''
no_venv=''
IFS=:
for command in python3.14 python3.13 python3.12 python3.11 python3 python; do
    for folder in $PATH; do
        candidate="$folder/$command"
        [ -x "$candidate" ] && [ ! -d "$candidate" ] || continue
        # The environment being replaced may be active and cannot build itself.
        case $candidate in "$PWD"/.venv/*) continue ;; esac
        if "$candidate" -c "$suits" 2>/dev/null; then
            unset IFS
            exec "$candidate" cxcrm/up/environment.py "$name"
        fi
        version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            no_venv=$version
        else
            too_old=$version
        fi
    done
done

if [ -n "$no_venv" ]; then
    echo "cxcrm: Python $no_venv has no venv module; install it (on Debian and Ubuntu: apt-get install python$no_venv-venv)." >&2
elif [ -n "$too_old" ]; then
    echo "cxcrm: Python $too_old is too old; install Python 3.11 or newer." >&2
else
    echo "cxcrm: there is no Python on PATH; install Python 3.11 or newer (on Debian and Ubuntu: apt-get install python3 python3-venv)." >&2
fi
exit 2
