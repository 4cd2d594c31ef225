// Miners as somebody starts them: command lines, units, wallets, tuning. Only
// in files a machine runs or reads as configuration; prose about mining is not
// a miner.

private rule runnable {
  condition:
    uint16(0) == 0x2123 or filetype == "script" or
    filename iendswith ".sh" or filename iendswith ".bash" or
    filename iendswith ".command" or filename iendswith ".bat" or
    filename iendswith ".cmd" or filename iendswith ".ps1" or filename iendswith ".psm1" or
    filename iendswith ".vbs" or filename iendswith ".vbe" or filename iendswith ".wsf" or
    filename iendswith ".hta" or filename iendswith ".py" or filename iendswith ".pyw" or
    filename iendswith ".pl" or filename iendswith ".rb" or filename iendswith ".js" or
    filename iendswith ".mjs" or filename iendswith ".cjs" or
    filename iendswith ".service" or filename iendswith ".timer" or
    filename iendswith ".desktop" or filename iendswith ".plist" or
    filepath contains "/cron.d/" or filepath contains "/cron.hourly/" or
    filepath contains "/cron.daily/" or filepath contains "/cron.weekly/" or
    filepath contains "/crontabs/" or
    (uint8(0) == 0x5b and filepath contains "/systemd/")
}

rule miner_command_line {
  meta:
    id = "MINER020"
    severity = "high"
    class = "miner"
    family = "miner launcher"
    why = "A script or unit that names a mining pool by its Stratum URL together with a miner's options."
    remedy = "Do not install. The line at the offset names pool and wallet; the program it starts may come later."
    reference = "https://attack.mitre.org/techniques/T1496/"
  strings:
    $url = /stratum2?\+(tcp|tls|ssl)s?:\/\/[a-zA-Z0-9$%{}._-]{4}/
    $o1 = "--donate-level"
    $o2 = "--rig-id"
    $o3 = "--nicehash"
    $o4 = "--cpu-max-threads-hint"
    $o5 = "--randomx-"
    $o6 = "cpuminer"
    $o7 = "minerd "
    $o8 = "xmrig"
    $o9 = "ethminer"
    $o10 = "lolMiner"
    $o11 = "nanominer"
    $o12 = /-u [48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}/
    $o13 = "-a rx/0"
    $o14 = "--cpu-priority"
    $o15 = "xmr-stak"
    $x1 = "--donate-level"
    $x2 = "--cpu-max-threads-hint"
    $x3 = "--randomx-"
    $x4 = "--coin=monero"
    $x5 = "--coin monero"
    $x6 = "--no-huge-pages"
    $x7 = "--huge-pages-jit"
  condition:
    runnable and (($url and 1 of ($o*)) or 2 of ($x*))
}

rule monero_wallet_at_pool {
  meta:
    id = "MINER021"
    severity = "high"
    class = "miner"
    family = "Monero pool account"
    why = "A Monero address given as user or wallet, and the host of a mining pool: somebody's account that is to be mined for."
    remedy = "Do not install. Ask the vendor whose wallet it is."
    reference = "https://attack.mitre.org/techniques/T1496/"
  strings:
    $w1 = /"user":\s{0,4}"[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}/
    $w2 = /"wallet(_address)?":\s{0,4}"[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}/
    $w3 = /-u [48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}/
    $w4 = /--user[= ][48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}/
    $w5 = /--wallet[= ][48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}/
    $w6 = /WALLET=["']?[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}/
    $w7 = /wallet\s?=\s?["']?[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}/
    $h01 = "supportxmr.com"
    $h02 = "moneroocean.stream"
    $h03 = "nanopool.org"
    $h04 = "hashvault.pro"
    $h05 = "c3pool.com"
    $h06 = "c3pool.org"
    $h07 = "minexmr.com"
    $h08 = "2miners.com"
    $h09 = "herominers.com"
    $h10 = "f2pool.com"
    $h11 = "xmrpool.eu"
    $h12 = "xmrpool.net"
    $h13 = "monerohash.com"
    $h14 = "dwarfpool.com"
    $h15 = "crypto-pool.fr"
    $h16 = "minergate.com"
    $h17 = "miningocean.org"
    $h18 = "unmineable.com"
    $h19 = "kryptex.network"
    $h20 = "donate.v2.xmrig.com"
    $h21 = "stratum+tcp://"
    $h22 = "stratum+ssl://"
  condition:
    any of ($w*) and any of ($h*) and
    (runnable or uint8(0) == 0x7b or uint32(0) == 0x464c457f or uint16(0) == 0x5a4d or
     filename iendswith ".conf" or filename iendswith ".cfg" or filename iendswith ".ini" or
     filename iendswith ".yml" or filename iendswith ".yaml" or filename iendswith ".toml" or
     filename iendswith ".env")
}

rule miner_msr_tuning {
  meta:
    id = "MINER022"
    severity = "high"
    class = "miner"
    family = "RandomX tuning"
    why = "A script that writes the processor registers RandomX miners write to switch off prefetching; nothing else writes this set."
    remedy = "Do not install. Look for the miner this prepares the machine for."
    reference = "https://xmrig.com/docs/miner/randomx-optimization-guide/msr"
  strings:
    $w = "wrmsr"
    $r1 = /0x[cC]0011020/
    $r2 = /0x[cC]0011021/
    $r3 = /0x[cC]0011022/
    $r4 = /0x[cC]001102[bB]/
  condition:
    runnable and $w and 3 of ($r*)
}

rule rival_killer {
  meta:
    id = "MINER023"
    severity = "high"
    class = "miner"
    family = "miner dropper"
    why = "A script that kills several other miners by name: droppers do so to have the machine for themselves."
    remedy = "Do not install unless the product is a tool that removes miners."
    reference = "https://attack.mitre.org/techniques/T1489/"
  strings:
    $k1 = "pkill"
    $k2 = "killall"
    $k3 = "kill -9"
    $n1 = "kdevtmpfsi"
    $n2 = "kinsing"
    $n3 = "kworkerds"
    $n4 = "xmrig"
    $n5 = "minerd"
    $n6 = "sysrv0"
    $n7 = "watchbog"
    $n8 = "cryptonight"
    $n9 = "kthreaddk"
    $n10 = "xmr-stak"
  condition:
    runnable and any of ($k*) and 3 of ($n*)
}

rule huge_page_tuning {
  meta:
    id = "DUAL002"
    severity = "info"
    class = "dual-use"
    family = "huge pages"
    why = "A script that reserves huge pages or opens the processor registers for writing. Databases and packet processors do it too; miners nearly always."
    remedy = "Nothing, if the product needs huge pages."
    reference = "https://www.kernel.org/doc/html/latest/admin-guide/mm/hugetlbpage.html"
  strings:
    $a1 = "sysctl -w vm.nr_hugepages"
    $a2 = "modprobe msr allow_writes=on"
    $a3 = "/sys/module/msr/parameters/allow_writes"
    $a4 = /echo [^\n]{1,40}\/proc\/sys\/vm\/nr_hugepages/
  condition:
    runnable and any of them
}
