#!/bin/sh
# Uploads a file with curl and jq: upload.sh FILE [form|put]
set -eu
file=$1
way=${2:-form}
uploads=${UPLOADS:-http://localhost:3002/uploads}
authorization="Authorization: Bearer ${UPLOADS_KEY:-odk_made-by-oss-direct-keys-create}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Calls our server: the path and the body.
call() {
  curl --silent --show-error --header "$authorization" --json "$2" "$uploads$1"
}

case $way in
  form) transport=post ;;
  *) transport=$way ;;
esac
request=$(jq --null-input --compact-output --arg name "$(basename "$file")" --arg transport "$transport" \
  --argjson size "$(wc -c <"$file")" \
  '{ route: "partner", $transport, files: [{ $name, $size, type: "text/plain" }] }')
call '' "$request" >"$work/answer"
grant=$(jq '.grants[0].grant // empty' "$work/answer")
if [ -z "$grant" ]; then
  jq --raw-output '.grants[0].error // . | "failed: \(.code): \(.detail)"' "$work/answer"
  exit 1
fi

# One option a line: values hold spaces and quotes, which the quoting of a config file of curl keeps.
if [ "$way" = form ]; then
  # Every field of the grant, the file last.
  printf '%s' "$grant" | jq --raw-output '.fields | to_entries[] | "form-string = \("\(.key)=\(.value)" | @json)"' >"$work/options"
  printf 'form = "file=@\\"%s\\""\n' "$file" >>"$work/options"
else
  # Every header of the grant, as it is.
  printf '%s' "$grant" | jq --raw-output '.headers | to_entries[] | "header = \("\(.key): \(.value)" | @json)"' >"$work/options"
  printf 'upload-file = "%s"\n' "$file" >>"$work/options"
fi
status=$(curl --silent --show-error --config "$work/options" --output "$work/body" --write-out '%{http_code}' \
  "$(printf '%s' "$grant" | jq --raw-output .url)")

# 203 counts as success for `curl --fail`: the file is stored, and the application has not answered.
case $status in
  200) echo "done: $(cat "$work/body")" ;;
  203)
    echo "unconfirmed: $(tr -d '\r\n' <"$work/body")"
    echo "done: $(call "/$(printf '%s' "$grant" | jq --raw-output .id)/confirm" '{}')"
    ;;
  *)
    echo "failed: $(sed -n 's:.*<Code>\(.*\)</Code>.*:\1:p' "$work/body"): $status"
    exit 1
    ;;
esac
