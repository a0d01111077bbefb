#!/bin/sh
# The review of a change to stack configuration, as a CI job. Three steps, so that each can have a container or agent of its own
# and only the first and last one the password; docs/how-to/review-job.md says how to run them.
#
#   review-job.sh approval   prints the change's commit when a ServiceOps member approved its program, else nothing
#   review-job.sh render     writes dist/review/; $APPROVED is what `approval` printed, empty when it printed nothing
#   review-job.sh post       posts dist/review/review.gerrit.md on the change, unless the newest review says the same
#
# Run it from a checkout of the TARGET branch with its libraries installed (npm ci): what judges a change must not come from it.
set -eu

: "${STACK:=ci}" "${BRANCH:=main}" "${REMOTE:=origin}" "${APPROVERS:=ServiceOps}" "${LABEL:=Code-Review}" "${VALUE:=2}"
: "${COMMIT:?the commit of the patch set}"

cd "$(dirname "$0")/.."

on_change() {
  : "${GERRIT:?base URL of Gerrit}" "${CHANGE:?project~number}" "${ACCOUNT:?account of the job}"
  : "${PASSWORD_FILE:?file with its HTTP password}"
  command=$1
  shift
  npm run --silent "$command" -- --gerrit "$GERRIT" --account "$ACCOUNT" --password-file "$PASSWORD_FILE" \
    --change "$CHANGE" --commit "$COMMIT" "$@"
}

case "${1:-}" in
  approval)
    on_change review-approval --group "$APPROVERS" --label "$LABEL" --value "$VALUE"
    ;;
  render)
    : "${REF:?ref of the patch set, such as refs/changes/34/1234/5}"
    git fetch --quiet --no-tags --no-recurse-submodules "$REMOTE" "$BRANCH" "$REF"
    base=$(git merge-base "$REMOTE/$BRANCH" "$COMMIT")
    # What runs here is the target branch's, and nothing but; a dirty checkout could hold anything.
    if [ -n "$(git status --porcelain --untracked-files=no)" ] || ! git merge-base --is-ancestor HEAD "$REMOTE/$BRANCH"; then
      echo "review-job: this checkout is not $REMOTE/$BRANCH without changes; check that out and run npm ci" >&2
      exit 1
    fi
    # No variable of the job, so no credential of it, reaches the review or what it starts.
    env -i PATH="$PATH" HOME="${TMPDIR:-/tmp}" npm run --silent review -- \
      --stack "$STACK" --base "$base" --head "$COMMIT" ${APPROVED:+--approved "$APPROVED"} ${USAGE:+--usage "$USAGE"}
    ;;
  post)
    on_change review-post --file dist/review/review.gerrit.md
    ;;
  *)
    echo "review-job: allowed are approval, render and post; got '${1:-}'" >&2
    exit 2
    ;;
esac
