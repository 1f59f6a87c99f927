#!/bin/sh
# Installs Chromium for the browser tests where it is missing.
set -eu
for program in chromium chromium-browser google-chrome; do
    if command -v "$program" >/dev/null 2>&1; then
        echo "The browser tests use $(command -v "$program")."
        exit 0
    fi
done
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Installing Chromium (about a minute)…"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
    echo "Installed $(command -v chromium)."
    exit 0
fi
echo "cxcrm: Chromium is missing; install it (on Debian and Ubuntu: sudo apt-get install chromium), or go without: the browser tests are then skipped." >&2
exit 2
