#!/bin/sh
# Sees to what the system's own packages must bring: scripts/system.sh NEED...
# Installs what is missing where that may be done without asking (root, or a sudo that wants no password);
# otherwise prints the one command that does it, and stops.
set -eu

version='import sys; sys.exit(sys.version_info < (3, 11))'
libraries='from ctypes.util import find_library as f; assert all(map(f, ["pango-1.0", "pangoft2-1.0", "harfbuzz-subset"]))'

present() {
    case $1 in
    venv) "$PYTHON" -c 'import ensurepip, venv' ;;
    pango) "$PYTHON" -c "$libraries" ;;
    chromium) command -v "$CHROMIUM" ;;
    playwright) "$PYTHON" -c 'from ctypes.util import find_library; assert find_library("atomic")' ;;
    poppler) command -v pdftotext && command -v pdftoppm ;;
    java) command -v java ;;
    libreoffice) command -v soffice && ls /usr/lib/libreoffice/program/libswlo.so /usr/lib/libreoffice/program/libsclo.so ;;
    gettext) command -v xgettext && command -v msgfmt ;;
    postgresql) command -v pg_ctlcluster && ls /usr/lib/postgresql/*/bin/postgres ;;
    esac >/dev/null 2>&1
}

packages() {
    case $1 in
    venv) "$PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])' ;;
    pango) echo libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 ;;
    chromium) if grep -qs '^ID=ubuntu' /etc/os-release; then echo chromium-browser; else echo chromium; fi ;;
    playwright) echo libatomic1 ;; # which its Node.js is linked to
    poppler) echo poppler-utils ;;
    java) echo default-jre-headless ;;
    libreoffice) echo libreoffice-calc-nogui libreoffice-writer-nogui ;; # which opens what we write for Word and Excel
    gettext) echo gettext ;;
    postgresql) echo postgresql ;;
    esac
}

missing=
for need; do
    if [ "$need" = python ]; then
        "$PYTHON" -c "$version" 2>/dev/null && continue
        found=$("$PYTHON" --version 2>/dev/null) || found=missing
        echo "Python 3.11 or later is needed, and '$PYTHON' is $found." >&2
        echo "Install one, or say which to take: make PYTHON=/path/to/python3.12 ..." >&2
        exit 1
    fi
    present "$need" || missing="$missing $(packages "$need")"
done
[ -n "$missing" ] || exit 0

install="apt-get install --yes --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    sudo=
elif sudo -n true 2>/dev/null; then
    sudo='sudo -n'
else
    sudo=unavailable
fi
if [ "$sudo" = unavailable ] || ! command -v apt-get >/dev/null; then
    echo "This machine lacks some system packages. Please run this, then the same make command again:" >&2
    echo "    sudo apt-get update && sudo $install" >&2
    exit 1
fi
echo "Installing from the system's packages:$missing ..."
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ $sudo apt-get update || true; $sudo $install; } >"$log" 2>&1 </dev/null || {
    cat "$log" >&2
    echo "Installing$missing failed; what apt-get said stands above." >&2
    exit 1
}
