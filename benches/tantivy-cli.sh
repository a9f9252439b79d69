#!/bin/sh
# Indexes the same articles with nutgraf and with tantivy-cli, and prints CPU time, wall time, memory and size of both.
#
#   benches/tantivy-cli.sh FILE.jsonl [ROUNDS]
#
# FILE has an article a line, with `id`, `title`, `published`, `source` and `body`; some 200 MB tell enough. Both run
# with two threads, in turn, as often as ROUNDS says (3), so that a busy machine slows both. tantivy-cli is installed
# from crates.io into target/tantivy-cli when it is not there; GNU time measures. It stores all fields, and indexes
# title, body and source with positions, stems and frequencies: what nutgraf does, without passages, copies, languages
# and exact words.
set -eu
file=$1 rounds=${2:-3} threads=2
cd "$(dirname "$0")/.."
cargo build --quiet --profile dist
[ -x target/tantivy-cli/bin/tantivy ] || cargo install --quiet tantivy-cli --root target/tantivy-cli
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

# The answers that `tantivy new` asks for: name, type, stored, fast, indexed, tokenised, frequencies, positions, more.
schema() {
    printf '%s\n' id Text Y N Y N Y
    printf '%s\n' title Text Y N Y Y Y Y Y source Text Y N Y Y Y Y Y
    printf '%s\n' published Text Y N Y N Y body Text Y N Y Y Y Y N
}

measured() { # name, folder of the index, command…
    name=$1 folder=$2 && shift 2
    /usr/bin/time -o "$work/time" -f '%U %S %e %M' "$@" > "$work/out" 2>&1 || [ $? = 3 ] || cat "$work/out" >&2
    tail -n 1 "$work/time" | while read -r user system wall memory; do
        bytes=$(du -sb "$folder" | cut -f 1)
        awk -v n="$name" -v u="$user" -v s="$system" -v w="$wall" -v m="$memory" -v b="$bytes" \
            'BEGIN { printf "%-12s %8.2f %8.2f %8.0f %8.1f\n", n, u + s, w, m / 1024, b / 1e6 }'
    done
}

printf '%-12s %8s %8s %8s %8s\n' '' 'CPU s' 'wall s' 'MiB' 'MB index'
for _ in $(seq "$rounds"); do
    rm -rf "$work/ours" "$work/theirs" && mkdir "$work/theirs"
    schema | target/tantivy-cli/bin/tantivy new -i "$work/theirs" > /dev/null
    measured nutgraf "$work/ours" target/dist/nutgraf index "$file" --index "$work/ours" --threads $threads --quiet
    measured tantivy-cli "$work/theirs" target/tantivy-cli/bin/tantivy index -i "$work/theirs" -f "$file" -t $threads
done
