// What programs are by the tables their loader reads. Inspectors make lines of fixed words
// of them ("imports ReadFile"), which stand in no file; a rule names those it wants. A
// function alone says nothing, and neither does one set of them: the shape of the program
// is the second sign.

rule injection_imports {
  meta:
    id = "DUAL050"
    severity = "info"
    class = "dual-use"
    family = "process injection functions"
    why = "The import table of this Windows program names all functions needed to start code inside another process. Debuggers, sandboxes and accessibility tools have them too."
    remedy = "Nothing by itself. Ask the vendor if the product has no reason to touch other processes."
    reference = "https://attack.mitre.org/techniques/T1055/"
  strings:
    $alloc1 = "imports VirtualAllocEx\n"
    $alloc2 = "imports VirtualAllocExNuma\n"
    $alloc3 = "imports NtAllocateVirtualMemory\n"
    $alloc4 = "imports ZwAllocateVirtualMemory\n"
    $alloc5 = "imports NtMapViewOfSection\n"
    $alloc6 = "imports ZwMapViewOfSection\n"
    $write1 = "imports WriteProcessMemory\n"
    $write2 = "imports NtWriteVirtualMemory\n"
    $write3 = "imports ZwWriteVirtualMemory\n"
    $run1 = "imports CreateRemoteThread\n"
    $run2 = "imports CreateRemoteThreadEx\n"
    $run3 = "imports NtCreateThreadEx\n"
    $run4 = "imports ZwCreateThreadEx\n"
    $run5 = "imports RtlCreateUserThread\n"
    $run6 = "imports QueueUserAPC\n"
    $run7 = "imports NtQueueApcThread\n"
    $run8 = "imports NtQueueApcThreadEx\n"
    $run9 = "imports SetThreadContext\n"
    $run10 = "imports Wow64SetThreadContext\n"
    $run11 = "imports NtSetContextThread\n"
  condition:
    filetype == "pe-facts" and any of ($alloc*) and any of ($write*) and any of ($run*)
}

rule injector_in_odd_shape {
  meta:
    id = "INJECT030"
    severity = "high"
    class = "injector"
    family = "process injection"
    why = "A Windows program that imports all functions needed to start code inside another process, and that is built to change its own code or to start where no compiler puts it."
    remedy = "Do not install. Ask the vendor what the program injects, and why it is built like this."
    reference = "https://attack.mitre.org/techniques/T1055/"
  strings:
    $alloc1 = "imports VirtualAllocEx\n"
    $alloc2 = "imports VirtualAllocExNuma\n"
    $alloc3 = "imports NtAllocateVirtualMemory\n"
    $alloc4 = "imports ZwAllocateVirtualMemory\n"
    $alloc5 = "imports NtMapViewOfSection\n"
    $alloc6 = "imports ZwMapViewOfSection\n"
    $write1 = "imports WriteProcessMemory\n"
    $write2 = "imports NtWriteVirtualMemory\n"
    $write3 = "imports ZwWriteVirtualMemory\n"
    $run1 = "imports CreateRemoteThread\n"
    $run2 = "imports CreateRemoteThreadEx\n"
    $run3 = "imports NtCreateThreadEx\n"
    $run4 = "imports ZwCreateThreadEx\n"
    $run5 = "imports RtlCreateUserThread\n"
    $run6 = "imports QueueUserAPC\n"
    $run7 = "imports NtQueueApcThread\n"
    $run8 = "imports NtQueueApcThreadEx\n"
    $run9 = "imports SetThreadContext\n"
    $run10 = "imports Wow64SetThreadContext\n"
    $run11 = "imports NtSetContextThread\n"
    $shape1 = "has a section both writable and executable\n"
    $shape2 = "starts outside its code\n"
    $shape3 = "has no sections\n"
    $shape4 = "exports a reflective loader\n"
  condition:
    filetype == "pe-facts" and any of ($alloc*) and any of ($write*) and any of ($run*) and
    any of ($shape*)
}

rule hollowing_imports {
  meta:
    id = "INJECT031"
    severity = "high"
    class = "injector"
    family = "process hollowing"
    why = "A Windows program that imports all functions needed to start a process, empty it, fill it with other code and let it run under the first one's name."
    remedy = "Do not install. Ask the vendor what the program puts into other processes."
    reference = "https://attack.mitre.org/techniques/T1055/012/"
  strings:
    $create1 = "imports CreateProcessA\n"
    $create2 = "imports CreateProcessW\n"
    $create3 = "imports CreateProcessInternalW\n"
    $create4 = "imports CreateProcessAsUserW\n"
    $unmap1 = "imports NtUnmapViewOfSection\n"
    $unmap2 = "imports ZwUnmapViewOfSection\n"
    $write1 = "imports WriteProcessMemory\n"
    $write2 = "imports NtWriteVirtualMemory\n"
    $write3 = "imports ZwWriteVirtualMemory\n"
    $context1 = "imports SetThreadContext\n"
    $context2 = "imports Wow64SetThreadContext\n"
    $context3 = "imports NtSetContextThread\n"
    $resume1 = "imports ResumeThread\n"
    $resume2 = "imports NtResumeThread\n"
  condition:
    filetype == "pe-facts" and any of ($create*) and any of ($unmap*) and any of ($write*) and
    any of ($context*) and any of ($resume*)
}

rule injector_packed {
  meta:
    id = "INJECT032"
    severity = "medium"
    class = "injector"
    family = "process injection"
    why = "A Windows program packed by UPX that names all functions needed to start code inside another process."
    remedy = "Ask the vendor what the program injects, and for the program as it was built."
    reference = "https://attack.mitre.org/techniques/T1055/"
  strings:
    $alloc1 = "VirtualAllocEx"
    $alloc2 = "NtMapViewOfSection"
    $alloc3 = "NtAllocateVirtualMemory"
    $alloc4 = "UnmapViewOfSection"
    $write1 = "WriteProcessMemory"
    $write2 = "NtWriteVirtualMemory"
    $run1 = "CreateRemoteThread"
    $run2 = "NtCreateThreadEx"
    $run3 = "RtlCreateUserThread"
    $run4 = "QueueUserAPC"
    $run5 = "NtQueueApcThread"
    $run6 = "SetThreadContext"
  condition:
    filetype == "upx-pe" and any of ($alloc*) and any of ($write*) and any of ($run*)
}

rule packed_shape {
  meta:
    id = "DUAL051"
    severity = "info"
    class = "dual-use"
    family = "packed program"
    why = "A Windows program that imports hardly more than what is needed to find functions later, and that writes its own code when it starts: it is packed, and what it does cannot be seen from outside."
    remedy = "Ask the vendor for the program as it was built."
    reference = "https://attack.mitre.org/techniques/T1027/002/"
  strings:
    $few = "imports few functions\n"
    $find = "imports GetProcAddress\n"
    $wx = "has a section both writable and executable\n"
    $s1 = "starts outside its code\n"
    $s2 = "starts in its last section\n"
    $s3 = "starts in a section that is writable\n"
    $s4 = "has an empty section to unpack code into\n"
    $driver = "is a driver\n"
  condition:
    filetype == "pe-facts" and $few and $find and $wx and any of ($s*) and not $driver
}

rule driver_opens_memory {
  meta:
    id = "DUAL052"
    severity = "info"
    class = "dual-use"
    family = "memory driver"
    why = "A Windows driver that maps physical memory or reads other processes' memory for whoever asks. Hardware tools bring such drivers, and so do miners and injectors."
    remedy = "Ask the vendor why the product needs it, and whether Windows blocks this driver by now."
    reference = "https://www.loldrivers.io/"
  strings:
    $driver = "is a driver\n"
    $device = "imports IoCreateDevice\n"
    $m1 = "imports MmMapIoSpace\n"
    $m2 = "imports MmCopyVirtualMemory\n"
    $m3 = "imports MmCopyMemory\n"
    $section = "imports ZwOpenSection\n"
    $map = "imports ZwMapViewOfSection\n"
  condition:
    filetype == "pe-facts" and $driver and $device and (any of ($m*) or ($section and $map))
}

rule listing_interposed {
  meta:
    id = "ROOT030"
    severity = "high"
    class = "rootkit"
    family = "preloaded rootkit"
    why = "A shared object that stands in front of the functions which list files and processes and passes on what it lets through: preloaded, it hides what it was told to hide."
    remedy = "Do not install. Ask the vendor what the library leaves out of listings; look into /etc/ld.so.preload."
    reference = "https://attack.mitre.org/techniques/T1574/006/"
  strings:
    $list1 = "stands in front of readdir\n"
    $list2 = "stands in front of readdir64\n"
    $list3 = "stands in front of readdir_r\n"
    $list4 = "stands in front of readdir64_r\n"
    $list5 = "stands in front of getdents\n"
    $list6 = "stands in front of getdents64\n"
    $next1 = "imports dlsym\n"
    $next2 = "imports dlvsym\n"
    $sign1 = "mentions /proc/\n"
    $sign2 = "mentions ld.so.preload\n"
    $sign3 = "defines few functions\n"
    $watcher = "is a sanitizer's\n"
  condition:
    filetype == "elf-facts" and any of ($list*) and any of ($next*) and any of ($sign*) and
    not $watcher
}

rule login_interposed {
  meta:
    id = "ROOT031"
    severity = "high"
    class = "rootkit"
    family = "preloaded rootkit"
    why = "A shared object that stands in front of logins or connections and of what lists or opens files, and knows /etc/ld.so.preload: a rootkit in user space."
    remedy = "Do not install. Treat machines that ran it as compromised; look into /etc/ld.so.preload."
    reference = "https://attack.mitre.org/techniques/T1574/006/"
  strings:
    $login1 = "stands in front of pam_authenticate\n"
    $login2 = "stands in front of pam_acct_mgmt\n"
    $login3 = "stands in front of pam_open_session\n"
    $login4 = "stands in front of accept\n"
    $login5 = "stands in front of getspnam\n"
    $login6 = "stands in front of getpwnam\n"
    $login7 = "stands in front of pcap_loop\n"
    $file1 = "stands in front of open\n"
    $file2 = "stands in front of open64\n"
    $file3 = "stands in front of fopen\n"
    $file4 = "stands in front of fopen64\n"
    $file5 = "stands in front of readdir\n"
    $file6 = "stands in front of readdir64\n"
    $file7 = "stands in front of stat\n"
    $file8 = "stands in front of __xstat\n"
    $file9 = "stands in front of unlink\n"
    $next = "imports dlsym\n"
    $preload = "mentions ld.so.preload\n"
  condition:
    filetype == "elf-facts" and any of ($login*) and any of ($file*) and $next and $preload
}

rule interposer {
  meta:
    id = "DUAL060"
    severity = "info"
    class = "dual-use"
    family = "interposed library"
    why = "A shared object that stands in front of functions of the C library. Tools such as fakeroot and torsocks do so, and rootkits."
    remedy = "Nothing, if the product says that it is preloaded. Ask the vendor otherwise."
    reference = "https://attack.mitre.org/techniques/T1574/006/"
  strings:
    $front = "stands in front of "
    $next1 = "imports dlsym\n"
    $next2 = "imports dlvsym\n"
  condition:
    filetype == "elf-facts" and $front and any of ($next*)
}

rule module_with_back_door {
  meta:
    id = "ROOT032"
    severity = "high"
    class = "rootkit"
    family = "kernel rootkit"
    why = "A kernel module that finds kernel symbols not meant for modules, and that gives processes new credentials or knows the places where files, processes and connections are listed."
    remedy = "Do not install. Ask the vendor for the module's source."
    reference = "https://attack.mitre.org/techniques/T1014/"
  strings:
    $find1 = "needs kallsyms_lookup_name\n"
    $find2 = "needs kallsyms_on_each_symbol\n"
    $find3 = "needs register_kprobe\n"
    $find4 = "needs register_kretprobe\n"
    $find5 = "needs register_ftrace_function\n"
    $root1 = "needs commit_creds\n"
    $root2 = "needs prepare_kernel_cred\n"
    $hide1 = "mentions getdents\n"
    $hide2 = "mentions sys_call_table\n"
    $hide3 = "mentions tcp4_seq_show\n"
    $hide4 = "mentions filldir\n"
    $hide5 = "mentions iterate_shared\n"
    $hide6 = "mentions sys_kill\n"
    $hide7 = "mentions next_tgid\n"
    $hide8 = "mentions find_task_by_vpid\n"
  condition:
    filetype == "module-facts" and any of ($find*) and
    ((any of ($root*) and any of ($hide*)) or 3 of ($hide*))
}

rule module_writes_protected_memory {
  meta:
    id = "ROOT033"
    severity = "high"
    class = "rootkit"
    family = "kernel rootkit"
    why = "A kernel module without a signature that finds kernel symbols not meant for modules, makes protected memory writable and gives processes new credentials."
    remedy = "Do not install. Ask the vendor for the module's source."
    reference = "https://attack.mitre.org/techniques/T1014/"
  strings:
    $find1 = "needs kallsyms_lookup_name\n"
    $find2 = "needs kallsyms_on_each_symbol\n"
    $find3 = "needs register_kprobe\n"
    $write1 = "needs set_memory_rw\n"
    $write2 = "needs set_memory_x\n"
    $write3 = "needs lookup_address\n"
    $write4 = "needs text_poke\n"
    $write5 = "needs stop_machine\n"
    $root1 = "needs commit_creds\n"
    $root2 = "needs prepare_kernel_cred\n"
    $unsigned = "is not signed\n"
  condition:
    filetype == "module-facts" and $unsigned and any of ($find*) and any of ($write*) and
    any of ($root*)
}

rule unsigned_module_with_back_door {
  meta:
    id = "DUAL061"
    severity = "info"
    class = "dual-use"
    family = "kernel hooks"
    why = "A kernel module without a signature that finds kernel symbols not meant for modules, or hooks kernel functions. Tracers and security modules do so, and rootkits."
    remedy = "Ask the vendor for a signed module, or for its source."
    reference = "https://attack.mitre.org/techniques/T1014/"
  strings:
    $find1 = "needs kallsyms_lookup_name\n"
    $find2 = "needs kallsyms_on_each_symbol\n"
    $find3 = "needs register_kprobe\n"
    $find4 = "needs register_ftrace_function\n"
    $unsigned = "is not signed\n"
  condition:
    filetype == "module-facts" and $unsigned and any of ($find*)
}

rule root_unit_from_open_folder {
  meta:
    id = "PERSIST020"
    severity = "high"
    class = "persistence"
    family = "systemd unit"
    why = "A unit that runs as root a program out of a folder that others may write: whoever writes there is root."
    remedy = "Do not install. Ask the vendor for a unit that starts what the package installs."
    reference = "https://attack.mitre.org/techniques/T1543/002/"
  strings:
    $root = "runs as root\n"
    $open = "starts a program from a folder others may write\n"
  condition:
    filetype == "unit-facts" and all of them
}

rule root_unit_that_hides {
  meta:
    id = "PERSIST021"
    severity = "high"
    class = "persistence"
    family = "systemd unit"
    why = "A unit that runs as root and hides: two or more of a program with a hidden name, no log, no description, started for ever, together with such a name or something fetched from the network."
    remedy = "Do not install. Ask the vendor what this service is."
    reference = "https://attack.mitre.org/techniques/T1543/002/"
  strings:
    $root = "runs as root\n"
    $hidden = "starts a hidden program\n"
    $fetch = "fetches from the network\n"
    $shell = "starts a shell\n"
    $s1 = "restarts for ever\n"
    $s2 = "keeps out of the log\n"
    $s3 = "does not say what it is\n"
  condition:
    filetype == "unit-facts" and $root and
    (($hidden and any of ($s*)) or ($fetch and $shell and 2 of ($s*)) or ($hidden and $fetch))
}

rule root_unit_fetches {
  meta:
    id = "DUAL041"
    severity = "info"
    class = "dual-use"
    family = "systemd unit"
    why = "A unit that runs as root and fetches something from the network when it starts."
    remedy = "See what is fetched, and whether it is verified before it is run."
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $root = "runs as root\n"
    $fetch = "fetches from the network\n"
  condition:
    filetype == "unit-facts" and all of them
}

rule extension_in_chats {
  meta:
    id = "DUAL070"
    severity = "info"
    class = "dual-use"
    family = "browser extension"
    why = "A browser extension that runs in the pages of AI chats and may read more than them: every site, cookies, or traffic. Assistants do so too; what is typed into a chat can leave it this way."
    remedy = "Ask the vendor what of the chats is sent where."
    reference = "https://attack.mitre.org/techniques/T1176/"
  strings:
    $chat = "sits in AI chats\n"
    $more1 = "may read every site\n"
    $more2 = "asks for cookies\n"
    $more3 = "asks for webRequest\n"
    $more4 = "asks for debugger\n"
    $more5 = "runs as part of the page\n"
  condition:
    filetype == "extension-facts" and $chat and any of ($more*)
}

rule extension_taps_chats {
  meta:
    id = "EXT001"
    severity = "high"
    class = "stealer"
    family = "browser extension"
    why = "A browser extension that sits in AI chats, can listen to traffic or runs inside their pages, and names in its policy a host it may open sockets to: the shape of one that copies conversations out."
    remedy = "Do not install. Ask the vendor what is sent to that host."
    reference = "https://attack.mitre.org/techniques/T1176/"
  strings:
    $chat = "sits in AI chats\n"
    $tap1 = "asks for webRequest\n"
    $tap2 = "asks for debugger\n"
    $tap3 = "runs as part of the page\n"
    $out1 = "may open sockets to a host it names\n"
    $out2 = "may run code from elsewhere\n"
  condition:
    filetype == "extension-facts" and $chat and any of ($tap*) and any of ($out*)
}

rule script_taps_chats {
  meta:
    id = "EXT002"
    severity = "high"
    class = "stealer"
    family = "browser extension"
    why = "A script that stands in front of a page's own network functions on the sites of AI chats, and opens a socket of its own: it copies conversations out."
    remedy = "Do not install. Ask the vendor what is sent where."
    reference = "https://attack.mitre.org/techniques/T1176/"
  strings:
    $chat1 = "chatgpt.com"
    $chat2 = "chat.openai.com"
    $chat3 = "claude.ai"
    $chat4 = "gemini.google.com"
    $chat5 = "chat.deepseek.com"
    $patch1 = "window.fetch ="
    $patch2 = "window.fetch="
    $patch3 = "XMLHttpRequest.prototype.send ="
    $patch4 = "XMLHttpRequest.prototype.send="
    $patch5 = "XMLHttpRequest.prototype.open ="
    $patch6 = "XMLHttpRequest.prototype.open="
    $out1 = "new WebSocket(\"wss://"
    $out2 = "new WebSocket('wss://"
    $out3 = "new WebSocket(`wss://"
    $out4 = "navigator.sendBeacon(\"https://"
    $out5 = "navigator.sendBeacon('https://"
  condition:
    (filename iendswith ".js" or filename iendswith ".mjs") and filesize < 20MB and
    any of ($chat*) and any of ($patch*) and any of ($out*)
}

rule pickle_runs_code {
  meta:
    id = "MODEL001"
    severity = "high"
    class = "unsafe-model"
    family = "pickle"
    why = "A pickle that, when it is loaded, looks up functions which run programs or code, and calls what it looks up: loading it is running it."
    remedy = "Do not load it. Ask the vendor for the model as safetensors or GGUF."
    reference = "https://docs.python.org/3/library/pickle.html"
  strings:
    $out = "looks up a way out: "
    $calls = "calls what it looks up\n"
  condition:
    filetype == "model-facts" and all of them
}

rule pickle_hides_names {
  meta:
    id = "MODEL002"
    severity = "medium"
    class = "unsafe-model"
    family = "pickle"
    why = "A pickle that looks up a function whose name it puts together in a way no program that writes pickles does, and calls it."
    remedy = "Do not load it. Ask the vendor for the model as safetensors or GGUF."
    reference = "https://docs.python.org/3/library/pickle.html"
  strings:
    $hidden = "looks up what cannot be told\n"
    $calls = "calls what it looks up\n"
  condition:
    filetype == "model-facts" and all of them
}

rule pickle_brings_code {
  meta:
    id = "DUAL071"
    severity = "info"
    class = "dual-use"
    family = "pickle"
    why = "A pickle that looks up names beyond arrays and containers: what loading it does is up to the modules named."
    remedy = "See that these modules are the product's own; prefer safetensors or GGUF."
    reference = "https://docs.python.org/3/library/pickle.html"
  strings:
    $code = "looks up code: "
  condition:
    filetype == "model-facts" and $code
}

rule onnx_leaves_its_folder {
  meta:
    id = "MODEL003"
    severity = "medium"
    class = "unsafe-model"
    family = "ONNX"
    why = "An ONNX model whose weights are to be read from a file outside its folder."
    remedy = "Do not load it. Ask the vendor for a model whose data lies beside it."
    reference = "https://onnx.ai/onnx/repo-docs/ExternalData.html"
  strings:
    $out = "reads a file outside its folder\n"
  condition:
    filetype == "model-facts" and $out
}

rule model_with_more_than_data {
  meta:
    id = "MODEL005"
    severity = "medium"
    class = "unsafe-model"
    family = "model data"
    why = "A safetensors or GGUF file whose header does not account for all of it: bytes of no tensor, tensors that overlap or lie beyond the end, or a header that cannot be read. Such files are data only while they keep to their format."
    remedy = "Do not load it. Ask the vendor for the file as a library of the format writes it."
    reference = "https://github.com/huggingface/safetensors"
  strings:
    $table = "has no header that can be read\n"
    $more = "holds bytes of no tensor\n"
    $shared = "has tensors that share bytes\n"
    $beyond = "has tensors beyond its end\n"
    $size = "has a tensor whose size is not that of its shape\n"
  condition:
    filetype == "model-facts" and any of them
}

rule model_template_leaves_jinja {
  meta:
    id = "MODEL006"
    severity = "high"
    class = "unsafe-model"
    family = "GGUF"
    why = "A GGUF file whose chat template reaches for the inner names of Python objects: a program that renders it as it is runs what the template says."
    remedy = "Do not load it. Ask the vendor what the template is for."
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2024-34359"
  strings:
    $out = "has a template that reaches for Python's inner names\n"
  condition:
    filetype == "model-facts" and $out
}

rule keras_lambda {
  meta:
    id = "MODEL004"
    severity = "medium"
    class = "unsafe-model"
    family = "Keras"
    why = "A Keras model with a layer that is marshalled Python code: loading it runs that code."
    remedy = "Load it only with safe_mode, or ask the vendor for a model without such a layer."
    reference = "https://keras.io/api/models/model_saving_apis/"
  strings:
    $layer1 = "\"class_name\": \"Lambda\""
    $layer2 = "\"class_name\":\"Lambda\""
    $code1 = "\"__lambda__\""
    $code2 = "\"function_type\": \"lambda\""
    $config1 = "\"keras_version\""
    $config2 = "\"build_config\""
    $config3 = "\"model_config\""
  condition:
    any of ($layer*) and any of ($code*) and any of ($config*) and
    (uint8(0) == 0x7b or uint32(0) == 0x46444889)
}

rule python_path_file_runs_code {
  meta:
    id = "PERSIST022"
    severity = "high"
    class = "persistence"
    family = "Python start-up"
    why = "A .pth file with a line that fetches, decodes or starts something: Python runs it whenever it starts, whatever the program."
    remedy = "Do not install. Ask the vendor why every Python program must run this."
    reference = "https://docs.python.org/3/library/site.html"
  strings:
    $first = "import "
    $line = "\nimport "
    $a1 = "exec("
    $a2 = "b64decode"
    $a3 = "urlopen"
    $a4 = "subprocess"
    $a5 = "os.system"
    $a6 = "socket"
    $a7 = "requests"
  condition:
    filename iendswith ".pth" and (filetype == "text" or filetype == "script") and
    ($first at 0 or $line) and any of ($a*)
}

rule cron_from_open_folder {
  meta:
    id = "PERSIST023"
    severity = "high"
    class = "persistence"
    family = "scheduled job"
    why = "A job of root's that is started again and again out of a folder that everybody may write."
    remedy = "Do not install. Ask the vendor for a job that starts what the package installs."
    reference = "https://attack.mitre.org/techniques/T1053/003/"
  strings:
    $job = /\n?[@0-9*][^\n#]{1,60}[ \t]root[ \t]+\/(tmp|var\/tmp|dev\/shm)\//
  condition:
    (filepath contains "/cron.d/" or filename == "crontab") and $job
}
