// Code that loads itself: shellcode, reflective libraries, and the kits that
// make them.

rule reflective_loader {
  meta:
    id = "INJECT010"
    severity = "high"
    class = "injector"
    family = "reflective loading"
    why = "A library that exports ReflectiveLoader: it is made to be written into another process and to load itself there, without a file."
    remedy = "Do not install. Ask the vendor where this library is put."
    reference = "https://attack.mitre.org/techniques/T1620/"
  strings:
    $plain = "\x00ReflectiveLoader\x00"
    $decorated = "\x00_ReflectiveLoader@4\x00"
    $mangled = "?ReflectiveLoader@@YA"
  condition:
    uint16(0) == 0x5a4d and any of them
}

rule ror13_hashes {
  meta:
    id = "INJECT011"
    severity = "high"
    class = "injector"
    family = "hashed function names"
    why = "Three or more hashes of Windows functions close together, as shellcode finds them without naming them."
    remedy = "Do not install. Ask the vendor why his program hides which functions it calls."
    reference = "https://attack.mitre.org/techniques/T1027/007/"
  strings:
    $m1 = { 5B BC 4A 6A }
    $m2 = { 8E 4E 0E EC }
    $m3 = { 4C 77 26 07 }
    $f1 = { 5D 68 FA 3C }
    $f2 = { AA FC 0D 7C }
    $f3 = { 54 CA AF 91 }
    $f4 = { B8 0A 4C 53 }
    $f5 = { 1B C6 46 79 }
    $f6 = { DD 9C BD 72 }
    $f7 = { A1 6A 3D D8 }
    $g2 = { 58 A4 53 E5 }
    $g4 = { AE 87 92 3F }
    $g5 = { C5 D8 BD E7 }
    $g6 = { C6 AC 9A 79 }
    $g7 = { EE 95 B6 50 }
    $g8 = { 68 0D 16 16 }
    $g9 = { 79 CC 3F 86 }
    $g11 = { AF B1 5C 94 }
    $g12 = { 13 9C BF BD }
  condition:
    for any i in (1..#m1) : (2 of ($m2, $f*) in (@m1[i] - 2048..@m1[i] + 2048)) or
    for any j in (1..#m2) : (2 of ($m1, $f*) in (@m2[j] - 2048..@m2[j] + 2048)) or
    for any k in (1..#m3) : (2 of ($g*) in (@m3[k] - 2048..@m3[k] + 2048))
}

rule srdi_bootstrap {
  meta:
    id = "INJECT012"
    severity = "critical"
    class = "injector"
    family = "sRDI"
    why = "The first bytes of a library turned into shellcode by sRDI."
    remedy = "Do not install. Treat machines that ran it as compromised."
    reference = "https://github.com/monoxgas/sRDI"
  strings:
    $bootstrap = { E8 00 00 00 00 59 49 89 C8 BA ?? ?? ?? ?? 49 81 C0 ?? ?? ?? ?? 41 B9 ?? ?? ?? ?? 56 48 89 E6 48 83 E4 F0 }
  condition:
    $bootstrap
}

rule donut_shellcode {
  meta:
    id = "INJECT013"
    severity = "critical"
    class = "injector"
    family = "Donut"
    why = "Shellcode made by Donut: a whole program packed so that it runs from memory, never from a file."
    remedy = "Do not install. Treat machines that ran it as compromised."
    reference = "https://github.com/TheWover/donut"
  strings:
    $stub64 = { 59 55 4? 8? E5 4? 8? E4 F0 4? 8? EC 20 E8 05 00 00 00 48 8? EC 5D C3 }
    $dual = { 59 31 C0 48 0F 88 }
    $dlls = "ole32;oleaut32;wininet;mscoree;shell32"
    $i1 = "AmsiScanBuffer"
    $i2 = "WldpQueryDynamicCodeTrust"
    $i3 = "WldpIsClassInApprovedList"
    $i4 = "EtwEventUnregister"
  condition:
    $stub64 or ($dual and 2 of ($i*)) or
    ($dlls and 2 of ($i*) and uint32(0) != 0x464c457f and filesize < 20MB and
     not (filename iendswith ".yar" or filename iendswith ".yara" or
          filename iendswith ".md" or filename iendswith ".txt" or filename iendswith ".c" or
          filename iendswith ".cc" or filename iendswith ".cpp" or filename iendswith ".h" or
          filename iendswith ".hpp" or filename iendswith ".go" or
          filename iendswith ".rs" or filename iendswith ".py" or
          filename iendswith ".json" or filename iendswith ".yml" or
          filename iendswith ".yaml" or filename iendswith ".htm" or
          filename iendswith ".html"))
}

rule kmatryoshka_loader {
  meta:
    id = "ROOT012"
    severity = "critical"
    class = "rootkit"
    family = "Reptile"
    why = "A program that builds the name of the kernel's module loading function piece by piece: the loader of the Reptile rootkit."
    remedy = "Do not install. Treat machines that ran it as compromised."
    reference = "https://attack.mitre.org/techniques/T1014/"
  strings:
    $name = { 73 79 73 5F [1-8] 69 6E 69 74 [1-8] 5F 6D 6F 64 [1-8] 75 6C 65 00 }
  condition:
    uint32(0) == 0x464c457f and filesize < 4MB and $name
}

rule r77_rootkit {
  meta:
    id = "ROOT001"
    severity = "critical"
    class = "rootkit"
    family = "r77"
    why = "The registry values and pipes of r77, a rootkit that hides processes, files and connections whose names begin with its prefix."
    remedy = "Do not install. Treat machines that ran it as compromised."
    reference = "https://github.com/bytecode77/r77-rootkit"
  strings:
    $a1 = "77config"
    $a2 = "77config" wide
    $a3 = "77stager"
    $a4 = "77stager" wide
    $a5 = "77dll" wide
    $a6 = "77childproc" wide
    $a7 = "77svc" wide
  condition:
    2 of them and
    (uint16(0) == 0x5a4d or filename iendswith ".ps1" or filename iendswith ".bat" or filename iendswith ".cmd" or
     filename iendswith ".reg")
}
