# Images, without a registry: archives made here or elsewhere go straight into containerd.

import() { # ARCHIVE…
  local archive
  for archive in "$@"; do
    ctr_here images import "$archive" >/dev/null
    log "loaded $archive"
  done
}

load() { # NAME DIR ENTRYPOINT-JSON [BASE]
  local archive
  archive=$(mktemp "$state/image-XXXXXX.tar")
  make_image "$archive" "$@"
  ctr_here images import "$archive" >/dev/null
  rm "$archive"
  log "loaded $1"
}

load_pause_image() {
  ctr_here images list -q | grep -qx localhost/pause:1 && return 0
  mkdir -p pause
  gcc -static -Os -o pause/pause "$here/pause.c"
  load localhost/pause:1 pause '["/pause"]'
}

base() { # PACKAGE…
  local packages root
  packages=$(IFS=,; echo "$*")
  root=$cache/bookworm${packages:+-${packages//,/-}}
  if [ ! -e "$root/.done" ]; then
    log "making a Debian root in $root"
    rm -rf "$root"
    mkdir -p "$root"
    debootstrap --variant=minbase ${packages:+--include="$packages"} bookworm "$root" >"$root.log" 2>&1
    rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
    touch "$root/.done"
  fi
  echo "$root"
}

# An OCI archive: one layer for each folder, and the JSON that names them by digest.
make_image() { # ARCHIVE NAME DIR ENTRYPOINT-JSON [BASE]
  local archive=$1 name=$2 dir=$3 entrypoint=$4 base=${5:-} work folder digest
  local layers='' diffs='' type=application/vnd.oci.image
  work=$(mktemp -d "$state/image-XXXXXX")
  mkdir -p "$work/blobs/sha256"
  for folder in ${base:+"$base"} "$dir"; do
    tar -C "$folder" --sort=name --exclude=./.done -cf "$work/blob" .
    add_blob "$work"
    layers+=${layers:+,}$(descriptor "$type.layer.v1.tar")
    diffs+=${diffs:+,}\"$digest\"
  done
  cat >"$work/blob" <<JSON
{"architecture": "amd64", "os": "linux",
 "config": {"Entrypoint": $entrypoint, "User": "65532:65532", "WorkingDir": "/",
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]},
 "rootfs": {"type": "layers", "diff_ids": [$diffs]}}
JSON
  add_blob "$work"
  printf '{"schemaVersion": 2, "mediaType": "%s.manifest.v1+json", "config": %s, "layers": [%s]}' \
    "$type" "$(descriptor "$type.config.v1+json")" "$layers" >"$work/blob"
  add_blob "$work"
  printf '{"schemaVersion": 2, "manifests": [%s]}' \
    "$(descriptor "$type.manifest.v1+json" ", \"annotations\": {\"io.containerd.image.name\": \"$name\"}")" >"$work/index.json"
  printf '{"imageLayoutVersion": "1.0.0"}' >"$work/oci-layout"
  tar -C "$work" -cf "$archive" oci-layout index.json blobs
  rm -rf "$work"
}

# Moves WORK/blob to where its digest says; sets `digest`, and `size` for the descriptor.
add_blob() { # WORK
  local sum
  sum=$(sha256sum "$1/blob" | cut -d ' ' -f 1)
  digest=sha256:$sum
  size=$(stat -c %s "$1/blob")
  mv "$1/blob" "$1/blobs/sha256/$sum"
}

descriptor() { # MEDIA-TYPE [MORE-FIELDS]
  printf '{"mediaType": "%s", "digest": "%s", "size": %s%s}' "$1" "$digest" "$size" "${2:-}"
}
