#!/usr/bin/env bash
# What an administrator writes in an afternoon: once a second ask git for the tip of refs/meta/config; when it moved and
# holds a definition, apply the Project. Credentials of git come by the environment.
#   polling-loop.sh URL FOLDER PROJECT_FILE      (KUBECONFIG and KUBECTL are set)
set -euo pipefail
url=$1 folder=$2 project=$3
last=$(git ls-remote "$url" refs/meta/config | cut -f1)
echo polling
while :; do
  tip=$(git ls-remote "$url" refs/meta/config | cut -f1)
  if [ "$tip" != "$last" ]; then
    last=$tip
    git init --quiet --bare "$folder"
    git -C "$folder" fetch --quiet --depth=1 "$url" refs/meta/config
    if git -C "$folder" cat-file -e FETCH_HEAD:definitions/check.yaml; then
      "$KUBECTL" apply --server-side --filename "$project" > /dev/null
      exit 0
    fi
  fi
  sleep 1
done
