# SPDX-License-Identifier: Apache-2.0
# What dev, tools/ and bench/ share: the Debian packages (docs/dependencies.md has a reason for each),
# installing the missing ones, and building a preset. Sourced by bash from the repository's root.
# shellcheck shell=bash disable=SC2034

build_packages=(ccache cmake g++-12 ninja-build pkg-config libboost1.81-dev libboost-json1.81-dev
  libcurl4-openssl-dev libfmt-dev libssl-dev libcrypt-dev libargon2-dev libsqlite3-dev
  libsqlitecpp-dev libcli11-dev libgtest-dev libgmock-dev)
test_packages=(clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev lld-19 llvm-19
  nghttp2-server openssl jq)

export LC_ALL=C
logs=.build/logs
mkdir -p "$logs"
cores=$(nproc)

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)

die() { echo "$*" >&2; exit 1; }

# Every source of ours, NUL between names. Not git's list: a tarball is not a repository, and git refuses
# to speak about a checkout that belongs to somebody else (sudo).
sources() {
  local folders=(src tests bench)
  [ ! -d include ] || folders+=(include)
  find "${folders[@]}" -name node_modules -prune -o \
    \( -name '*.cc' -o -name '*.h' \) -print0 | sort -z
}

install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
      missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null ||
    die "usher is built on Debian 12; apt-get is missing here. Install by hand: ${missing[*]}"
  [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
    die "these packages are missing: ${missing[*]}. Install them as root, or install sudo"
  echo "installing: ${missing[*]}" >&2
  "${as_root[@]}" apt-get update -qq >"$logs/apt.log" 2>&1 &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
      --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}" \
      </dev/null >>"$logs/apt.log" 2>&1 ||
    { tail -n 20 "$logs/apt.log" >&2; die "apt-get could not install: ${missing[*]}"; }
}

# Node for the contract test: any Node with npm will do, Debian's when there is none.
install_node() {
  { command -v node && command -v npm; } >/dev/null || install_packages nodejs npm
}

folder_of() { [ "$1" = release ] && echo build || echo ".build/$1"; }

build() {  # build PRESET [cmake --build arguments...]
  local preset=$1 folder
  shift
  folder=$(folder_of "$preset")
  [ -f "$folder/build.ninja" ] || cmake --preset "$preset" >"$logs/configure-$preset.log" 2>&1 ||
    { rm -f "$folder/build.ninja"; cat "$logs/configure-$preset.log" >&2; return 1; }
  cmake --build "$folder" -j "$cores" "$@"
}

build_quietly() {  # build_quietly PRESET [arguments...]: the log is shown when it fails, or on a terminal
  if [ -t 1 ]; then
    build "$@"
  else
    build "$@" >"$logs/build.log" 2>&1 || { grep -A 30 -m 3 -E 'error|FAILED' "$logs/build.log" >&2
      die "the build failed; all of it: $logs/build.log"; }
  fi
}
