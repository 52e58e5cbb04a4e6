#!/bin/sh
# Starts Faregate from this folder with what is there: Node.js 20 or newer with npm, else Docker.
# Arguments go to `faregate start`: ./quick-start.sh --port 4021
set -eu
cd "$(dirname "$0")"

node_major() {
  node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0
}

if command -v npm >/dev/null 2>&1 && [ "$(node_major)" -ge 20 ]; then
  # Installed again only when the lock file has changed since.
  if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund
  fi
  exec npm start --silent -- "$@"
fi

if command -v docker >/dev/null 2>&1 && docker info >/dev/null 2>&1; then
  docker build --tag faregate .
  echo 'Commands run inside: docker exec faregate faregate key create --credit 5'
  # Published on this machine alone; the data outlives the container.
  exec docker run --rm --interactive --init --name faregate \
    --publish 127.0.0.1:4020:4020 --volume faregate-data:/data faregate faregate start "$@"
fi

echo 'Faregate needs Node.js 20 or newer with npm (https://nodejs.org), or a running Docker. Neither is here.' >&2
exit 1
