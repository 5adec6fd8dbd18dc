#!/bin/sh
# Stops with a plain message if the port given is not one, or if something listens on it already.
set -eu

case $1 in
'' | *[!0-9]*) echo "PORT must be a number, and is '$1'." >&2; exit 1 ;;
esac
"$PYTHON" - "$1" <<'PROBE'
import socket
import sys

port = int(sys.argv[1])
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        sys.exit(f"Port {port} cannot be used ({error}). Choose another one: make run PORT=8001")
PROBE
