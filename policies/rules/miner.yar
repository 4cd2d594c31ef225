// Miners as programs, and what configures them. RandomX's constants survive
// stripping and renaming; alone they are a proof-of-work library, with the
// words of a pool protocol they are a miner.

private rule native {
  condition:
    uint32(0) == 0x464c457f or uint16(0) == 0x5a4d or uint32(0) == 0xfeedfacf or
    uint32(0) == 0xbebafeca
}

rule xmrig_elf {
  meta:
    id = "MINER001"
    severity = "critical"
    class = "miner"
    family = "XMRig"
    why = "A Linux program that carries RandomX's constants together with the words miners speak to a pool: XMRig or a fork of it."
    remedy = "Do not install. Ask the vendor why his update mines Monero."
    reference = "https://github.com/xmrig/xmrig"
  strings:
    $c1 = { FC A1 F5 59 8A 97 0A 81 }
    $c2 = { 46 D8 C2 38 DF 99 70 A7 }
    $c3 = { 5C 49 22 BF 1C B9 26 81 }
    $c4 = { 62 8A 9F 17 97 25 4D 49 }
    $c5 = { 0C EC AA CE B9 EF 37 92 }
    $c6 = { 78 2D E6 6C 74 56 2A 2F }
    $c7 = { 4E E5 2C B6 F7 3B 85 84 }
    $c8 = { DD AA 21 64 DB 3D 83 D1 2B 6D 54 2F 3F D2 E5 99 }
    $c9 = { 53 A5 AC 6D 09 66 71 62 2B 55 B5 DB 17 49 F4 B4 }
    $p1 = "stratum+tcp://"
    $p2 = "stratum+ssl://"
    $p3 = "donate-level"
    $p4 = "keepalived"
    $p5 = "nicehash"
    $p6 = "job_id"
    $p7 = "cryptonight"
    $p8 = "rig-id"
    $x1 = "donate.v2.xmrig.com"
    $x2 = "donate.ssl.xmrig.com"
    $x3 = "donate-over-proxy"
    $x4 = "randomx-1gb-pages"
    $x5 = "FAILED TO APPLY MSR MOD"
    $x6 = "huge-pages-jit"
    $x7 = "\"method\":\"keepalived\""
    $x8 = "cpu-max-threads-hint"
    $x9 = "randomx.xmrig.com"
  condition:
    uint32(0) == 0x464c457f and ((2 of ($c*) and 2 of ($p*)) or 4 of ($x*))
}

rule xmrig_pe {
  meta:
    id = "MINER002"
    severity = "critical"
    class = "miner"
    family = "XMRig"
    why = "A Windows program that carries RandomX's constants together with the words miners speak to a pool: XMRig or a fork of it."
    remedy = "Do not install. Ask the vendor why his update mines Monero."
    reference = "https://github.com/xmrig/xmrig"
  strings:
    $c1 = { FC A1 F5 59 8A 97 0A 81 }
    $c2 = { 46 D8 C2 38 DF 99 70 A7 }
    $c3 = { 5C 49 22 BF 1C B9 26 81 }
    $c4 = { 62 8A 9F 17 97 25 4D 49 }
    $c5 = { 0C EC AA CE B9 EF 37 92 }
    $c6 = { 78 2D E6 6C 74 56 2A 2F }
    $c7 = { 4E E5 2C B6 F7 3B 85 84 }
    $c8 = { DD AA 21 64 DB 3D 83 D1 2B 6D 54 2F 3F D2 E5 99 }
    $c9 = { 53 A5 AC 6D 09 66 71 62 2B 55 B5 DB 17 49 F4 B4 }
    $p1 = "stratum+tcp://"
    $p2 = "stratum+ssl://"
    $p3 = "donate-level"
    $p4 = "keepalived"
    $p5 = "nicehash"
    $p6 = "job_id"
    $p7 = "cryptonight"
    $p8 = "rig-id"
    $x1 = "donate.v2.xmrig.com"
    $x2 = "donate.ssl.xmrig.com"
    $x3 = "donate-over-proxy"
    $x4 = "randomx-1gb-pages"
    $x5 = "FAILED TO APPLY MSR MOD"
    $x6 = "huge-pages-jit"
    $x7 = "\"method\":\"keepalived\""
    $x8 = "cpu-max-threads-hint"
    $x9 = "randomx.xmrig.com"
  condition:
    uint16(0) == 0x5a4d and ((2 of ($c*) and 2 of ($p*)) or 4 of ($x*))
}

rule xmrig_macho {
  meta:
    id = "MINER003"
    severity = "critical"
    class = "miner"
    family = "XMRig"
    why = "A macOS program that carries RandomX's constants together with the words miners speak to a pool: XMRig or a fork of it."
    remedy = "Do not install. Ask the vendor why his update mines Monero."
    reference = "https://github.com/xmrig/xmrig"
  strings:
    $c1 = { FC A1 F5 59 8A 97 0A 81 }
    $c2 = { 46 D8 C2 38 DF 99 70 A7 }
    $c3 = { 5C 49 22 BF 1C B9 26 81 }
    $c4 = { DD AA 21 64 DB 3D 83 D1 2B 6D 54 2F 3F D2 E5 99 }
    $c5 = { 53 A5 AC 6D 09 66 71 62 2B 55 B5 DB 17 49 F4 B4 }
    $p1 = "stratum+tcp://"
    $p2 = "stratum+ssl://"
    $p3 = "donate-level"
    $p4 = "keepalived"
    $p5 = "nicehash"
    $p6 = "job_id"
    $x1 = "donate.v2.xmrig.com"
    $x2 = "donate-over-proxy"
    $x3 = "randomx-1gb-pages"
    $x4 = "huge-pages-jit"
    $x5 = "\"method\":\"keepalived\""
    $x6 = "cpu-max-threads-hint"
  condition:
    (uint32(0) == 0xfeedfacf or uint32(0) == 0xbebafeca) and
    ((2 of ($c*) and 2 of ($p*)) or 4 of ($x*))
}

rule xmrig_config {
  meta:
    id = "MINER004"
    severity = "high"
    class = "miner"
    family = "XMRig"
    why = "A JSON file with six or more of the keys only XMRig reads: the configuration that tells a miner which pool to work for."
    remedy = "Do not install. Look for the miner this file belongs to; it may be renamed or fetched later."
    reference = "https://xmrig.com/docs/miner/config"
  strings:
    $k01 = "\"donate-level\""
    $k02 = "\"donate-over-proxy\""
    $k03 = "\"rig-id\""
    $k04 = "\"tls-fingerprint\""
    $k05 = "\"self-select\""
    $k06 = "\"submit-to-origin\""
    $k07 = "\"huge-pages-jit\""
    $k08 = "\"huge-pages\""
    $k09 = "\"hw-aes\""
    $k10 = "\"max-threads-hint\""
    $k11 = "\"argon2-impl\""
    $k12 = "\"1gb-pages\""
    $k13 = "\"wrmsr\""
    $k14 = "\"rdmsr\""
    $k15 = "\"cache_qos\""
    $k16 = "\"scratchpad_prefetch_mode\""
    $k17 = "\"retry-pause\""
    $k18 = "\"pause-on-battery\""
    $k19 = "\"pause-on-active\""
    $k20 = "\"health-print-time\""
    $k21 = "\"memory-pool\""
    $k22 = "\"init-avx2\""
    $k23 = "\"nicehash\""
  condition:
    6 of them and
    (uint8(0) == 0x7b or uint8(0) == 0x0a or uint8(0) == 0x0d or uint8(0) == 0x20 or
     uint8(0) == 0x09 or (uint16(0) == 0xbbef and uint8(3) == 0x7b))
}

rule xmr_stak {
  meta:
    id = "MINER005"
    severity = "critical"
    class = "miner"
    family = "xmr-stak"
    why = "A program that carries the configuration keys or the donation host of xmr-stak, a CPU and GPU miner."
    remedy = "Do not install. Ask the vendor why his update mines."
    reference = "https://github.com/fireice-uk/xmr-stak"
  strings:
    $host = "donate.xmr-stak.net"
    $name = "xmr-stak"
    $k1 = "giveup_limit"
    $k2 = "h_print_time"
    $k3 = "aes_override"
    $k4 = "use_slow_memory"
    $k5 = "print_motd"
  condition:
    native and (($host and 1 of ($k*)) or 4 of ($k*) or ($name and 2 of ($k*)))
}

rule cpuminer {
  meta:
    id = "MINER006"
    severity = "critical"
    class = "miner"
    family = "cpuminer"
    why = "A program that carries the messages of cpuminer, ccminer or a fork of them."
    remedy = "Do not install. Ask the vendor why his update mines."
    reference = "https://github.com/pooler/cpuminer"
  strings:
    $a1 = "Stratum notify: invalid Merkle branch"
    $a2 = "User-Agent: cpuminer/"
    $a3 = "User-Agent: ccminer"
    $a4 = "mining.suggest_difficulty"
    $a5 = "hashes, %s khash/s"
    $a6 = "mining.extranonce.subscribe"
    $a7 = "Stratum extranonce"
    $a9 = "stratum_recv_line"
  condition:
    native and 2 of them
}

rule gpu_miner {
  meta:
    id = "MINER007"
    severity = "critical"
    class = "miner"
    family = "GPU miner"
    why = "A program that carries the name and the options of a known GPU miner (NBMiner, T-Rex, lolMiner, PhoenixMiner, TeamRedMiner, GMiner, SRBMiner)."
    remedy = "Do not install. Ask the vendor why his update mines."
    reference = "https://attack.mitre.org/techniques/T1496/"
  strings:
    $nb1 = "dl.nbminer.com"
    $nb2 = "lhr.nbminer.com"
    $nb3 = "lhr3.nbminer.com"
    $nb4 = "NBMiner"
    $tr1 = "T-Rex NVIDIA GPU miner"
    $tr2 = "lhr-tune"
    $tr3 = "lhr-autotune"
    $lo1 = "lolMiner"
    $lo2 = "4G-alloc-size"
    $lo3 = "--dualmode"
    $ph1 = "phoenixminer.org"
    $ph2 = "PhoenixMiner"
    $ph3 = "-stales"
    $te1 = "Team Red Miner"
    $te2 = "watchdog_script"
    $te3 = "eth_config"
    $gm1 = "GMiner"
    $gm2 = "electricity_cost"
    $gm3 = "dag_mode"
    $sr1 = "SRBMiner-MULTI"
    $sr2 = "SRBMiner"
    $sr3 = "--disable-gpu"
  condition:
    native and
    (2 of ($nb*) or $tr1 or ($tr2 and $tr3) or ($lo1 and ($lo2 or $lo3)) or
     ($lo2 and $lo3) or
     ($ph2 and ($ph1 or $ph3)) or ($te1 and ($te2 or $te3)) or ($gm1 and ($gm2 or $gm3)) or
     ($sr2 and ($sr1 or $sr3) and #sr2 > 1))
}

rule stratum_client {
  meta:
    id = "MINER008"
    severity = "high"
    class = "miner"
    family = "stratum client"
    why = "A program that speaks Stratum, the protocol between miners and pools: it subscribes, authorizes, takes work and submits shares."
    remedy = "Do not install unless the vendor's product is a miner, a pool or a wallet and says so."
    reference = "https://attack.mitre.org/techniques/T1496/"
  strings:
    $m1 = "mining.subscribe"
    $m2 = "mining.authorize"
    $m3 = "mining.notify"
    $m4 = "mining.submit"
    $m5 = "mining.set_difficulty"
    $u1 = "stratum+tcp://"
    $u2 = "stratum+ssl://"
    $u3 = "stratum2+tcp://"
  condition:
    native and (4 of ($m*) or (2 of ($m*) and 1 of ($u*)))
}

rule miner_hidden_in_base64 {
  meta:
    id = "MINER009"
    severity = "high"
    class = "miner"
    family = "encoded miner"
    why = "A miner's pool scheme or options stand in this file as base64. Nobody encodes them but to keep them from being found."
    remedy = "Do not install. Decode the text around the offset to see the pool and the wallet."
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $s1 = "c3RyYXR1bSt"
    $s2 = "N0cmF0dW0rdGNwOi8v"
    $s3 = "zdHJhdHVtK3RjcDovL"
    $d1 = "LS1kb25hdGUtbGV2ZW"
    $d2 = "0tZG9uYXRlLWxldmVs"
    $d3 = "tLWRvbmF0ZS1sZXZlb"
  condition:
    any of them and
    (native or uint16(0) == 0x2123 or
     filename iendswith ".sh" or filename iendswith ".ps1" or filename iendswith ".psm1" or
     filename iendswith ".bat" or filename iendswith ".cmd" or filename iendswith ".vbs" or
     filename iendswith ".hta" or filename iendswith ".py" or filename iendswith ".pl" or
     filename iendswith ".rb" or filename iendswith ".js" or filename iendswith ".mjs" or
     filename iendswith ".cjs" or filename iendswith ".htm" or filename iendswith ".html" or
     filename iendswith ".php")
}

rule randomx_library {
  meta:
    id = "DUAL001"
    severity = "info"
    class = "dual-use"
    family = "RandomX"
    why = "A program or library with RandomX's constants and without a pool protocol: a proof-of-work library, as wallets use it."
    remedy = "Nothing, if the product is a wallet or a node. Else ask the vendor what it is for."
    reference = "https://github.com/tevador/RandomX"
  strings:
    $c1 = { FC A1 F5 59 8A 97 0A 81 }
    $c2 = { 46 D8 C2 38 DF 99 70 A7 }
    $c3 = { 5C 49 22 BF 1C B9 26 81 }
    $c4 = { DD AA 21 64 DB 3D 83 D1 2B 6D 54 2F 3F D2 E5 99 }
    $c5 = { 53 A5 AC 6D 09 66 71 62 2B 55 B5 DB 17 49 F4 B4 }
    $c6 = { 0D 2C B5 92 DE 56 A8 9F 47 DB 82 CC AD 3A 98 D7 }
  condition:
    native and 2 of them and not (xmrig_elf or xmrig_pe or xmrig_macho)
}
