# etcd, kube-apiserver, kube-controller-manager and kube-scheduler, and the keys with which they know each other.

# the bridge's address: the node's IP, and where Pods find the API server
gateway=10.244.0.1
api=https://$gateway:16443

kubectl_here() { kubectl --kubeconfig "$state/kubeconfig" "$@"; }

make_keys() {
  local subject
  if [ ! -f sa.key ]; then
    openssl genrsa -out sa.key 2048 2>/dev/null
    openssl rsa -in sa.key -pubout -out sa.pub 2>/dev/null
  fi
  [ -f token ] || head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' >token
  echo "$(cat token),admin,admin,system:masters" >tokens.csv
  if [ ! -f kubelet-client.crt ]; then # what the API server shows the kubelet for logs, exec and port-forward
    subject=/O=system:masters/CN=kube-apiserver-kubelet-client
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=krt-cluster-ca -keyout ca.key -out ca.crt 2>/dev/null
    openssl req -newkey rsa:2048 -nodes -subj "$subject" -keyout kubelet-client.key -out kubelet-client.csr 2>/dev/null
    openssl x509 -req -days 3650 -in kubelet-client.csr -CA ca.crt -CAkey ca.key -CAcreateserial \
      -out kubelet-client.crt 2>/dev/null
  fi
  chmod 600 tokens.csv token ./*.key
}

start_control_plane() {
  local etcd=http://127.0.0.1:16379
  # shellcheck disable=SC2086 # flags are words
  start etcd "$bin/etcd" --data-dir etcd --listen-client-urls $etcd --advertise-client-urls $etcd \
    --listen-peer-urls http://127.0.0.1:16380 ${KRT_CLUSTER_ETCD_FLAGS---unsafe-no-fsync}
  start kube-apiserver "$bin/kube-apiserver" --etcd-servers=$etcd --cert-dir=certs --secure-port=16443 \
    --bind-address=0.0.0.0 --advertise-address=$gateway --service-cluster-ip-range=10.96.0.0/16 \
    --authorization-mode=Node,RBAC --token-auth-file=tokens.csv --allow-privileged=true \
    --service-account-key-file=sa.pub --service-account-signing-key-file=sa.key \
    --service-account-issuer=https://kubernetes.default.svc --kubelet-preferred-address-types=InternalIP \
    --kubelet-client-certificate=kubelet-client.crt --kubelet-client-key=kubelet-client.key
  wait_for 60 'the certificate of kube-apiserver' test -s certs/apiserver.crt
  cat >kubeconfig <<YAML
apiVersion: v1
kind: Config
clusters: [{name: krt, cluster: {server: "$api", certificate-authority: "$state/certs/apiserver.crt"}}]
users: [{name: admin, user: {token: "$(cat token)"}}]
contexts: [{name: krt, context: {cluster: krt, user: admin, namespace: default}}]
current-context: krt
YAML
  chmod 600 kubeconfig
  wait_for 60 kube-apiserver kubectl_here get --raw /readyz
  start kube-controller-manager "$bin/kube-controller-manager" --kubeconfig=kubeconfig --leader-elect=false \
    --service-account-private-key-file=sa.key --root-ca-file=certs/apiserver.crt
  start kube-scheduler "$bin/kube-scheduler" --kubeconfig=kubeconfig --leader-elect=false
}

stop_control_plane() {
  local name
  for name in kube-scheduler kube-controller-manager kube-apiserver etcd; do stop "$name"; done
}
