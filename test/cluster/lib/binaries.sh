# What the cluster runs on: packages of Debian, and Go programs built from pinned modules.

kubernetes_version=$(sed -n 's/^\tk8s\.io\/kubernetes \(v[^ ]*\).*/\1/p' "$here/kubernetes/go.mod")

build() {
  local program
  install_packages
  mkdir -p "$bin"
  for program in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy; do
    [ "$("$bin/$program" --version 2>/dev/null | awk '{print $2}')" = "$kubernetes_version" ] && continue
    log "building $program $kubernetes_version"
    go_build kubernetes "k8s.io/kubernetes/cmd/$program" \
      -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$kubernetes_version"
  done
  if [ ! -x "$bin/etcd" ]; then
    log 'building etcd'
    go_build etcd . -ldflags '-s -w'
  fi
}

helm() {
  local version
  version=$(sed -n 's/^\thelm\.sh\/helm\/v3 \(v[^ ]*\).*/\1/p; s/^require helm\.sh\/helm\/v3 \(v[^ ]*\).*/\1/p' "$here/helm/go.mod")
  if [[ "$("$bin/helm" version --short 2>/dev/null)" != "$version"* ]]; then
    log "building helm $version"
    mkdir -p "$bin"
    go_build helm helm.sh/helm/v3/cmd/helm -ldflags "-s -w -X helm.sh/helm/v3/internal/version.version=$version"
  fi
  echo "$bin/helm"
}

go_build() { # MODULE-FOLDER PACKAGE FLAGS…
  local folder=$1 package=$2
  shift 2
  (cd "$here/$folder" && GOFLAGS=-mod=readonly GOTOOLCHAIN=local go build -trimpath -buildvcs=false -o "$bin/" "$@" "$package") >&2
}

install_packages() {
  local command
  for command in containerd runc nft debootstrap conntrack iptables ip; do
    command -v "$command" >/dev/null || break
  done
  command -v "$command" >/dev/null && [ -x /usr/lib/cni/bridge ] && return 0
  log 'installing packages'
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    containerd runc containernetworking-plugins debootstrap iproute2 iptables nftables conntrack >/dev/null
}
