// Miners that run in a browser.

private rule page_or_script {
  condition:
    filename iendswith ".js" or filename iendswith ".mjs" or filename iendswith ".cjs" or
    filename iendswith ".htm" or filename iendswith ".html" or filename iendswith ".xhtml" or
    filename iendswith ".php" or filename iendswith ".asp" or filename iendswith ".aspx" or
    filename iendswith ".jsp" or filename iendswith ".vue" or
    filetype == "html" or filetype == "javascript"
}

rule web_miner {
  meta:
    id = "MINER030"
    severity = "high"
    class = "miner"
    family = "web miner"
    why = "A page or script that starts a miner in the browser of whoever opens it."
    remedy = "Do not install. Ask the vendor to remove the script."
    reference = "https://attack.mitre.org/techniques/T1496/"
  strings:
    $a1 = "new CoinHive."
    $a2 = "new CRLT.Anonymous("
    $a3 = "new deepMiner.Anonymous("
    $a4 = "new CryptoLoot.Anonymous("
    $a5 = "new JSEcoin"
    $a6 = "cryptonight-worker.js"
    $a7 = "cryptonight.wasm"
    $l1 = /<script[^>]{1,200}coinhive(\.min)?\.js/
    $l2 = /<script[^>]{1,200}authedmine\.com\/lib/
    $l3 = /<script[^>]{1,200}crypto-?loot\.(com|pro)/
    $l4 = /<script[^>]{1,200}webminepool\.com/
    $l5 = /<script[^>]{1,200}coinimp\.com/
    $l6 = /<script[^>]{1,200}monerominer\.rocks/
  condition:
    page_or_script and any of them
}

rule wasm_miner {
  meta:
    id = "MINER031"
    severity = "high"
    class = "miner"
    family = "web miner"
    why = "A WebAssembly module that exports CryptoNight or RandomX hashing: the working part of a miner in the browser."
    remedy = "Do not install. Ask the vendor to remove the module."
    reference = "https://attack.mitre.org/techniques/T1496/"
  strings:
    $a1 = "_cryptonight_hash"
    $a2 = "_cryptonight_create"
    $a3 = "cryptonight_destroy"
    $a4 = "cn_slow_hash"
    $a5 = "randomx_calculate_hash"
    $a6 = "cryptonight"
  condition:
    uint32(0) == 0x6d736100 and any of them
}
