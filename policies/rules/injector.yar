// Windows programs that put code into others. The functions alone are what
// debuggers and installers use too, so a single set of them is a note; it is
// the second sign that makes an injector.

rule remote_thread_functions {
  meta:
    id = "DUAL010"
    severity = "info"
    class = "dual-use"
    family = "process injection functions"
    why = "A Windows program that names all functions needed to start code inside another process. Debuggers, installers and accessibility tools do so too."
    remedy = "Nothing by itself. Ask the vendor if the product has no reason to touch other processes."
    reference = "https://attack.mitre.org/techniques/T1055/"
  strings:
    $alloc1 = "VirtualAllocEx"
    $alloc2 = "NtMapViewOfSection"
    $alloc3 = "NtAllocateVirtualMemory"
    $write1 = "WriteProcessMemory"
    $write2 = "NtWriteVirtualMemory"
    $run1 = "CreateRemoteThread"
    $run2 = "NtCreateThreadEx"
    $run3 = "RtlCreateUserThread"
    $run4 = "QueueUserAPC"
    $run5 = "NtQueueApcThread"
    $run6 = "SetThreadContext"
  condition:
    uint16(0) == 0x5a4d and any of ($alloc*) and any of ($write*) and any of ($run*)
}

rule injector_with_second_sign {
  meta:
    id = "INJECT001"
    severity = "high"
    class = "injector"
    family = "process injection"
    why = "A Windows program with all functions to start code inside another process, and with signs of hiding: it blinds Defender or its script scanner, or carries a loader for code without a file."
    remedy = "Do not install. Ask the vendor what the program injects, and into what."
    reference = "https://attack.mitre.org/techniques/T1055/"
  strings:
    $alloc1 = "VirtualAllocEx"
    $alloc2 = "NtMapViewOfSection"
    $alloc3 = "NtAllocateVirtualMemory"
    $write1 = "WriteProcessMemory"
    $write2 = "NtWriteVirtualMemory"
    $run1 = "CreateRemoteThread"
    $run2 = "NtCreateThreadEx"
    $run3 = "RtlCreateUserThread"
    $run4 = "QueueUserAPC"
    $run5 = "NtQueueApcThread"
    $run6 = "SetThreadContext"
    $amsi = "AmsiScanBuffer"
    $etw = "EtwEventWrite"
    $defender1 = "-MpPreference"
    $defender2 = "-MpPreference" wide
    $loader1 = "ReflectiveLoader"
    $loader2 = "_ReflectiveLoader@4"
    $ror1 = { 5B BC 4A 6A }
    $ror2 = { 5D 68 FA 3C }
    $ror3 = { 8E 4E 0E EC }
    $ror4 = { AA FC 0D 7C }
    $miner1 = "--donate-level"
    $miner2 = "stratum+tcp://"
    $miner3 = "--cinit-"
  condition:
    uint16(0) == 0x5a4d and any of ($alloc*) and any of ($write*) and any of ($run*) and
    (($amsi and $etw and filesize < 4MB) or any of ($defender*) or any of ($loader*) or
     3 of ($ror*) or any of ($miner*))
}

rule hollowing_from_dotnet {
  meta:
    id = "INJECT002"
    severity = "high"
    class = "injector"
    family = "process hollowing"
    why = "A .NET program that names the system calls for emptying a new process and filling it with other code. Managed programs have no use for them."
    remedy = "Do not install. Ask the vendor what the program puts into other processes."
    reference = "https://attack.mitre.org/techniques/T1055/012/"
  strings:
    $net = { 42 53 4A 42 01 00 01 00 }  // the signature of .NET metadata
    $unmap1 = "NtUnmapViewOfSection"
    $unmap2 = "ZwUnmapViewOfSection"
    $write1 = "WriteProcessMemory"
    $write2 = "NtWriteVirtualMemory"
    $context1 = "SetThreadContext"
    $resume1 = "ResumeThread"
  condition:
    uint16(0) == 0x5a4d and filesize < 10MB and $net and any of ($unmap*) and
    any of ($write*) and $context1 and $resume1
}

rule hollowing_into_system_program {
  meta:
    id = "INJECT003"
    severity = "high"
    class = "injector"
    family = "process hollowing"
    why = "A Windows program that can empty a suspended process and fill it with other code, and names the system programs usually misused for it."
    remedy = "Do not install. Ask the vendor what the program puts into other processes."
    reference = "https://attack.mitre.org/techniques/T1055/012/"
  strings:
    $unmap1 = "NtUnmapViewOfSection"
    $unmap2 = "ZwUnmapViewOfSection"
    $write1 = "WriteProcessMemory"
    $write2 = "NtWriteVirtualMemory"
    $context1 = "SetThreadContext"
    $context2 = "NtSetContextThread"
    $t1 = "\\svchost.exe" ascii wide
    $t2 = "\\explorer.exe" ascii wide
    $t3 = "\\conhost.exe" ascii wide
    $t4 = "\\RegAsm.exe" ascii wide
    $t5 = "\\InstallUtil.exe" ascii wide
    $t6 = "\\MSBuild.exe" ascii wide
    $t7 = "\\dllhost.exe" ascii wide
    $t8 = "\\vbc.exe" ascii wide
  condition:
    uint16(0) == 0x5a4d and filesize < 20MB and any of ($unmap*) and any of ($write*) and
    any of ($context*) and 2 of ($t*)
}

rule doppelganging {
  meta:
    id = "INJECT004"
    severity = "high"
    class = "injector"
    family = "process doppelganging"
    why = "A Windows program that can start a process from a file it never leaves on disk: a file transaction rolled back, or a file marked for deletion, under a hand-made process."
    remedy = "Do not install. Ask the vendor what the program starts this way."
    reference = "https://attack.mitre.org/techniques/T1055/013/"
  strings:
    $process = "NtCreateProcessEx"
    $section = "NtCreateSection"
    $parameters = "RtlCreateProcessParametersEx"
    $thread = "NtCreateThreadEx"
    $t1 = "NtRollbackTransaction"
    $t2 = "RollbackTransaction"
    $t3 = "NtCreateTransaction"
    $t4 = "CreateFileTransacted"
    $d1 = "NtSetInformationFile"
    $d2 = "NtWriteFile"
    $system = "LdrInitializeThunk"
  condition:
    uint16(0) == 0x5a4d and $process and $section and $parameters and $thread and
    (2 of ($t*) or (all of ($d*) and filesize < 2MB)) and not $system
}

rule direct_system_calls {
  meta:
    id = "DUAL011"
    severity = "info"
    class = "dual-use"
    family = "direct system calls"
    why = "A Windows program with system call stubs of its own: security products and copy protection have them, and code that means to get past security products."
    remedy = "Nothing by itself. Ask the vendor if the product is neither."
    reference = "https://attack.mitre.org/techniques/T1106/"
  strings:
    $stub = { 4C 8B D1 B8 ?? ?? 00 00 0F 05 C3 }
  condition:
    uint16(0) == 0x5a4d and #stub > 2
}

rule syswhispers {
  meta:
    id = "INJECT005"
    severity = "high"
    class = "injector"
    family = "SysWhispers"
    why = "Code that looks for ntdll in memory by pieces of its name, to make system calls past every hook: the SysWhispers scheme."
    remedy = "Do not install. Ask the vendor what his program hides from security products."
    reference = "https://github.com/jthuraisamy/SysWhispers2"
  strings:
    $lower = { 0D 20 20 20 20 3D 6E 74 64 6C }
    $a1 = { 81 ( FA | F9 | FB | FE | FF | 7D ?? | 7C 24 ?? ) 6E 74 64 6C }
    $a2 = { 3D 6E 74 64 6C 75 }
    $b1 = { 81 ( FA | F9 | FB | FE | FF | 7D ?? | 7C 24 ?? ) 6C 2E 64 6C }
    $b2 = { 3D 6C 2E 64 6C 75 }
  condition:
    uint16(0) == 0x5a4d and ($lower or any of ($a*)) and any of ($b*)
}

rule heavens_gate {
  meta:
    id = "INJECT006"
    severity = "high"
    class = "injector"
    family = "Heaven's Gate"
    why = "32-bit code that switches itself to 64-bit to call the kernel past every hook of a 32-bit process."
    remedy = "Do not install unless the product is copy protection or a security tool that says so."
    reference = "https://attack.mitre.org/techniques/T1055/"
  strings:
    $gate = { 6A 33 E8 00 00 00 00 8? 04 24 05 CB }
  condition:
    uint16(0) == 0x5a4d and $gate
}

rule script_scanner_switched_off {
  meta:
    id = "INJECT007"
    severity = "high"
    class = "injector"
    family = "AMSI bypass"
    why = "A script that switches off the interface through which Windows shows scripts to the virus scanner."
    remedy = "Do not install."
    reference = "https://attack.mitre.org/techniques/T1562/001/"
  strings:
    $a1 = "amsiInitFailed"
    $a2 = ".AmsiUtils"
    $a3 = "AmsiScanBuffer"
    $b1 = "SetValue($null,$true)"
    $b2 = "NonPublic,Static"
    $b3 = "VirtualProtect"
  condition:
    any of ($a*) and any of ($b*) and
    (filename iendswith ".ps1" or filename iendswith ".psm1" or filename iendswith ".bat" or
     filename iendswith ".cmd" or filename iendswith ".vbs" or filename iendswith ".hta" or
     filename iendswith ".js")
}
