#!/bin/sh
# What the language means, section by section: the files below tests/sieve, which are written in it.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=$PWD/build}"
exec "$BUILD/trommel" test --tap tests/sieve
