#!/usr/bin/env bash
# No false alarm: real packages of Debian, signed by the trusted key, must PASS.
# They are the ones likest to what the rules look for: proof of work, debuggers,
# preloaded libraries, kernel modules and eBPF, Windows DLLs, scanners and their rules.
# With ASSAY_TEST_CACHE=FOLDER the packages are kept there for the next run.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"

packages=(
  librandomx0 monero cpuid stress-ng msr-tools hashcat john hwloc
  gdb strace valgrind torsocks fakeroot libfakeroot libfaketime libproxychains4 libjemalloc2
  bpftrace bpfcc-tools libbpfcc kmod dkms
  wine64 libwine
  yara libyara9 clamav clamav-freshclam nmap tcpdump
  curl git nginx openssh-server sudo cron systemd iptables ethtool
  busybox perl-base python3.11-minimal vim-runtime
  openjdk-17-jre-headless runc docker.io
)
fewest=30

skip() { echo "skipped $((${#packages[@]} + 1)): $*"; exit 77; }

# Lists and archives of our own: nothing of the system's apt is touched or trusted to be fresh.
mkdir -p apt/lists/partial apt/archives/partial
apt_options=(
  -q -o Debug::NoLocking=1 -o "Dir::State::lists=$work/apt/lists" -o "Dir::Cache=$work/apt"
  -o Acquire::Retries=1 -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15
)
if [ "$(id -u)" -eq 0 ]; then apt_options+=(-o APT::Sandbox::User=root); fi

fetch() {  # fetch FOLDER: every package of the list that this release offers
  local image package offered=()
  command -v apt-get >/dev/null || skip "there is no apt-get"
  timeout 60 apt-get "${apt_options[@]}" -o APT::Update::Error-Mode=any update >apt.log 2>&1 ||
    skip "the package registry is silent"
  # linux-image-amd64 is a name; the kernel is what it depends on.
  image=$(timeout 20 apt-cache "${apt_options[@]}" depends linux-image-amd64 2>/dev/null |
    awk '$1 == "Depends:" && !name { name = $2 } END { print name }') || true
  for package in "${packages[@]}" ${image:+"$image"}; do
    if [ -n "$(timeout 20 apt-cache "${apt_options[@]}" madison "$package" 2>/dev/null)" ]; then
      offered+=("$package")
    else
      echo "not in this release: $package"
    fi
  done
  (cd "$1" && timeout 120 apt-get "${apt_options[@]}" download "${offered[@]}") >apt.log 2>&1 ||
    skip "the package registry did not hand out everything: $(tail -n 1 apt.log)"
}

count() { find "$1" -maxdepth 1 -name '*.deb' | wc -l; }

kept=${ASSAY_TEST_CACHE:-$work}/debian
mkdir -p "$kept" debs
[ "$(count "$kept")" -ge "$fewest" ] || fetch "$kept"
[ "$(count "$kept")" -ge "$fewest" ] || skip "only $(count "$kept") packages could be had"
ln -s "$kept"/*.deb debs/ # links, for the signatures go beside them

assay init -q >/dev/null
assay trust add debian --key "$keys/acme.pub" --name debian-test --match '*_*.deb' -q >/dev/null

passed=0 all=0 packed=0 unpacked=0 spent=0
for deb in debs/*.deb; do
  sign "$deb"
  code=0 started=${EPOCHREALTIME/./}
  assay verify "$deb" -q --verdict none --format json -o report.json 2>error.txt || code=$?
  spent=$((spent + ${EPOCHREALTIME/./} - started))
  all=$((all + 1)) packed=$((packed + $(stat -L -c %s "$deb")))
  if [ "$code" = 0 ] && [ "$(jq -r .result report.json)" = PASSED ]; then
    passed=$((passed + 1)) unpacked=$((unpacked + $(jq .core.coverage.bytes report.json)))
    continue
  fi
  echo "not passed: $(basename "$deb"), exit $code"
  cat error.txt
  [ ! -s report.json ] || jq -r '.core |
    (.checks[] | select(.result != "met") | "  \(.id): \(.reason) \(.detail)"),
    (.findings[] | select(.severity != "info") | "  \(.rule) \(.member) at \(.offset): \(.context)"),
    (.problems[:10][] | "  \(.code) \(.member): \(.detail)")' report.json
  rm -f report.json
done

printf '%d of %d passed, %d MB packed, %d MB unpacked, %d.%d seconds\n' "$passed" "$all" \
  $((packed / 1000000)) $((unpacked / 1000000)) $((spent / 1000000)) $((spent / 100000 % 10))
[ "$passed" = "$all" ] || fail "$((all - passed)) packages of Debian did not pass"
