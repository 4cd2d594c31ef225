// What Windows packages run while they are installed, as facts of one custom action each.
// Nearly every package runs something; only what also hides, fetches or disarms counts.

rule msi_custom_action {
  meta:
    id = "DUAL080"
    severity = "info"
    class = "dual-use"
    family = "installer action"
    why = "This package of Windows Installer runs something of its own when it is installed. Most do."
    remedy = "Nothing by itself. The list is in the package's member %CustomAction."
    reference = "https://attack.mitre.org/techniques/T1218/007/"
  strings:
    $runs = "runs a "
    $installed = "runs what it installed\n"
    $another = "installs another package\n"
  condition:
    filetype == "msi-action-facts" and any of them
}

rule msi_action_hidden_command {
  meta:
    id = "PERSIST031"
    severity = "high"
    class = "persistence"
    family = "installer action"
    why = "This package of Windows Installer starts a shell or PowerShell while it is installed, and hides what it runs there: the command is encoded or fetched from the network, and out of sight."
    remedy = "Do not install. Ask the vendor what the command does, and for a package that carries what it runs."
    reference = "https://attack.mitre.org/techniques/T1218/007/"
  strings:
    $shell1 = "starts PowerShell\n"
    $shell2 = "starts a shell\n"
    $shell3 = "starts what runs scripts from anywhere\n"
    $script = "runs a script that it carries\n"
    $s1 = "has its command encoded\n"
    $s2 = "fetches from the network\n"
    $s3 = "hides its window\n"
    $s4 = "keeps its command out of the log\n"
    $s5 = "uses a folder others may write\n"
    $s6 = "runs text as code\n"
  condition:
    filetype == "msi-action-facts" and (any of ($shell*) or $script) and ($s1 or $s2) and
    2 of ($s*)
}

rule msi_action_disarms_defender {
  meta:
    id = "PERSIST030"
    severity = "high"
    class = "persistence"
    family = "installer action"
    why = "This package of Windows Installer makes an exception in Windows Defender while it is installed, as the system or out of sight: what it brings shall not be looked at."
    remedy = "Do not install. Ask the vendor what is to be kept from being scanned, and why."
    reference = "https://attack.mitre.org/techniques/T1562/001/"
  strings:
    $exception = "makes an exception in Defender\n"
    $s1 = "runs as the system\n"
    $s2 = "hides its window\n"
    $s3 = "has its command encoded\n"
    $s4 = "keeps its command out of the log\n"
    $s5 = "fetches from the network\n"
  condition:
    filetype == "msi-action-facts" and $exception and any of ($s*)
}
