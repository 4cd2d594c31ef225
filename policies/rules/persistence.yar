// What installs itself, stays, and switches off who could see it: scripts that
// a package runs, units, scheduled jobs.

private rule scheduled {
  condition:
    filepath contains "/cron.d/" or filepath contains "/cron.hourly/" or
    filepath contains "/cron.daily/" or filepath contains "/cron.weekly/" or
    filepath contains "/crontabs/"
}

private rule shell {
  condition:
    uint16(0) == 0x2123 or filetype == "script" or
    filename iendswith ".sh" or filename iendswith ".bash" or
    filename iendswith ".command" or
    filename == "preinst" or filename == "postinst" or filename == "prerm" or
    filename == "postrm" or
    scheduled
}

private rule package_script {
  condition:
    filename == "preinst" or filename == "postinst" or filename == "prerm" or
    filename == "postrm" or filename == "prein" or filename == "postin" or
    filename == "preun" or filename == "postun" or filename == "pretrans" or
    filename == "posttrans" or filename == "preinstall" or filename == "postinstall" or
    filename == "config" or filename == "install.sh" or filename == "setup.sh" or
    filename == "setup.py" or filename == "extconf.rb" or
    filename == "update.sh" or filename == "upgrade.sh" or filename == "uninstall.sh" or
    filename == ".pre-install" or filename == ".post-install" or
    filename == ".pre-upgrade" or filename == ".post-upgrade" or
    filename == ".pre-deinstall" or filename == ".post-deinstall"
}

private rule windows_script {
  condition:
    filename iendswith ".ps1" or filename iendswith ".psm1" or filename iendswith ".bat" or
    filename iendswith ".cmd" or filename iendswith ".vbs" or filename iendswith ".vbe" or
    filename iendswith ".js" or filename iendswith ".jse" or filename iendswith ".wsf" or
    filename iendswith ".hta"
}

rule package_runs_download {
  meta:
    id = "PERSIST001"
    severity = "high"
    class = "persistence"
    family = "download and run"
    why = "A script run at installation fetches something from the network and hands it to a shell: what is installed is not what was verified."
    remedy = "Do not install. Ask the vendor for a package that holds everything it installs."
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $a1 = /curl [^\n|]{1,250}\|\s*(sudo )?(\/bin\/|\/usr\/bin\/)?(ba|da|z|)sh\b/
    $a2 = /wget [^\n|]{1,250}\|\s*(sudo )?(\/bin\/|\/usr\/bin\/)?(ba|da|z|)sh\b/
    $a3 = /bash <\(curl /
    $a4 = /bash -c "\$\(curl /
    $a5 = /sh -c "\$\(curl /
    $a6 = /curl [^\n|]{1,250}\|\s*python3?\b/
    $a7 = /sh -c "\$\(wget /
  condition:
    package_script and (uint16(0) == 0x2123 or filetype == "script" or filetype == "text") and
    any of them
}

rule script_runs_download {
  meta:
    id = "DUAL040"
    severity = "info"
    class = "dual-use"
    family = "download and run"
    why = "A script fetches something from the network and hands it to a shell. Many installers do so; what they run is not part of this bundle and was not verified."
    remedy = "See what is fetched; prefer a bundle that holds everything."
    reference = "https://attack.mitre.org/techniques/T1105/"
  strings:
    $a1 = /curl [^\n|]{1,250}\|\s*(sudo )?(\/bin\/|\/usr\/bin\/)?(ba|da|z|)sh\b/
    $a2 = /wget [^\n|]{1,250}\|\s*(sudo )?(\/bin\/|\/usr\/bin\/)?(ba|da|z|)sh\b/
    $a3 = /bash <\(curl /
  condition:
    shell and any of them and not package_runs_download
}

rule scheduled_download {
  meta:
    id = "PERSIST002"
    severity = "high"
    class = "persistence"
    family = "scheduled download"
    why = "A scheduled job that fetches something from the network again and again and hands it to a shell."
    remedy = "Do not install. Whoever holds that address holds the machine."
    reference = "https://attack.mitre.org/techniques/T1053/003/"
  strings:
    $c1 = "crontab -"
    $c2 = "/etc/cron.d/"
    $c3 = "/var/spool/cron"
    $c4 = "/etc/crontab"
    $c5 = "/etc/cron.hourly/"
    $d1 = /\* \*[^\n]{1,60}curl [^\n|]{1,250}\|\s*(\/bin\/|\/usr\/bin\/)?(ba|da|)sh\b/
    $d2 = /\* \*[^\n]{1,60}wget [^\n|]{1,250}\|\s*(\/bin\/|\/usr\/bin\/)?(ba|da|)sh\b/
  condition:
    shell and any of ($d*) and
    (any of ($c*) or scheduled)
}

rule preload_written {
  meta:
    id = "PERSIST003"
    severity = "high"
    class = "persistence"
    family = "ld.so.preload"
    why = "A script that writes /etc/ld.so.preload: from then on every program of the machine loads the library named there."
    remedy = "Do not install. Ask the vendor why every program must load his library."
    reference = "https://attack.mitre.org/techniques/T1574/006/"
  strings:
    $a1 = /> ?['"]?\/etc\/ld\.so\.preload/
    $a2 = /tee (-a )?['"]?\/etc\/ld\.so\.preload/
    $a3 = /(cp|mv|install) [^\n]{1,100} ['"]?\/etc\/ld\.so\.preload/
    $a4 = /chattr [+-][ia]{1,2} ['"]?\/etc\/ld\.so\.preload/
  condition:
    shell and any of them
}

rule unit_from_temporary_folder {
  meta:
    id = "PERSIST004"
    severity = "high"
    class = "persistence"
    family = "systemd unit"
    why = "A systemd unit that starts a program out of a folder everybody may write."
    remedy = "Do not install. Ask the vendor for a unit that starts what the package installs."
    reference = "https://attack.mitre.org/techniques/T1543/002/"
  strings:
    $unit = "[Service]"
    $a1 = /ExecStart=[-@:+!]{0,3}\/tmp\//
    $a2 = /ExecStart=[-@:+!]{0,3}\/dev\/shm\//
    $a3 = /ExecStart=[-@:+!]{0,3}\/var\/tmp\//
    $a4 = /ExecStart=[^\n]{1,60}(curl|wget) [^\n|]{1,200}\|\s*(ba|)sh\b/
  condition:
    $unit and any of ($a*) and
    (uint8(0) == 0x5b or uint8(0) == 0x23 or uint16(0) == 0x2123 or
     filename iendswith ".service" or filename iendswith ".sh") and
    not (filename iendswith ".yar" or filename iendswith ".yara" or
         filename iendswith ".yml" or filename iendswith ".yaml" or
         filename iendswith ".md" or filename iendswith ".rst" or
         filename iendswith ".txt")
}

rule defences_off {
  meta:
    id = "PERSIST005"
    severity = "high"
    class = "persistence"
    family = "defences off"
    why = "A script that does two or more of: stop security software, clear the command history, wipe logs, lock its files against removal, run from shared memory, drop the firewall."
    remedy = "Do not install. Ask the vendor why an update has to do this."
    reference = "https://attack.mitre.org/techniques/T1562/001/"
  strings:
    $e1 = /systemctl (stop|disable|mask)( --now)? (auditd|falcon-sensor|clamav|aegis|cloudmonitor|aliyun|wazuh|osqueryd|mdatp|falco|sysmon)/
    $e2 = "wazuh-agent stop"
    $e3 = "aliyun_assist_uninstall"
    $e4 = "/usr/local/qcloud/stargate/admin/uninstall.sh"
    $h1 = "history -c"
    $h2 = "unset HISTFILE"
    $h3 = "HISTFILE=/dev/null"
    $l1 = "rm -rf /var/log"
    $l2 = /> ?\/var\/log\/(wtmp|btmp|lastlog|auth\.log|secure)/
    $c1 = /chattr \+[ia]{1,2} [^\n]{0,40}(cron|authorized_keys|ld\.so\.preload|\/dev\/shm|\/tmp|systemd)/
    $s1 = /chmod (\+x|7[0-9]{2}) \/dev\/shm\//
    $s2 = /\/dev\/shm\/\.[a-z]/
    $f1 = "iptables -F"
    $f2 = "ufw disable"
    $f3 = "setenforce 0"
    $f4 = "SELINUX=disabled"
  condition:
    shell and filesize < 5MB and
    ((any of ($e*) and (any of ($h*) or any of ($l*) or any of ($c*) or any of ($s*) or any of ($f*))) or
     (any of ($c*) and (any of ($h*) or any of ($l*) or any of ($s*) or any of ($f*))) or
     (any of ($s*) and (any of ($h*) or any of ($l*) or any of ($f*))) or
     (any of ($l*) and any of ($h*) and any of ($f*)))
}

rule npm_hook_runs_download {
  meta:
    id = "PERSIST006"
    severity = "high"
    class = "persistence"
    family = "npm install hook"
    why = "An npm package whose install hook fetches something from the network and runs it, or runs encoded code."
    remedy = "Do not install. Ask the vendor for a package that holds everything it installs."
    reference = "https://attack.mitre.org/techniques/T1195/002/"
  strings:
    $a1 = /install":\s{0,4}"[^\n]{0,200}curl [^\n]{1,250}(\||&&|;)\s*(ba|)sh\b/
    $a2 = /install":\s{0,4}"[^\n]{0,200}wget [^\n]{1,250}(\||&&|;)\s*(ba|)sh\b/
    $a3 = /install":\s{0,4}"[^\n]{0,200}(curl|wget) [^\n]{1,250}chmod (\+x|7)/
    $a4 = /install":\s{0,4}"[^\n]{0,200}powershell[^\n]{1,250}(DownloadString|DownloadFile|-enc|Invoke-WebRequest|iwr )/
    $a5 = /install":\s{0,4}"[^\n]{0,100}node -e [^\n]{1,250}(eval\(|Buffer\.from\(|atob\(|https?\.get)/
    $a6 = /install":\s{0,4}"[^\n]{0,200}base64 (-d|-D|--decode)[^\n]{0,60}\|\s*(ba|)sh\b/
  condition:
    filename == "package.json" and any of them
}

rule npm_hook_starts_miner {
  meta:
    id = "PERSIST007"
    severity = "high"
    class = "persistence"
    family = "npm install hook"
    why = "An npm package whose install or start hook names a miner or a pool."
    remedy = "Do not install."
    reference = "https://attack.mitre.org/techniques/T1195/002/"
  strings:
    $a1 = /install":\s{0,4}"[^"\n]{0,200}(xmrig|minerd|stratum\+|--donate-level)/
    $a2 = /start":\s{0,4}"[^"\n]{0,200}(xmrig|minerd|stratum\+|--donate-level)/
  condition:
    filename == "package.json" and any of them
}

rule encoded_shell {
  meta:
    id = "PERSIST008"
    severity = "high"
    class = "persistence"
    family = "encoded script"
    why = "A script that decodes hidden text and runs it as a program."
    remedy = "Do not install. Decode the text to see what it does, and ask the vendor why it is hidden."
    reference = "https://attack.mitre.org/techniques/T1027/"
  strings:
    $a1 = /base64 (-d|-D|--decode)[^\n|]{0,40}\|\s*(sudo )?(\/bin\/)?(ba|da|)sh\b/
    $a2 = /base64 (-d|-D|--decode)[^\n|]{0,40}\|\s*(gunzip|gzip -d|xz -d)[^\n|]{0,10}\|\s*(ba|da|)sh\b/
    $a3 = "exec(__import__('base64').b64decode("
    $a4 = /exec\(base64\.(b64|urlsafe_b64)decode\(/
    $a5 = /exec\(zlib\.decompress\(base64\.b64decode\(/
    $a6 = /python3? -c "exec\([^\n]{0,60}b64decode/
    $a7 = "eval(Buffer.from("
    $a8 = "eval(atob("
  condition:
    any of ($a*) and
    (shell or filename iendswith ".py" or filename iendswith ".js" or filename iendswith ".mjs" or
     filename iendswith ".cjs" or filename iendswith ".pth")
}

rule powershell_cradle {
  meta:
    id = "PERSIST009"
    severity = "high"
    class = "persistence"
    family = "download and run"
    why = "A Windows script that fetches code and runs it unseen: a hidden window, encoded text, or Defender shut out of its folder."
    remedy = "Do not install. Ask the vendor for a package that holds everything it installs."
    reference = "https://attack.mitre.org/techniques/T1059/001/"
  strings:
    $d1 = ").DownloadString(" nocase
    $d2 = ").DownloadFile(" nocase
    $d3 = "Invoke-WebRequest" nocase
    $d4 = "-urlcache" nocase
    $d6 = "bitsadmin /transfer" nocase
    $h1 = "-WindowStyle Hidden" nocase
    $h2 = " -w hidden" nocase
    $h3 = "-EncodedCommand" nocase
    $h4 = "-MpPreference -Exclusion" nocase
    $h5 = "DisableRealtimeMonitoring $true" nocase
  condition:
    windows_script and any of ($d*) and any of ($h*)
}

rule defender_shut_out {
  meta:
    id = "PERSIST010"
    severity = "medium"
    class = "persistence"
    family = "defences off"
    why = "A Windows script that shuts Defender out of a folder or switches it off."
    remedy = "Ask the vendor why his update must not be scanned."
    reference = "https://attack.mitre.org/techniques/T1562/001/"
  strings:
    $a1 = "-MpPreference -Exclusion" nocase
    $a2 = "DisableRealtimeMonitoring $true" nocase
    $a3 = "DisableAntiSpyware /t REG_DWORD" nocase
  condition:
    windows_script and any of them
}

rule package_adds_login_key {
  meta:
    id = "PERSIST011"
    severity = "high"
    class = "persistence"
    family = "login key"
    why = "A script run at installation adds an SSH key of somebody else to an account of this machine."
    remedy = "Do not install. Ask the vendor whose key it is."
    reference = "https://attack.mitre.org/techniques/T1098/004/"
  strings:
    $file = ".ssh/authorized_keys"
    $k1 = "ssh-rsa AAAA"
    $k2 = "ssh-ed25519 AAAA"
    $k3 = "ecdsa-sha2-nistp256 AAAA"
  condition:
    package_script and uint16(0) == 0x2123 and $file and any of ($k*)
}
