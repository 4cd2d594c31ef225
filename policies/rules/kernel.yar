// Kernel modules that hide: themselves, processes, files, connections.

private rule module {
  strings:
    $this = ".gnu.linkonce.this_module"
  condition:
    uint32(0) == 0x464c457f and uint16(16) == 1 and $this
}

rule diamorphine {
  meta:
    id = "ROOT010"
    severity = "critical"
    class = "rootkit"
    family = "Diamorphine"
    why = "The Diamorphine kernel module: it hides itself, processes and files, and gives root to whoever sends a signal."
    remedy = "Do not install. Treat machines that ran it as compromised."
    reference = "https://github.com/m0nad/Diamorphine"
  strings:
    $a1 = "diamorphine"
    $a4 = "author=m0nad"
    $a5 = "description=LKM rootkit"
    $a7 = "hacked_getdents"
    $a8 = "module_hidden"
    $a9 = "hacked_kill"
  condition:
    module and 2 of them
}

rule reptile {
  meta:
    id = "ROOT011"
    severity = "critical"
    class = "rootkit"
    family = "Reptile"
    why = "A kernel module built on the khook engine around directory, process and connection listings: the Reptile rootkit or its kin."
    remedy = "Do not install. Treat machines that ran it as compromised."
    reference = "https://attack.mitre.org/techniques/T1014/"
  strings:
    $k1 = ".data.khook"
    $k2 = "khook_init"
    $k3 = "KHOOK_tbl"
    $k4 = "khook_lookup_name"
    $k5 = "khook_cleanup"
    $h1 = "filldir64"
    $h2 = "fillonedir"
    $h3 = "tcp4_seq_show"
    $h4 = "next_tgid"
    $h5 = "find_task_by_vpid"
    $h6 = "load_elf_binary"
    $h7 = "vfs_statx"
    $n1 = "/reptile"
    $n2 = "reptile_init"
  condition:
    module and ((any of ($k*) and 2 of ($h*)) or (any of ($k*) and any of ($n*)))
}

rule adore_ng {
  meta:
    id = "ROOT013"
    severity = "critical"
    class = "rootkit"
    family = "Adore-ng"
    why = "The Adore-ng kernel module, which hides processes, files and connections."
    remedy = "Do not install. Treat machines that ran it as compromised."
    reference = "https://attack.mitre.org/techniques/T1014/"
  strings:
    $a1 = "adore_init"
    $a2 = "adore_proc_readdir"
    $a3 = "adore_proc_iterate"
    $a4 = "adore_root_filldir"
    $a5 = "adore_opt_filldir"
    $a6 = "adore_atoi"
    $a7 = "adore_tcp4_seq_show"
    $a8 = "adore_root_readdir"
    $n1 = "_root_filldir"
    $n2 = "_opt_filldir"
    $n3 = "_root_readdir"
    $n4 = "_opt_readdir"
    $n5 = "_proc_readdir"
    $n6 = "_tcp4_seq_show"
  condition:
    uint32(0) == 0x464c457f and (2 of ($a*) or (uint16(16) == 1 and 4 of ($n*)))
}

rule ftrace_hooks {
  meta:
    id = "ROOT014"
    severity = "high"
    class = "rootkit"
    family = "ftrace hook"
    why = "A kernel module that diverts kernel functions through ftrace and names the functions that list files, processes or connections."
    remedy = "Do not install unless the product is a tracer or live patch that says so."
    reference = "https://attack.mitre.org/techniques/T1014/"
  strings:
    $f1 = "ftrace_set_filter_ip"
    $f2 = "register_ftrace_function"
    $n1 = "fh_install_hook"
    $h1 = "sys_getdents"
    $h2 = "tcp4_seq_show"
    $h3 = "filldir64"
    $h4 = "sys_kill"
    $h5 = "tcp6_seq_show"
    $h6 = "udp4_seq_show"
    $h7 = "sys_finit_module"
  condition:
    module and all of ($f*) and ($n1 or any of ($h*))
}

rule hiding_module {
  meta:
    id = "ROOT015"
    severity = "high"
    class = "rootkit"
    family = "kernel rootkit"
    why = "A kernel module that finds kernel symbols by a back door and names two or more of the places where files, processes and connections are listed."
    remedy = "Do not install. Ask the vendor for the module's source."
    reference = "https://attack.mitre.org/techniques/T1014/"
  strings:
    $s1 = "kallsyms_lookup_name"
    $s2 = "register_kprobe"
    $s3 = "kallsyms_on_each_symbol"
    $h1 = "getdents"
    $h2 = "sys_call_table"
    $h3 = "tcp4_seq_show"
    $h4 = "filldir64"
    $h5 = "fillonedir"
    $h6 = "module_hide"
    $h7 = "hide_module"
    $h8 = "hide_process"
    $h9 = "write_cr0_forced"
    $h10 = "give_root"
  condition:
    module and any of ($s*) and 2 of ($h*)
}

rule unexported_symbols {
  meta:
    id = "DUAL030"
    severity = "info"
    class = "dual-use"
    family = "kernel hooks"
    why = "A kernel module that finds kernel symbols which are not meant for modules. Tracers and security modules do so, and rootkits."
    remedy = "Ask the vendor for the module's source if the product is none of the first two."
    reference = "https://attack.mitre.org/techniques/T1014/"
  strings:
    $s1 = "kallsyms_lookup_name"
    $s2 = "kallsyms_on_each_symbol"
  condition:
    module and any of ($s*)
}
