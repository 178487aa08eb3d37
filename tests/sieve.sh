#!/bin/sh
# What the language means, section by section: the files below tests/sieve, which are written in it.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=$PWD/build}"
# Programs are run only where nobody else could have written them, and a tree may have been made with any umask.
umask 022
work=$(mktemp -d "${TMPDIR:-/tmp}/sieve.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM
mkdir "$work/tests" && cp -R tests/sieve "$work/tests/sieve" && cd "$work" && "$BUILD/trommel" test --tap tests/sieve
