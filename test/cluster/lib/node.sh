# The node: a bridge as its network, containerd, kubelet and kube-proxy.

ctr_here() { ctr -a "$state/containerd.sock" -n k8s.io "$@"; }

start_network() {
  ip link show krt0 >/dev/null 2>&1 || ip link add krt0 type bridge
  ip addr replace "$gateway/16" dev krt0
  ip link set krt0 up
  # the second is there only where bridges are filtered
  sysctl -qw net.ipv4.ip_forward=1
  sysctl -qw net.bridge.bridge-nf-call-iptables=1 2>/dev/null || true
  mkdir -p cni
  cat >cni/10-krt.conflist <<JSON
{"cniVersion": "1.0.0", "name": "krt", "plugins": [
  {"type": "bridge", "bridge": "krt0", "isGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$state/ipam", "ranges": [[{"subnet": "10.244.0.0/16"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
}

stop_network() {
  local netns chain
  # a Pod's namespace goes with the Pod, but the Pods were not asked
  for netns in $(ip -o link show master krt0 2>/dev/null | sed -n 's/.* link-netns \([^ ]*\).*/\1/p'); do
    ip netns delete "$netns" || true
  done
  ip link delete krt0 2>/dev/null || true
  # what kube-proxy and the kubelet made, as far as they did
  nft delete table ip kube-proxy 2>/dev/null || true
  nft delete table ip6 kube-proxy 2>/dev/null || true
  for chain in INPUT OUTPUT; do
    iptables -D $chain -j KUBE-FIREWALL 2>/dev/null || true
    ip6tables -D $chain -j KUBE-FIREWALL 2>/dev/null || true
  done
}

start_containerd() {
  containerd config default | sed \
    -e 's#sandbox_image = .*#sandbox_image = "localhost/pause:1"#' \
    -e 's#restrict_oom_score_adj = false#restrict_oom_score_adj = true#' \
    -e 's#bin_dir = .*#bin_dir = "/usr/lib/cni"#' \
    -e "s#conf_dir = \"/etc/cni/net.d\"#conf_dir = \"$state/cni\"#" \
    -e "s#^root = .*#root = \"$state/containerd\"#" \
    -e "s#^state = .*#state = \"$state/containerd-state\"#" \
    -e "s#/run/containerd/containerd.sock#$state/containerd.sock#g" >containerd.toml
  start containerd containerd -c containerd.toml
  wait_for 20 containerd ctr_here version
}

stop_containerd() {
  local task pid mount
  if alive containerd; then
    for task in $(ctr_here tasks list -q 2>/dev/null); do
      ctr_here tasks kill -s KILL "$task" >/dev/null 2>&1 || true # it may have ended by itself
    done
    stop containerd
  fi
  for pid in $(pgrep -f "containerd-shim-runc-v2 .*$state/containerd.sock" || true); do kill "$pid" 2>/dev/null || true; done
  sleep 1
  awk -v dir="$state/" 'index($2, dir) == 1 { print $2 }' /proc/mounts | sort -r | while read -r mount; do
    umount -l "$mount" || true
  done
}

start_node() {
  cat >kubelet.yaml <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
cgroupDriver: cgroupfs
containerRuntimeEndpoint: unix://$state/containerd.sock
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $state/ca.crt}}
authorization: {mode: Webhook}
failSwapOn: false
enforceNodeAllocatable: []
imageGCHighThresholdPercent: 100
evictionHard: {"memory.available": "50Mi", "nodefs.available": "1Mi", "imagefs.available": "1Mi"}
maxPods: 250
YAML
  start kubelet "$bin/kubelet" --kubeconfig=kubeconfig --config=kubelet.yaml --root-dir="$state/kubelet" \
    --hostname-override=node1 --node-ip=$gateway
  cat >proxy.yaml <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: ${KRT_CLUSTER_PROXY_MODE:-nftables}
clusterCIDR: 10.244.0.0/16
clientConnection: {kubeconfig: $state/kubeconfig}
conntrack: {maxPerCore: 0}
YAML
  start kube-proxy "$bin/kube-proxy" --config=proxy.yaml --hostname-override=node1
}

stop_node() {
  stop kube-proxy
  stop kubelet
}

node_is_ready() { kubectl_here get node node1 --no-headers | grep -qw Ready; }
