#!/usr/bin/env bash
# End to end on a real Kubernetes: installs krt in each way that the documentation names, and tries all that only a
# real cluster shows; then the acceptance suite on krt as it is installed.
#   test/cluster/e2e.sh [MOCHA-ARGS…]
# With KUBECONFIG set it takes that cluster as it is, and the images that `npm run images` makes must be on its nodes
# (`kind load image-archive release/images/*.tar`); KRT_E2E_AGENTS_IMAGE names the agents' where a registry has them,
# KRT_ACCEPTANCE_RUNTIMES the Runtimes beside bash whose images are there (`python node`).
# Without, it brings test/cluster up, builds the images, loads them, and takes the cluster down in the end.
# It installs into krt-system and removes that again. Needs `npm run build`, kubectl and helm.
set -euo pipefail
cd "$(dirname "$0")/../.."
cluster=test/cluster/cluster
export PATH=$PWD/node_modules/.bin:$PATH
mkdir -p release
work=$(mktemp -d release/e2e-XXXXXX)
was_up=yes

cleanup() {
  local status=$?
  if [ $status -ne 0 ]; then tell_why; fi
  [ -n "$was_up" ] || $cluster down
  rm -rf "$work"
}
trap cleanup EXIT

main() {
  use_cluster
  name_images
  # skipped elsewhere where there is no helm
  suite 'the Helm chart' test/install/helm.int.ts
  suite 'installed for the cluster' 'test/e2e/cluster-wide/*.e2e.ts'
  suite 'installed for one namespace' test/e2e/namespaced.e2e.ts
  suite 'installed by Helm' test/e2e/helm.e2e.ts
  suite 'uninstalled' test/e2e/uninstall.e2e.ts
  suite 'installed by krt install' test/e2e/install.e2e.ts
  suite_on_installed 'acceptance' 'test/acceptance/**/*.int.ts'
}

use_cluster() {
  if [ -n "${KUBECONFIG:-}" ]; then
    export KRT_ACCEPTANCE_KUBECONFIG=$KUBECONFIG
    return
  fi
  was_up=$($cluster status || true)
  KRT_ACCEPTANCE_KUBECONFIG=$($cluster up)
  export KRT_ACCEPTANCE_KUBECONFIG KUBECONFIG=$KRT_ACCEPTANCE_KUBECONFIG
  $cluster helm >/dev/null
  # without a registry to pull from; a base image of Debian's own packages
  if [ -z "${KRT_E2E_AGENTS_IMAGE:-}" ]; then
    KRT_IMAGE_BASE=${KRT_IMAGE_BASE:-debootstrap} install/images/build
    $cluster import release/images/{agents,bash-runtime,python-runtime,node-runtime}.tar
    export KRT_ACCEPTANCE_RUNTIMES='python node'
  fi
}

# the manifests with the images that the cluster has
name_images() {
  export KRT_E2E_KUSTOMIZATION=install
  [ -n "${KRT_E2E_AGENTS_IMAGE:-}" ] || return 0
  cat >"$work/kustomization.yaml" <<YAML
resources: [../../install]
images: [{ name: krt-agents, newName: "${KRT_E2E_AGENTS_IMAGE%:*}", newTag: "${KRT_E2E_AGENTS_IMAGE##*:}" }]
YAML
  KRT_E2E_KUSTOMIZATION=$work
}

suite() { # TITLE FILES
  echo "── $1"
  mocha --timeout 120000 "${args[@]}" "$2" </dev/null
}

suite_on_installed() { # TITLE FILES
  kubectl apply -k "$KRT_E2E_KUSTOMIZATION" >/dev/null
  kubectl rollout status -n krt-system deployment/krt-controller deployment/krt-scheduler --timeout=180s >/dev/null
  suite "$@"
  # those with artifacts wait for a Pod of their Runtime, or the controller: while they are there
  kubectl delete runs --all -A --timeout=180s >/dev/null
  kubectl delete runtimes --all -A --cascade=foreground --timeout=120s >/dev/null
  kubectl delete -k "$KRT_E2E_KUSTOMIZATION" --ignore-not-found --timeout=120s >/dev/null
}

# what a person would look at first
tell_why() {
  {
    kubectl get pods -A -o wide || true
    kubectl get events -A --sort-by=.lastTimestamp | tail -n 30 || true
    for agent in controller scheduler; do
      kubectl logs -n krt-system "deployment/krt-$agent" --all-pods --tail=30 || true
    done
  } >&2
}

args=("$@")
main
