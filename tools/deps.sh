#!/bin/bash
# The one list of Debian packages.  Installs what is missing; quick and silent when nothing is.
#
#   tools/deps.sh build      compiler and libraries: what tools/devnet needs
#   tools/deps.sh test       and what tools/test needs
#   tools/deps.sh check      and what tools/check.sh and tools/tidy need
set -euo pipefail

build=(build-essential cmake ninja-build pkg-config libuv1-dev librocksdb-dev libsecp256k1-dev
       libsodium-dev nettle-dev libmsgpack-dev libjson-c-dev node-llhttp)
test=(libcmocka-dev procps python3-venv)
check=(clang clang-format clang-tidy libclang-rt-14-dev spin)

case "${1:-build}" in
build) wanted=("${build[@]}") ;;
test) wanted=("${build[@]}" "${test[@]}") ;;
check) wanted=("${build[@]}" "${test[@]}" "${check[@]}") ;;
*)
    echo "tools/deps.sh: \"$1\" is not build, test or check" >&2
    exit 2
    ;;
esac

if ! command -v apt-get >/dev/null; then
    echo "tools/deps.sh: this is not Debian; install by hand: ${wanted[*]}, nodejs with npm for the tests" >&2
    exit 1
fi

installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')
missing=()
for package in "${wanted[@]}"; do
    grep -qxF "$package" <<<"$installed" || missing+=("$package")
done
# Node.js from wherever it came: a newer one than Debian's stays.
if [ "${1:-build}" != build ]; then
    command -v node >/dev/null || missing+=(nodejs)
    command -v npm >/dev/null || missing+=(npm)
fi
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "tools/deps.sh: as root run: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi
echo "installing ${missing[*]}"
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q "$@"; }
apt update || echo "tools/deps.sh: the package lists could not be updated; trying with the old ones" >&2
apt install --no-install-recommends "${missing[@]}" || {
    echo "tools/deps.sh: apt-get failed; mend what it says above and run this again" >&2
    exit 1
}
