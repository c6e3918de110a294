#!/bin/sh
# Remakes every lock: exact versions with hashes, for every platform, without index addresses or paths.
# Usage: requirements/lock.sh [uv options, such as --upgrade]; `./avanza lock` gives it a uv to use.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-uv}

compile() { # compile SOURCE LOCK [options]
    source=$1
    lock=$2
    shift 2
    printf '%s\n' "$lock"
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --no-emit-find-links --no-annotate \
        "$@" --output-file "$lock" "$source"
}

compile requirements/uv.in requirements/uv.lock "$@"
compile requirements/product.in requirements/product.lock "$@"
compile requirements/dev.in requirements/dev.lock --constraint requirements/product.lock "$@"
compile bot/learning/encoder/requirements.in bot/learning/encoder/requirements.lock "$@"
compile bot/requirements.in bot/requirements.lock --override bot/requirements.override "$@"
compile requirements/speech.in requirements/speech.lock "$@"
compile requirements/audit.in requirements/audit.lock "$@"
compile requirements/speech-model.in requirements/speech-model.lock --no-deps "$@"
