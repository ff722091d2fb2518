#!/bin/bash
# What a grep can see: include direction, doorways of libraries, banned calls, format, stray words.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
bad=0
complain() {
    echo "check: $1" >&2
    bad=1
}
folders="base consensus vm ledger genesis rpc node tools"
sources() { find "$@" -name '*.[ch]' -o -name '*.def' | sort; }

# --- include direction: who may include whom (docs/architecture.md); only the folder's own header is open to others
declare -A may=(
    [base]="" [consensus]="base" [vm]="base" [ledger]="base vm" [genesis]="base vm ledger" [rpc]="base"
    [node]="base consensus vm ledger genesis rpc" [tools]="base consensus vm ledger genesis"
)
for folder in $folders; do
    while IFS=: read -r file line text; do
        target=$(sed -E 's/.*"([^"]+)".*/\1/' <<<"$text")
        to=${target%%/*}
        [ "$to" = "$folder" ] && continue
        case " ${may[$folder]} " in
        *" $to "*) ;;
        *) complain "$file:$line: $folder/ may not include $target" && continue ;;
        esac
        [ "$to" = base ] && [ "$target" != base/base.h ] &&
            { [ -e "$target" ] || complain "$file:$line: $target does not exist"; } && continue
        case "$target" in
        "$to/$to.h" | base/base.h | vm/host.h | rpc/ports.h) ;;
        *) complain "$file:$line: $target is private to $to/; include $to/$to.h" ;;
        esac
    done < <(grep -nE '^#include "' $(sources "$folder") /dev/null)
done

# --- doorways: each library's header is included in one place
doorway() { # header pattern, allowed files
    local pattern=$1 allowed=$2
    while read -r file; do
        [[ $file =~ ^($allowed)$ ]] || complain "$file: includes <$pattern...>, which belongs to $allowed"
    done < <(grep -lE "^#include <($pattern)" $(sources $folders))
}
doorway 'uv\.h' 'node/[a-z_]*_uv\.[ch]'
doorway 'rocksdb/' 'ledger/store_rocksdb\.c'
doorway 'secp256k1' 'base/crypto\.c'
doorway 'sodium' 'base/crypto\.c'
doorway 'nettle/' 'base/(crypto|hash)\.c'
doorway 'msgpack' 'base/mp\.c'
doorway 'json-c/' 'base/json\.c'
doorway 'llhttp' '(rpc/http|tools/http_client)\.c'
doorway 'openssl/' 'node/tls\.c'

# --- banned calls; comments are taken out first
code() { sed -E 's@/\*.*\*/@@; s@^ *\*.*@@; s@/\*.*@@; s@"([^"\\]|\\.)*"@""@g' "$1"; }
for file in $(sources $folders); do
    text=$(code "$file")
    grep -nE '\b(v?sprintf|strcpy|strcat|gets|strtok|alloca)\(' <<<"$text" |
        sed "s@^@check: $file:@; s@\$@   <- banned call@" | grep . >&2 && bad=1
    case $file in
    consensus/* | vm/* | ledger/* | genesis/*)
        grep -nE '\b(time|gettimeofday|clock_gettime|rand|random|localtime|gmtime|setlocale)\(' <<<"$text" |
            sed "s@^@check: $file:@; s@\$@   <- not deterministic@" | grep . >&2 && bad=1
        grep -nE '\b(float|double)\b' <<<"$text" |
            sed "s@^@check: $file:@; s@\$@   <- floating point@" | grep . >&2 && bad=1
        ;;
    esac
done

# --- format
if command -v clang-format >/dev/null; then
    find $folders tests -name '*.[ch]' -not -path '*/node_modules/*' -print0 |
        xargs -0 clang-format --dry-run -Werror || bad=1
else
    complain "clang-format is missing; tools/deps.sh check installs it"
fi

# --- words that belong to no repository: absolute paths of one machine, private package registries, unfinished business
mapfile -t tracked < <(git ls-files 2>/dev/null | grep -vE '(^|/)corpus/|^tools/check\.sh$')
if [ ${#tracked[@]} -gt 0 ]; then
    grep -nIE '(^|[^a-zA-Z0-9_.])/(work|home|root)/|\bTODO\b' "${tracked[@]}" /dev/null |
        sed 's/^/check: /; s/$/   <- does not belong here/' | grep . >&2 && bad=1
    grep -nE '"resolved": "' "${tracked[@]}" /dev/null |
        sed 's/^/check: /; s/$/   <- a lock file names versions and digests, not download addresses/' | grep . >&2 && bad=1
fi

[ $bad -eq 0 ] && echo "check: ok"
exit $bad
