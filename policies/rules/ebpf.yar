// eBPF programs that change what others are told by the kernel, by facts of an inspector: what
// they sit on, and which helpers they call. Tracers sit on the same calls, and call none of
// these helpers there.

rule ebpf_hides_entries {
  meta:
    id = "ROOT020"
    severity = "high"
    class = "rootkit"
    family = "eBPF rootkit"
    why = "An eBPF program that sits on the directory listing call and writes into the memory of programs: it hides files or processes."
    remedy = "Do not install. Ask the vendor what is left out of listings."
    reference = "https://attack.mitre.org/techniques/T1014/"
  strings:
    $on1 = "sits on getdents\n"
    $on2 = "sits on getdents64\n"
    $on3 = "sits on iterate_dir\n"
    $on4 = "sits on filldir64\n"
    $write = "calls bpf_probe_write_user\n"
  condition:
    filetype == "bpf-facts" and any of ($on*) and $write
}

rule ebpf_rewrites_answers {
  meta:
    id = "ROOT021"
    severity = "high"
    class = "rootkit"
    family = "eBPF rootkit"
    why = "An eBPF program that sits on a system call and writes into the memory of the calling program or replaces the answer: it lies to programs."
    remedy = "Do not install unless the product tests programs and says so."
    reference = "https://attack.mitre.org/techniques/T1014/"
  strings:
    $on = "sits on "
    $lie1 = "calls bpf_probe_write_user\n"
    $lie2 = "calls bpf_override_return\n"
    $lie3 = "may replace an answer\n"
  condition:
    filetype == "bpf-facts" and $on and any of ($lie*)
}

rule ebpf_guards_processes {
  meta:
    id = "ROOT022"
    severity = "high"
    class = "rootkit"
    family = "eBPF rootkit"
    why = "An eBPF program that decides what the calls answer which end a process or load a kernel program: what it guards cannot be stopped."
    remedy = "Do not install unless the product protects itself like this and says so."
    reference = "https://attack.mitre.org/techniques/T1562/001/"
  strings:
    $on1 = "sits on kill\n"
    $on2 = "sits on tgkill\n"
    $on3 = "sits on bpf\n"
    $on4 = "sits on unlinkat\n"
    $replace = "may replace an answer\n"
  condition:
    filetype == "bpf-facts" and any of ($on*) and $replace
}

rule ebpf_ends_watchers {
  meta:
    id = "ROOT023"
    severity = "medium"
    class = "rootkit"
    family = "eBPF rootkit"
    why = "An eBPF program that sends signals to programs that look into others or start: it ends who watches."
    remedy = "Ask the vendor which programs it ends, and why."
    reference = "https://attack.mitre.org/techniques/T1562/001/"
  strings:
    $on1 = "sits on ptrace\n"
    $on2 = "sits on execve\n"
    $on3 = "sits on execveat\n"
    $send1 = "calls bpf_send_signal\n"
    $send2 = "calls bpf_send_signal_thread\n"
  condition:
    filetype == "bpf-facts" and any of ($on*) and any of ($send*)
}

rule ebpf_writes_into_programs {
  meta:
    id = "DUAL062"
    severity = "info"
    class = "dual-use"
    family = "eBPF"
    why = "An eBPF program that writes into other programs, replaces what the kernel answers them, or signals them. Tracers and fault injectors do."
    remedy = "Nothing by itself. Ask the vendor if the product has no reason to do that."
    reference = "https://man7.org/linux/man-pages/man7/bpf-helpers.7.html"
  strings:
    $call = "calls bpf_"
  condition:
    filetype == "bpf-facts" and $call
}
