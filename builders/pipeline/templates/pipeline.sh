#!/usr/bin/env bash
# The steps of this dataset's pipeline. The workflows and the CronJob call them; so can you.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=/dev/null
. ./settings.sh

usage="usage: ./pipeline.sh STEP
  install            install the packages of requirements.txt
  check              read sources, translations and glossaries, build, validate
  watch              look for newer revisions, build a candidate, report the differences in build/watch
  issue              open an issue with the report of watch, or update the open one (needs gh)
  release [VERSION]  publish a version and verify it; without VERSION, the smallest that the changes allow"

hub=(--hub "$HUB" --repository "$REPOSITORY")
publish=("${hub[@]}" --build build/dataset)
[ -z "$PRIVATE" ] || publish+=(--private)
read -r -a fetched <<< "$FETCH"

install() {
  python -m pip install --requirement requirements.txt
}

fetch() {
  [ "${#fetched[@]}" -eq 0 ] || globmed fetch "${fetched[@]}" --out sources --lock sources.lock.toml "$@"
}

build() {
  local pair options=(--sources sources --out build/dataset)
  [ -z "$LANGUAGES" ] || options+=(--languages "$LANGUAGES")
  [ ! -d memory ] || options+=(--memory memory)
  [ ! -d glossaries ] || options+=(--glossaries glossaries)
  for pair in $TRANSLATORS; do
    globmed translator install "$pair" --dir build/translators
  done
  [ -z "$TRANSLATORS" ] || options+=(--packages build/translators)
  globmed build "${options[@]}"
}

check() {
  local terms language
  fetch
  globmed items --sources sources --out build/items
  mkdir -p build/glossaries
  for terms in glossaries/*.csv glossaries/*.tsv glossaries/*.tbx; do
    [ -e "$terms" ] || continue
    language=$(basename "${terms%.*}")
    globmed glossary "$terms" "build/glossaries/$language.tbx" --from en --to "$language"
  done
  build
  globmed validate build/dataset
}

# The field of the plan that `globmed release --json` wrote; an empty line for null.
planned() {
  python -c 'import json, sys; print(json.load(open(sys.argv[1]))["plan"][sys.argv[2]] or "")' "$@"
}

watch() {
  local version previous level changed=false newer=false language
  rm -rf build/watch
  mkdir -p build/watch
  fetch
  build
  fetch --update --markdown > build/watch/upstream.md
  [ ! -s build/watch/upstream.md ] || newer=true

  # It validates the candidate, as every release does.
  globmed release next "${publish[@]}" --dry-run --json > build/watch/plan.json
  version=$(planned build/watch/plan.json version)
  previous=$(planned build/watch/plan.json previous)
  level=$(planned build/watch/plan.json level)
  if [ -z "$previous" ]; then
    echo "The first version." > build/watch/diff.md
  else
    globmed diff "$previous" build/dataset/candidate "${hub[@]}" --markdown > build/watch/diff.md
  fi
  # A patch changes no row.
  [ -n "$previous" ] && [ "$level" = patch ] || changed=true

  for language in $DRAFTS; do
    globmed draft "$language" "${publish[@]}"
  done
  report "$version" > build/watch/report.md
  printf 'version=%s\nchanged=%s\nnewer=%s\n' "$version" "$changed" "$newer" | tee build/watch/result
}

report() {
  printf '# %s: a candidate for %s\n\n' "$REPOSITORY" "$1"
  cat build/watch/diff.md
  if [ -s build/watch/upstream.md ]; then
    printf '\n## Newer revisions of the sources\n\nNone of them is in the candidate.\n\n'
    cat build/watch/upstream.md
  fi
  printf '\n## Release it\n\n'
  if [ -n "${RUN_URL:-}" ]; then
    printf 'If rows changed, [the run](%s) waits for an approval. ' "$RUN_URL"
  fi
  printf "By hand: \`./pipeline.sh release %s\`.\n" "$1"
}

issue() {
  local number title="Candidate of $REPOSITORY"
  if ! grep -qx -e changed=true -e newer=true build/watch/result; then
    echo "nothing changed: no issue"
    return
  fi
  # GitHub takes 65,536 characters.
  head -c 60000 build/watch/report.md > build/watch/issue.md
  gh label create candidate --force --description "Opened by pipeline.sh"
  number=$(gh issue list --label candidate --state open --limit 1 --json number --jq '.[].number')
  if [ -n "$number" ]; then
    gh issue edit "$number" --title "$title" --body-file build/watch/issue.md
  else
    gh issue create --label candidate --title "$title" --body-file build/watch/issue.md
  fi
}

release() {
  local verify=("${hub[@]}")
  fetch
  build
  globmed release "${1:-next}" "${publish[@]}" --yes --json > build/release.json
  [ ! -e signing.pub ] || verify+=(--key signing.pub)
  globmed verify "$(planned build/release.json version)" "${verify[@]}"
}

case "${1:-}" in
  install | check | watch | issue | release) "$@" ;;
  *)
    echo "$usage" >&2
    exit 2
    ;;
esac
