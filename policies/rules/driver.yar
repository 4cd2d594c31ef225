// Signed drivers that give anybody the kernel: miners bring them to tune the
// processor, injectors to switch protection off.

rule winring0_driver {
  meta:
    id = "DRIVER001"
    severity = "high"
    class = "vulnerable-driver"
    family = "WinRing0"
    why = "The WinRing0 driver: it lets any program read and write processor registers, ports and physical memory. Miners bring it to tune the processor; fan and light tools use it too."
    remedy = "Do not install unless the product is a hardware tool that says it needs this driver; ask for one with a current driver."
    reference = "https://www.loldrivers.io/"
  strings:
    $pdb = "\\winring0\\source\\dll\\sys\\"
    $device = { 57 00 69 00 6E 00 52 00 69 00 6E 00 67 00 3? 00 5? 00 3? 00 }  // WinRing0_1
    $narrow = "\\Device\\WinRing0_"
    $kernel = "IoCreateDevice"
  condition:
    uint16(0) == 0x5a4d and filesize < 1MB and $kernel and any of ($pdb, $device, $narrow)
}

rule winring0_with_miner {
  meta:
    id = "DRIVER002"
    severity = "critical"
    class = "miner"
    family = "XMRig"
    why = "A Windows program that installs the WinRing0 driver and carries RandomX's constants or a miner's options: a miner that writes processor registers."
    remedy = "Do not install."
    reference = "https://xmrig.com/docs/miner/randomx-optimization-guide/msr"
  strings:
    $w1 = { 57 00 69 00 6E 00 52 00 69 00 6E 00 67 00 3? 00 5? 00 3? 00 }  // WinRing0_1
    $c1 = { FC A1 F5 59 8A 97 0A 81 }
    $c2 = { 46 D8 C2 38 DF 99 70 A7 }
    $c3 = { 5C 49 22 BF 1C B9 26 81 }
    $c4 = { 53 A5 AC 6D 09 66 71 62 2B 55 B5 DB 17 49 F4 B4 }
    $m1 = "donate-level"
    $m2 = "stratum+tcp://"
    $m3 = "--cinit-"
  condition:
    uint16(0) == 0x5a4d and any of ($w*) and (2 of ($c*) or 2 of ($m*))
}
