#!/bin/sh
# Runs the Redis of a development machine in Docker.
set -eu

name=${TURNPIKE_REDIS_NAME:-turnpike-redis}
port=${TURNPIKE_REDIS_PORT:-6379}
image=redis:7-alpine

usage() {
  cat <<EOF
pnpm redis start|stop|status|logs

Runs Redis 7 in Docker, on the loopback only, keeping nothing on disk.

  start   starts it and waits until it answers; prints the REDIS_URL to set
  stop    stops and removes it
  status  says whether it runs (exit code 0) or not (3)
  logs    prints its log; with -f, as it grows

TURNPIKE_REDIS_PORT (6379) and TURNPIKE_REDIS_NAME (turnpike-redis) choose port and container.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not running, 4 no Docker.
EOF
}

fail() {
  echo "$2" >&2
  exit "$1"
}

need_docker() {
  command -v docker >/dev/null 2>&1 ||
    fail 4 "Docker is not installed. Without it, install Redis (Debian: apt-get install redis-server) and set REDIS_URL; with no REDIS_URL everything runs in memory."
  docker info >/dev/null 2>&1 ||
    fail 4 "Docker is installed but does not answer: its daemon is not running, or this user may not use it (see 'docker info')."
}

is_running() {
  [ "$(docker container inspect --format '{{.State.Running}}' "$name" 2>/dev/null)" = true ]
}

# The port that the container was started on, which may not be the one that is asked for now.
url() {
  echo "redis://$(docker port "$name" 6379/tcp | head -n 1)/0"
}

start() {
  if is_running; then
    echo "Redis runs already: REDIS_URL=$(url)"
    return
  fi
  docker rm --force "$name" >/dev/null 2>&1 || true
  docker run --detach --name "$name" --publish "127.0.0.1:$port:6379" "$image" \
    redis-server --save "" --appendonly no >/dev/null ||
    fail 1 "Redis did not start. Is port $port free? TURNPIKE_REDIS_PORT chooses another."
  tries=0
  until [ "$(docker exec "$name" redis-cli ping 2>/dev/null)" = PONG ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ] || fail 1 "Redis started but does not answer; see 'pnpm redis logs'."
    sleep 1
  done
  echo "Redis runs: REDIS_URL=$(url)"
}

stop() {
  docker container inspect "$name" >/dev/null 2>&1 || { echo "Redis does not run."; return; }
  docker rm --force "$name" >/dev/null || fail 1 "Redis could not be stopped."
  echo "Redis is stopped."
}

status() {
  is_running || { echo "Redis does not run."; exit 3; }
  echo "Redis runs: REDIS_URL=$(url)"
}

logs() {
  docker container inspect "$name" >/dev/null 2>&1 || fail 3 "Redis does not run."
  docker logs "$@" "$name"
}

command=${1:-}
[ $# -eq 0 ] || shift
case "$command" in
  -h | --help) usage ;;
  start | stop | status)
    [ $# -eq 0 ] || { usage >&2; exit 2; }
    need_docker
    "$command"
    ;;
  logs)
    case "$*" in "" | -f) ;; *) usage >&2; exit 2 ;; esac
    need_docker
    logs "$@"
    ;;
  *)
    usage >&2
    exit 2
    ;;
esac
