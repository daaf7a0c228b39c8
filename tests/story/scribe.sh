#!/bin/sh
# A program for handler "command" whose effect is a line in a file. It does not protect itself: two calls, two lines.
#   scribe.sh FILE VERB
set -eu
file=$1
case $2 in
describe) echo '{"type": "result", "name": "scribe", "version": "1"}' ;;
activate)
    mkdir -p "${file%/*}"
    : > "$file.begun"
    sleep 0.5
    echo "$AIBWATCH_ACTIVATION_ID" >> "$file"
    sleep 0.2
    ;;
status)
    state=not_applied
    if grep -qx "$AIBWATCH_ACTIVATION_ID" "$file" 2> /dev/null; then state=applied; fi
    echo "{\"type\": \"result\", \"state\": \"$state\"}"
    ;;
esac
