#!/bin/sh
# Makes .venv and puts into it the packages of the lock file that is named, each checked against its hash.
set -eu

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    "$PYTHON" -m venv --clear .venv
fi
echo "Installing Python packages into .venv ..."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$1"
