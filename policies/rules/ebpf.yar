// eBPF programs that change what others are told by the kernel. The calls to
// kernel helpers are looked for in the condition, instruction by instruction:
// as strings they would slow down the scan of every other file.

rule ebpf_hides_entries {
  meta:
    id = "ROOT020"
    severity = "high"
    class = "rootkit"
    family = "eBPF rootkit"
    why = "An eBPF object that sits on the directory listing call and writes into the memory of programs: it hides files or processes."
    remedy = "Do not install. Ask the vendor what is left out of listings."
    reference = "https://attack.mitre.org/techniques/T1014/"
  strings:
    $exit = "/sys_exit_getdents"
    $enter = "/sys_enter_getdents"
    $probe = "__x64_sys_getdents"
  condition:
    uint32(0) == 0x464c457f and uint16(18) == 247 and filesize < 16MB and any of them and
    for any i in (8..filesize \ 8) : (
      uint32(i * 8) == 0x85 and uint32(i * 8 + 4) == 36  // call bpf_probe_write_user
    )
}

rule ebpf_rewrites_answers {
  meta:
    id = "ROOT021"
    severity = "high"
    class = "rootkit"
    family = "eBPF rootkit"
    why = "An eBPF object that sits on a system call and writes into the memory of the calling program or replaces the answer: it lies to programs."
    remedy = "Do not install unless the product tests programs and says so."
    reference = "https://attack.mitre.org/techniques/T1014/"
  strings:
    $t1 = "/sys_exit_read"
    $t2 = "/sys_enter_execve"
    $t3 = "/sys_exit_openat"
    $t4 = "/sys_exit_recvfrom"
    $t5 = "/__x64_sys_"
  condition:
    uint32(0) == 0x464c457f and uint16(18) == 247 and filesize < 16MB and any of them and
    for any i in (8..filesize \ 8) : (
      uint32(i * 8) == 0x85 and
      (uint32(i * 8 + 4) == 36 or uint32(i * 8 + 4) == 58)  // or bpf_override_return
    )
}
