// Linux programs that put code into others or hide through a preloaded library.

rule processhider {
  meta:
    id = "ROOT002"
    severity = "critical"
    class = "rootkit"
    family = "libprocesshider"
    why = "A library that stands in front of readdir to leave one process out of every listing."
    remedy = "Do not install. Treat machines that ran it as compromised; look into /etc/ld.so.preload."
    reference = "https://attack.mitre.org/techniques/T1574/006/"
  strings:
    $a1 = "process_to_filter"
    $a2 = "original_readdir64"
    $a3 = "get_process_name"
    $a4 = "get_dir_name"
    $b1 = "readdir"
    $b2 = "dlsym"
  condition:
    uint32(0) == 0x464c457f and all of ($b*) and 2 of ($a*)
}

rule listing_hook {
  meta:
    id = "ROOT003"
    severity = "high"
    class = "rootkit"
    family = "preloaded rootkit"
    why = "A small library that stands in front of readdir and reads who is who under /proc: the shape of a library that hides processes."
    remedy = "Do not install. Ask the vendor what the library leaves out of listings."
    reference = "https://attack.mitre.org/techniques/T1574/006/"
  strings:
    $r1 = "\x00readdir\x00"
    $r2 = "\x00readdir64\x00"
    $d1 = "\x00dlsym\x00"
    $p1 = "/proc/self/fd/%d"
    $p2 = "/proc/%s/stat"
    $p3 = "/proc/%s/cmdline"
    $p4 = "/proc/%s/status"
    $p5 = "/proc/%s/comm"
    $program = "/ld-linux"
  condition:
    uint32(0) == 0x464c457f and uint16(16) == 3 and filesize < 200KB and $d1 and
    any of ($r*) and 2 of ($p*) and not $program in (0..4096)
}

rule preloaded_rootkit {
  meta:
    id = "ROOT004"
    severity = "high"
    class = "rootkit"
    family = "preloaded rootkit"
    why = "A library that knows /etc/ld.so.preload, stands in front of directory listings and of logins or connections: a rootkit in user space."
    remedy = "Do not install. Treat machines that ran it as compromised; look into /etc/ld.so.preload."
    reference = "https://attack.mitre.org/techniques/T1574/006/"
  strings:
    $preload = "/etc/ld.so.preload"
    $list1 = "\x00readdir\x00"
    $list2 = "\x00readdir64\x00"
    $dlsym = "\x00dlsym\x00"
    $x1 = "pam_authenticate"
    $x2 = "\x00__xstat\x00"
    $x4 = "/proc/net/tcp"
    $x5 = "pam_acct_mgmt"
    $x6 = "getpwnam_r"
  condition:
    uint32(0) == 0x464c457f and uint16(16) == 3 and filesize < 1MB and $preload and $dlsym and
    any of ($list*) and 2 of ($x*)
}

rule memory_execution_with_disguise {
  meta:
    id = "INJECT020"
    severity = "high"
    class = "injector"
    family = "fileless execution"
    why = "A program that runs code from memory without a file, and takes a kernel thread's name or carries a pool protocol."
    remedy = "Do not install. Ask the vendor what is run from memory."
    reference = "https://attack.mitre.org/techniques/T1620/"
  strings:
    $m = "memfd_create"
    $e1 = "\x00fexecve\x00"
    $e2 = "\x00execveat\x00"
    $e3 = "/proc/self/fd/%d"
    $e4 = "/proc/%d/fd/%d"
    $n1 = "[kworker/"
    $n2 = "[kthreadd]"
    $n3 = "[ksoftirqd/"
    $n4 = "[watchdogd]"
    $n5 = "stratum+tcp://"
    $n6 = "--donate-level"
    $prctl = "\x00prctl\x00"
  condition:
    uint32(0) == 0x464c457f and filesize < 4MB and $m and any of ($e*) and
    (($prctl and any of ($n1, $n2, $n3, $n4)) or $n5 or $n6)
}

rule memory_execution {
  meta:
    id = "DUAL020"
    severity = "info"
    class = "dual-use"
    family = "fileless execution"
    why = "A program that can run code from memory without a file. Container runtimes do so too."
    remedy = "Nothing by itself. Ask the vendor if the product is no runtime or launcher."
    reference = "https://attack.mitre.org/techniques/T1620/"
  strings:
    $m = "\x00memfd_create\x00"
    $e1 = "\x00fexecve\x00"
    $e2 = "\x00execveat\x00"
  condition:
    uint32(0) == 0x464c457f and $m and any of ($e*)
}

rule memory_execution_script {
  meta:
    id = "INJECT021"
    severity = "high"
    class = "injector"
    family = "fileless execution"
    why = "A script that makes a file in memory only and runs it."
    remedy = "Do not install. Ask the vendor what is run from memory."
    reference = "https://attack.mitre.org/techniques/T1620/"
  strings:
    $p1 = "syscall(319"
    $p5 = "syscall(279"
    $p2 = "libc.memfd_create("
    $p3 = "os.memfd_create("
    $p4 = "memfd_create("
    $x1 = "/proc/$$/fd/"
    $x2 = "/proc/self/fd/"
    $x3 = "os.fexecve"
    $x4 = "os.execve("
    $d1 = "urllib"
    $d2 = "requests.get"
    $d3 = "b64decode"
    $d4 = "pack(\"H*\""
    $d5 = "pack 'H*'"
    $d6 = "zlib.decompress("
  condition:
    any of ($p*) and any of ($x*) and any of ($d*) and filesize < 20MB and
    (uint16(0) == 0x2123 or filename iendswith ".py" or filename iendswith ".pl" or filename iendswith ".rb" or
     filename iendswith ".sh" or filename iendswith ".php")
}

rule process_control {
  meta:
    id = "DUAL021"
    severity = "info"
    class = "dual-use"
    family = "ptrace injection"
    why = "A program that can stop another process, read its memory map and call functions in it. Debuggers and tracers do so too."
    remedy = "Nothing, if the product is a debugger, tracer or checkpoint tool."
    reference = "https://attack.mitre.org/techniques/T1055/008/"
  strings:
    $a1 = "\x00ptrace\x00"
    $a2 = "process_vm_writev"
    $m1 = "/proc/%d/maps"
    $m2 = "/proc/%u/maps"
    $m3 = "/proc/%d/mem"
    $m4 = "/proc/%ld/maps"
    $d1 = "__libc_dlopen_mode"
    $d2 = "dlopen"
  condition:
    uint32(0) == 0x464c457f and any of ($a*) and any of ($m*) and any of ($d*)
}

rule library_injector {
  meta:
    id = "INJECT022"
    severity = "high"
    class = "injector"
    family = "ptrace injection"
    why = "A small program that stops another process, finds the C library in it and makes it open a library there."
    remedy = "Do not install unless the product is a debugger or a tracer. Ask the vendor what it injects."
    reference = "https://attack.mitre.org/techniques/T1055/008/"
  strings:
    $ptrace = "\x00ptrace\x00"
    $maps1 = "/proc/%d/maps"
    $maps2 = "/proc/%i/maps"
    $maps3 = "/proc/%u/maps"
    $maps4 = "/proc/%ld/maps"
    $open = "__libc_dlopen_mode"
    $x1 = "waitpid"
    $x2 = "process_vm_writev"
  condition:
    uint32(0) == 0x464c457f and filesize < 300KB and $ptrace and any of ($maps*) and $open and
    any of ($x*)
}
