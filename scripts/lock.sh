#!/bin/sh
# Resolves the locked versions anew: requirements.lock (what serving needs), requirements-dev.lock (the same versions, and
# what tests need), scripts/node.lock and package-lock.json. Arguments go to uv.
# A lock names versions and hashes, never the host of a registry: each machine has its own.
set -eu

.venv/bin/python -m pip install --quiet --disable-pip-version-check --upgrade --target build/uv uv
resolve() {
    build/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header "$@"
}
resolve --output-file requirements.lock "$@" pyproject.toml
resolve --extra dev --constraint requirements.lock --output-file requirements-dev.lock "$@" pyproject.toml
resolve --output-file scripts/node.lock "$@" scripts/node.in
PATH="$PATH:$PWD/.venv/bin" npm install --package-lock-only --ignore-scripts --loglevel=error
if grep -nE 'https?://' requirements*.lock scripts/node.lock || grep -n '"resolved"' package-lock.json; then
    echo "These lines of a lock name a host." >&2
    exit 1
fi
