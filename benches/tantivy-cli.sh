#!/bin/sh
# Indexes the same articles with nutgraf and with tantivy-cli, and prints CPU time, wall time, memory and index size.
#
#   benches/tantivy-cli.sh [FILE.jsonl [ROUNDS]]
#
# FILE has an article per line, with `id`, `title`, `published`, `source` and `body`; without it, the collections
# reuters21578 and wikinews of ../shared/data are repeated up to 200 MB. Both programs run with two threads and take
# turns, ROUNDS times (3), so that a busy machine slows both down; the ratios at the end are those of the sums. PROFILE
# is the build profile (dist). tantivy-cli is installed from crates.io into target/tantivy-cli if it is missing; GNU time
# measures. tantivy-cli stores all fields, and indexes title, body and source with positions, stems and frequencies: what
# nutgraf does, without passages, copies, languages and exact words.
set -eu
rounds=${2:-3} threads=2 profile=${PROFILE:-dist}
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
if [ $# -gt 0 ]; then
    file=$(realpath "$1")
else
    file=$work/news.jsonl data=$(dirname "$0")/../../shared/data
    gzip -dc "$data/reuters21578/docs.jsonl.gz" "$data"/*_wikinews/docs.jsonl.gz > "$work/once"
    : > "$file"
    while [ "$(wc -c < "$file")" -lt 200000000 ]; do cat "$work/once" >> "$file"; done
fi
cd "$(dirname "$0")/.."
cargo build --quiet --profile "$profile"
[ -x target/tantivy-cli/bin/tantivy ] || cargo install --quiet tantivy-cli --root target/tantivy-cli

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
            'BEGIN { printf "%-12s %8.2f %8.2f %8.0f %8.1f\n", n, u + s, w, m / 1024, b / 1e6 }' | tee -a "$work/all"
    done
}

printf '%-12s %8s %8s %8s %8s\n' '' 'CPU s' 'wall s' 'MiB' 'MB index'
for _ in $(seq "$rounds"); do
    rm -rf "$work/ours" "$work/theirs" && mkdir "$work/theirs"
    schema | target/tantivy-cli/bin/tantivy new -i "$work/theirs" > /dev/null
    measured nutgraf "$work/ours" "target/$profile/nutgraf" index "$file" --index "$work/ours" --threads $threads --quiet
    measured tantivy-cli "$work/theirs" target/tantivy-cli/bin/tantivy index -i "$work/theirs" -f "$file" -t $threads
done
awk '{ for (i = 2; i <= 5; i++) sum[$1, i] += $i }
    END { printf "%-12s", "ratio"
        for (i = 2; i <= 5; i++) printf " %8.2f", sum["nutgraf", i] / sum["tantivy-cli", i]
        print "" }' "$work/all"
