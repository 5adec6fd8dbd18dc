#!/bin/sh
# Prints the DATABASE_URL of a PostgreSQL that tests may use: the one that DATABASE_URL names; else one that answers on
# this machine; else Debian's own, installed, started and given a role where that may be done without asking.
set -eu

me=$(id -un)

answers() {
    .venv/bin/python -c 'import sys, psycopg; psycopg.connect(sys.argv[1], connect_timeout=5).close()' "$1" 2>/dev/null
}

take_what_answers() { # over TCP as postgres where that is trusted, else by socket as the user who runs this
    for url in postgres://postgres@127.0.0.1:5432/postgres postgres:///postgres; do
        if answers "$url"; then
            echo "$url"
            exit 0
        fi
    done
}

as() { # run a command as another user of this machine, if that needs no password
    user=$1 && shift
    if [ "$(id -u)" = 0 ]; then runuser -u "$user" -- "$@"; else sudo -n -u "$user" "$@"; fi
}

if [ -n "${DATABASE_URL:-}" ]; then
    answers "$DATABASE_URL" || { echo "DATABASE_URL is set, but no PostgreSQL answers there." >&2; exit 1; }
    echo "$DATABASE_URL"
    exit 0
fi
take_what_answers
{
    scripts/system.sh postgresql
    pg_lsclusters --no-header | while read -r version cluster _ status _; do
        [ "$status" = online ] || as root pg_ctlcluster --skip-systemctl-redirect "$version" "$cluster" start
    done
    (cd / && as postgres createuser --createdb "$me") || true
} >&2
take_what_answers
echo "PostgreSQL is here, but lets nobody in. Please run this, then the same make command again:" >&2
echo "    sudo service postgresql start; sudo -u postgres createuser --createdb $me" >&2
exit 1
