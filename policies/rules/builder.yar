// Kits that wrap a miner so that nobody sees it.

rule silent_miner_kit {
  meta:
    id = "MINER040"
    severity = "critical"
    class = "miner"
    family = "silent miner kit"
    why = "Options that only the miners of the silent-miner kits understand: hide from these programs, mine when idle, fetch the configuration from afar."
    remedy = "Do not install. Treat machines that ran it as compromised."
    reference = "https://attack.mitre.org/techniques/T1496/"
  strings:
    $a1 = "--cinit-find-x"
    $a2 = "--cinit-stealth"
    $a3 = "--cinit-kill"
    $a4 = "--cinit-idle-wait"
    $a5 = "--cinit-idle-cpu"
    $a6 = "--cinit-remote-config"
    $a7 = "--cinit-winring"
    $a8 = "--cinit-algo"
    $a9 = "--cinit-max-gpu"
    $w1 = "--cinit-find-x" wide
    $w2 = "--cinit-stealth" wide
    $w3 = "--cinit-remote-config" wide
    $w4 = "--cinit-idle-wait" wide
  condition:
    2 of them and
    (uint16(0) == 0x5a4d or uint32(0) == 0x464c457f or
     filename iendswith ".bat" or filename iendswith ".cmd" or filename iendswith ".ps1" or
     filename iendswith ".vbs" or filename iendswith ".json")
}

rule silent_miner_loader {
  meta:
    id = "MINER041"
    severity = "high"
    class = "miner"
    family = "silent miner kit"
    why = "A program that shuts Windows Defender out of its folders and carries the host names silent miners run under, or a miner's options."
    remedy = "Do not install. Treat machines that ran it as compromised."
    reference = "https://attack.mitre.org/techniques/T1562/001/"
  strings:
    $d1 = "-MpPreference -Exclusion"
    $d2 = "-MpPreference -Exclusion" wide
    $n1 = "sihost64" ascii
    $n3 = "svchost64" ascii
    $m1 = "--donate-level" ascii
    $m2 = "--donate-level" wide
    $m3 = "stratum+tcp://" ascii
  condition:
    uint16(0) == 0x5a4d and any of ($d*) and (any of ($n*) or any of ($m*))
}
