#!/bin/sh
# Brings every catalogue in locale/ up to date with the texts that are marked in the code, and compiles it. Prints how far
# each is: texts that are fuzzy or untranslated are shown in English. `scripts/messages.sh cy` begins a new language.
set -eu

for language; do
    mkdir -p "locale/$language"
done
set -- --all --add-location file --no-wrap
for folder in .venv build benchmarks node_modules tests var; do
    set -- "$@" --ignore "$folder"
done
.venv/bin/python manage.py makemessages --verbosity 0 "$@"
for catalogue in locale/*/LC_MESSAGES/django.po; do
    sed -i '/^"POT-Creation-Date/d' "$catalogue" # so that nothing changes where no text did
    printf '%s: ' "$catalogue"
    msgfmt --check --statistics --output-file="${catalogue%.po}.mo" "$catalogue" 2>&1
done
