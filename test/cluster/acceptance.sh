#!/usr/bin/env bash
# The acceptance suite on a real Kubernetes without images to build: real kube-apiserver, kubelet and Pods, with
# controller and scheduler as processes of this machine. Quick after a change; e2e.sh is the whole of it.
#   test/cluster/acceptance.sh [MOCHA-ARGS…]
# Needs what the cluster needs, and `npm run build`. Leaves a cluster that was up before as it found it.
set -euo pipefail
cd "$(dirname "$0")/../.."
cluster=test/cluster/cluster
export PATH=$PWD/node_modules/.bin:$PATH
work=$(mktemp -d)
pids=()
was_up=$($cluster status || true)

cleanup() {
  local status=$? pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  [ $status -eq 0 ] || tail -n 30 "$work"/*.log >&2 || true
  [ -n "$was_up" ] || $cluster down
  rm -rf "$work"
}
trap cleanup EXIT

KUBECONFIG=$($cluster up)
export KUBECONFIG
# a Debian with git for runtimed, and an init that reaps what user code leaves behind
base=$($cluster base git ca-certificates libatomic1 tini)
mkdir -p "$work/image/usr/local/bin" "$work/image/app"
cp "$(node -p process.execPath)" "$work/image/usr/local/bin/node"
mkdir -p "$work/image/usr/bin"
cp "$base/usr/bin/tini" "$work/image/usr/bin/"
# as in the real image: programs can't look into what executes but can't be read
chmod 0711 "$work/image/usr/bin/tini" "$work/image/usr/local/bin/node"
cp dist/agents/*.js dist/agents/executor.proto package.json "$work/image/app/"
agents=docker.io/library/krt-agents:acceptance
$cluster load $agents "$work/image" '["node", "/app/runtimed.js"]' "$base"
$cluster load docker.io/library/kruntimes-bash-runtime:latest "$work/image" \
  '["tini", "--", "node", "/app/bash-runtime.js"]' "$base"

kubectl apply -f crds/ >/dev/null
kubectl wait --for=condition=Established --timeout=60s crd/runs.kruntimes.io crd/runtimes.kruntimes.io >/dev/null
for agent in controller scheduler; do
  KRT_AGENTS_IMAGE=$agents KRT_HEALTH_PORT=0 node "dist/agents/$agent.js" >"$work/$agent.log" 2>&1 </dev/null &
  pids+=($!)
done

KRT_ACCEPTANCE_KUBECONFIG=$KUBECONFIG mocha --timeout 120000 "${@:-test/acceptance/**/*.int.ts}" </dev/null
