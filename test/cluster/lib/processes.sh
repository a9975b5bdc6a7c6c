# Processes of the cluster: each has a log and a file with its id in the state folder.

log() { printf '[cluster] %s\n' "$*" >&2; }

start() { # NAME COMMAND…
  local name=$1
  shift
  if alive "$name"; then return 0; fi
  setsid "$@" >"$state/$name.log" 2>&1 </dev/null &
  echo $! >"$state/$name.pid"
}

# the kernel keeps 15 characters of a name; comparing it tells a process of ours from one that got its id later
alive() { # NAME
  local pid
  pid=$(cat "$state/$1.pid" 2>/dev/null) || return 1
  [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "${1:0:15}" ]
}

stop() { # NAME
  alive "$1" || return 0
  local pid i
  pid=$(cat "$state/$1.pid")
  kill "$pid" 2>/dev/null || return 0
  for ((i = 0; i < 50; i++)); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.2
  done
  kill -KILL "$pid" 2>/dev/null || true
}

wait_for() { # SECONDS WHAT COMMAND…
  local tries=$(($1 * 5)) what=$2 i
  shift 2
  for ((i = 0; i < tries; i++)); do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.2
  done
  log "gave up waiting for $what; logs are in $state"
  return 1
}
