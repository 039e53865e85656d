# SPDX-License-Identifier: Apache-2.0
# A sandbox for scripts: start it on a free port, ask it what it holds, end it. A fresh machine may have
# no curl, so bash speaks HTTP itself. Sourced by tools/demo and bench/run after tools/setup.sh.
# shellcheck shell=bash disable=SC2034

sandbox_pid=""

# start_sandbox LOG [flags...]: sets sandbox_pid and sandbox_url; what it prints goes to LOG.
start_sandbox() {
  local log=$1
  shift
  build/usher sandbox --port 0 "$@" </dev/null >"$log" 2>&1 &
  sandbox_pid=$!
  for _ in $(seq 100); do
    sandbox_url=$(grep -oE -m 1 'http://127\.0\.0\.1:[0-9]+' "$log" || true)
    [ -z "$sandbox_url" ] || return 0
    kill -0 "$sandbox_pid" 2>/dev/null || break
    sleep 0.1
  done
  die "the sandbox did not start: $(cat "$log")"
}

stop_sandbox() {
  [ -n "$sandbox_pid" ] || return 0
  kill "$sandbox_pid" 2>/dev/null || true
  wait "$sandbox_pid" || true
  sandbox_pid=""
}

# sandbox_ask METHOD PATH [JSON]: the body of the answer. The JSON has to be ASCII.
sandbox_ask() {
  local body=${3:-}
  exec 3<>"/dev/tcp/127.0.0.1/${sandbox_url##*:}"
  printf '%s %s HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer sk_test_1\r\n' "$1" "$2" >&3
  printf 'Content-Type: application/json\r\nContent-Length: %d\r\n' "${#body}" >&3
  printf 'Connection: close\r\n\r\n%s' "$body" >&3
  sed '1,/^\r$/d' <&3
  exec 3>&-
}

# sandbox_state: the JSON of GET /_sandbox/state.
sandbox_state() { sandbox_ask GET /_sandbox/state; }

# add_role SLUG NAME: people can only be given roles that the environment has; "member" is there.
add_role() {
  local answer
  answer=$(sandbox_ask POST /authorization/roles "{\"slug\":\"$1\",\"name\":\"$2\"}")
  grep -q '"type":"EnvironmentRole"' <<<"$answer" || die "the sandbox did not make the role $1: $answer"
}
