#!/usr/bin/env bash
# Installs the real programs that tests talk to (SIPp, Kamailio, Chromium with Japanese letters, PostgreSQL, OpenMP for
# LightGBM), from Debian's packages.
# Does nothing where they are there. It starts none of them: each test starts what it needs, on loopback, and stops it.
set -euo pipefail

readonly packages=(sip-tester kamailio chromium fonts-noto-cjk postgresql libgomp1)

missing() {
  local package
  for package in "${packages[@]}"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed$' || echo "$package"
  done
}

mapfile -t wanted < <(missing)
if ((${#wanted[@]} == 0)); then
  exit 0
fi
if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "The tests need ${wanted[*]}. On Debian 12 run as root: apt-get install ${wanted[*]}" >&2
  exit 1
fi
echo "Installing ${wanted[*]} with apt-get"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${wanted[@]}" >/dev/null
