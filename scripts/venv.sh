#!/usr/bin/env bash
# Builds .venv from pyproject.toml and constraints.txt. Does nothing when .venv was built from the very same two files.
# PYTHON names another interpreter; it must be Python 3.11.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly env_dir=.venv
readonly stamp=$env_dir/built-from

is_python_311() {
  "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' >/dev/null 2>&1
}

# Debian keeps venv's other half (ensurepip) in a package of its own: python3-venv.
can_build_venv() {
  is_python_311 "$1" && "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3 /usr/bin/python3.11 /usr/bin/python3; do
    if can_build_venv "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

install_python() {
  if [[ $EUID -eq 0 ]] && command -v apt-get >/dev/null; then
    echo "Installing python3 and python3-venv with apt-get" >&2
    apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3 python3-venv >&2
  fi
}

# What .venv is built from: its place, since the programs in .venv/bin hold their own path, and the two files.
fingerprint() {
  pwd
  cat pyproject.toml constraints.txt | sha256sum
}

built_here() {
  [[ -f $stamp && $(head -n 1 "$stamp") == "$PWD" ]] && is_python_311 "$env_dir/bin/python"
}

if built_here && [[ $(<"$stamp") == "$(fingerprint)" ]]; then
  exit 0
fi

if ! python=$(find_python); then
  install_python
  if ! python=$(find_python); then
    echo "Sekisho needs Python 3.11 with venv. On Debian 12 run as root: apt-get install python3 python3-venv" >&2
    exit 1
  fi
fi

echo "Building $env_dir with $python"
built_here || "$python" -m venv --clear "$env_dir"
# Until pip is done the stamp says: this place, these files not yet.
pwd >"$stamp"
"$env_dir/bin/python" -m pip install --disable-pip-version-check -c constraints.txt -e '.[test,postgresql,tune]'
fingerprint >"$stamp"
