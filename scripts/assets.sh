#!/bin/sh
# Copies the files that scripts/assets.txt names from node_modules to build/assets, afresh, and stops if one is missing.
set -eu

rm -rf build/assets
grep -v -e '^#' -e '^$' scripts/assets.txt | while read -r folder file; do
    if [ ! -f "node_modules/$file" ]; then
        echo "scripts/assets.txt names $file, which npm did not deliver." >&2
        exit 1
    fi
    mkdir -p "build/assets/$folder"
    cp "node_modules/$file" "build/assets/$folder/"
done
