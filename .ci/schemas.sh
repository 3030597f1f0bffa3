#!/usr/bin/env bash
# Fetches the published schemas that reports are held against, each from the package that carries it, into .ci/schemas.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p schemas
cd schemas
fetch=$(mktemp -d)
trap 'rm -r "$fetch"' EXIT
if [ ! -e sarif-2.1.0.json ]; then
    (cd "$fetch" && npm pack --silent @microsoft/jest-sarif@1.0.0-beta.0 >/dev/null && tar xzf microsoft-jest-sarif-*.tgz)
    cp "$fetch/package/lib/schemas/sarif-2.1.0-rtm.5.json" sarif-2.1.0.json
fi
if [ ! -e junit-10.xsd ]; then
    python3 -m pip download --quiet --no-deps --no-binary :all: --dest "$fetch" pytest==8.4.2
    tar xzf "$fetch/pytest-8.4.2.tar.gz" -C "$fetch"
    cp "$fetch/pytest-8.4.2/testing/example_scripts/junit-10.xsd" .
fi
if [ ! -e python ]; then
    python3 -m pip install --quiet --target python xmlschema==4.1.0
fi
