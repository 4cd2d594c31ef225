#include "model/reason.h"

#include <algorithm>

namespace assay {
namespace {

using enum Effect;

// Sorted by id; a test holds the order, and that every id used in the sources
// stands here.
constexpr Reason kReasons[] = {
    {"ambiguous-product", indeterminate,
     "The file name fits none, or more than one, of the products in the entry of its vendor, "
     "so it is not known what to demand.",
     "Give each product in the vendor file a `match` of its own."},
    {"ambiguous-type", fails,
     "Two programs read the file as different things: it is two formats at once, or its "
     "headers contradict each other.",
     "Do not install: this is how content is hidden from whoever checks it. Tell the vendor."},
    {"ambiguous-vendor", indeterminate,
     "More than one vendor of the trust store claims this file name, so it is not known "
     "whose signature to demand.",
     "Narrow the `match` patterns of the vendors, or name one with --vendor."},
    {"bad-signature", fails,
     "A signature by a pinned key does not fit these bytes: the file, the signature or its "
     "comment was changed after signing.",
     "Do not install. Fetch the file and its signature again from the vendor; if it stays, "
     "tell him."},
    {"below-floor", fails,
     "The bundle is properly signed and older than what may be installed: an old hole may be "
     "in it.",
     "Fetch the current release. If going back is meant, lower the floor of the product, or "
     "remove what was learned."},
    {"bytes-after-signature", fails,
     "A signed program goes on behind its certificate table, where its signature does not "
     "reach.",
     "Do not install: something was appended after signing. Ask the vendor for the file as he "
     "signed it."},
    {"case-collision", note,
     "Two members of one archive have names that differ by upper and lower case only: on "
     "Windows and macOS one of them takes the other's place.",
     "Nothing on Linux. Where case does not count, ask the vendor for other names."},
    {"certificate-chain", fails,
     "The chain from the signer's certificate to the pinned one does not hold: an authority "
     "that is none, too many of them, or a limit that was not kept.",
     "Do not install. Tell the vendor what the report says of his certificates."},
    {"certificate-expired", fails,
     "A certificate between the signer and the pinned one had expired when the signature was "
     "made, as far as that is proven, or has by now.",
     "Ask the vendor for a fresh signature, or for one with a time-stamp (RFC 3161) by an "
     "authority that you pin under tsa/."},
    {"certificate-not-yet-valid", fails,
     "A certificate between the signer and the pinned one was not valid yet.",
     "Check the clock of this machine; if it is right, tell the vendor."},
    {"certificate-revoked", fails,
     "A certificate that signed this, or certified the signer, is on a revocation list of the "
     "trust store.",
     "Do not install. Ask the vendor for a signature by a certificate that still counts."},
    {"certificate-subject", fails,
     "The pinned authority certified the signer, and the pin names another one.",
     "Check that this is the vendor you meant; correct `subject` of the key only if he changed "
     "his name."},
    {"certificate-usage", fails,
     "The signer's certificate is not made for signing software, or not for signing at all.",
     "Ask the vendor for a signature by his code-signing certificate; widen `usages` of the "
     "key "
     "only if he says so."},
    {"checksum-mismatch", fails,
     "A checksum inside the archive does not fit the bytes it stands for.",
     "Fetch the file again; if it stays, tell the vendor."},
    {"clock-suspect", indeterminate,
     "The clock of this machine runs behind a time at which something was already judged here, "
     "so nobody can tell what has expired.",
     "Set the clock and verify again."},
    {"corrupt-stream", fails, "The compressed or archived data contradicts its own format.",
     "Fetch the file again; if it stays, tell the vendor."},
    {"digest-mismatch", fails, "A signed checksum list names this file with another digest.",
     "Do not install. Fetch the file and the list again from the vendor."},
    {"duplicate-name", fails,
     "Two members of one archive have the same name: which of them an unpacker leaves "
     "behind depends on the unpacker.",
     "Ask the vendor for an archive without doubles."},
    {"duplicate-signature", fails,
     "The certificate table of a program holds more entries than Windows looks at, or one of "
     "them twice: the rest is room for anything.",
     "Do not install. Ask the vendor for a file with one signature; a second one nests in the "
     "first."},
    {"empty-bundle", indeterminate, "There is nothing in the bundle, so nothing was checked.",
     "Check that the download is complete."},
    {"encrypted-member", indeterminate,
     "A member is encrypted, so its content could not be looked at.",
     "Ask the vendor for an unencrypted bundle, or unpack it and verify what comes out."},
    {"envelope-malformed", refuses,
     "The verdict file is not what assay writes: one JSON envelope a line, with one "
     "signature each.",
     "Fetch the verdict file again from where it was made."},
    {"envelope-signature", refuses,
     "No key this gate trusts signed this verdict as it stands: it was changed, or another "
     "key signed it.",
     "Check that gate.toml pins the key of the host that verified (`assay key show`)."},
    {"envelope-type", refuses, "The envelope carries something that is no in-toto statement.",
     "Give the gate the file that `assay verify` wrote."},
    {"expired-key", fails, "The key's window in the trust store has ended.",
     "Ask the vendor for a signature by his current key, and pin that key."},
    {"expired-signature", fails,
     "The signature itself says until when it holds, and that is past.",
     "Ask the vendor for a fresh signature."},
    {"filename-mismatch", fails,
     "The signature's signed comment names another file: it was made for that one.",
     "Fetch the signature that belongs to this file, and do not rename bundles."},
    {"filename-not-bound", fails,
     "The vendor demands that the name of the file is signed along, and no signature that "
     "counts names it: a good file could stand under the name of another.",
     "Ask the vendor for a signed checksum list, or a signature whose comment names the file."},
    {"finding", fails,
     "The content scan saw something as severe as the policy's fail_at, or worse.",
     "Read the finding; `assay explain RULE` says what it means. Do not install before it "
     "is cleared up."},
    {"future-metadata", fails,
     "The repository's signed index says it was made at a time that is still to come.",
     "Check the clock of this machine; if it is right, do not install and tell the vendor."},
    {"future-signature", fails,
     "The signature says it was made at a time that is still to come.",
     "Check the clock of this machine; if it is right, do not install and tell the vendor."},
    {"image-malformed", fails,
     "The headers of a signed program overlap or reach beyond the file, so that what is signed "
     "is not what runs.",
     "Do not install. Fetch the file again; if it stays, tell the vendor."},
    {"incomplete-repository", indeterminate,
     "The snapshot of the repository lacks the list of packages this one should stand in.",
     "Fetch the Packages file that InRelease names, plain or as .xz, into the same folder."},
    {"insufficient-threshold", fails,
     "Fewer of the vendor's signers than his entry demands signed the bundle. Two keys in one "
     "hand count once.",
     "Fetch the other signatures of the release, or ask the vendor for them."},
    {"key-not-yet-valid", fails, "The key's window in the trust store has not begun.",
     "Check the clock of this machine and valid_from of the key."},
    {"limit-bundle-bytes", indeterminate, "The bundle is larger than the policy's limit.",
     "Raise bundle_bytes in the policy if bundles of this size are expected."},
    {"limit-decoder-memory", indeterminate,
     "A compressed stream asks for more memory than the policy grants one decoder.",
     "Raise decoder_memory in the policy if the vendor packs this way on purpose."},
    {"limit-depth", indeterminate, "Archives are nested deeper than the policy's limit.",
     "Ask the vendor why; raise depth in the policy if it is meant."},
    {"limit-list-bytes", indeterminate, "A list of packages is larger than is read.",
     "Verify against a smaller component of the repository."},
    {"limit-member-bytes", indeterminate, "A member unpacks to more than the policy's limit.",
     "Raise member_bytes in the policy if members of this size are expected."},
    {"limit-members", indeterminate, "The bundle holds more members than the policy's limit.",
     "Raise members in the policy if that many are expected."},
    {"limit-name-bytes", indeterminate, "A member's name is longer than the policy's limit.",
     "Ask the vendor why."},
    {"limit-ratio", indeterminate,
     "A compressed stream unpacks to far more than its size: most likely an archive bomb.",
     "Ask the vendor why; raise ratio in the policy if it is meant."},
    {"limit-scan-bytes", indeterminate,
     "A member is larger than what can be scanned as one piece.",
     "Raise scan_bytes in the policy; scanning takes that much memory."},
    {"limit-seconds", indeterminate, "The examination took longer than the policy's limit.",
     "Raise seconds in the policy, or give it a faster machine."},
    {"limit-signature-bytes", indeterminate,
     "A signature inside the bundle is larger than assay reads.",
     "Ask the vendor for a signature beside the bundle."},
    {"limit-signature-parts", indeterminate,
     "A signature file holds more signatures or certificates than assay looks at.",
     "Ask the vendor for a signature file of this bundle alone."},
    {"limit-signatures", indeterminate, "A signature file holds more signatures than are read.",
     "Ask the vendor for a file with his own signatures only."},
    {"limit-total-bytes", indeterminate,
     "All layers together unpack to more than the policy's limit.",
     "Raise total_bytes in the policy if bundles of this size are expected."},
    {"limit-whole-file-bytes", indeterminate,
     "A legacy signature covers the file as one piece, and the file is too large for that.",
     "Ask the vendor for a prehashed signature (minisign algorithm ED)."},
    {"list-conflict", fails,
     "A checksum list names this file more than once, with different digests.",
     "Tell the vendor: nobody can know which line he meant."},
    {"list-malformed", fails, "A checksum list holds a line that is none of its format.",
     "Fetch the list again; if it stays, tell the vendor."},
    {"list-not-naming", fails, "A checksum list beside the bundle does not name it.",
     "Fetch the list of this release, and do not rename bundles."},
    {"list-unsigned", note,
     "A checksum list that nobody trusted signed: whoever changed the bundle could have "
     "changed it too, so it counts for nothing.",
     "Fetch the list's signature too, or pin the key that made it."},
    {"log-checkpoint-malformed", refuses,
     "The log's checkpoint is not what a log signs: an origin, a size and a root, "
     "with signatures under it.",
     "Keep the log as it is and look for a copy; nothing in it can be relied on."},
    {"log-damaged", refuses,
     "A tile or an entry of the log is not the one that was signed: a disk fault, or "
     "somebody changed a file without the log's key.",
     "Keep the folder as it is, run `assay log fsck` for every place, and compare "
     "with a copy."},
    {"log-extra-file", refuses,
     "A file stands in the log's folder that the log did not put there.",
     "Look who put it there; the entries themselves are as signed."},
    {"log-file-system", refuses,
     "The log stands on a network or user-space file system, where neither locks nor "
     "syncs can be relied on.",
     "Move it to a local disk."},
    {"log-forked", refuses,
     "Two copies of one log hold different histories, both signed by its key: "
     "whoever holds that key showed different people different things.",
     "Keep both copies. Treat every verdict of this log as unproven, and find out "
     "who holds its key."},
    {"log-missing", refuses, "There was to be a log here, and there is none.",
     "`assay init` makes one. If there was one, find out who removed it."},
    {"log-not-included", refuses, "The proof does not show this verdict in the log.",
     "Get a fresh proof: assay log prove VERDICT. If there is none, the verdict was "
     "never logged; do not use it."},
    {"log-origin", refuses, "The checkpoint is another log's.",
     "Check which log is meant, and which key is pinned for it."},
    {"log-proof-malformed", refuses, "The file beside the verdict is no tlog-proof.",
     "Get it anew: assay log prove VERDICT."},
    {"log-rewritten", refuses,
     "Entries that were seen before are not the same any more, although the "
     "checkpoint is signed: whoever holds the log's key rewrote its history.",
     "Keep this copy and every older one. Treat the log's key as stolen, and every "
     "verdict of it as unproven."},
    {"log-rolled-back", refuses,
     "The log is an older state of itself: entries that were seen before are "
     "missing, as after a backup was put back.",
     "Put the newest copy back. If there is none, start a log under a new name and "
     "note there what was lost; this one must not be signed any further."},
    {"log-signature", refuses,
     "The checkpoint is not signed by the key that is pinned for this log.",
     "Check the pinned key (`assay log key` on the host of the log). If it is right, "
     "the log is not."},
    {"log-truncated", refuses, "Entries are missing that the log itself says were published.",
     "Keep the folder as it is, and put the newest copy back; find out who cut it."},
    {"log-witness-stale", refuses,
     "Not enough of the witnesses that gate.toml names saw the log lately. Nobody vouches "
     "that the log which is shown here is the one that everybody else sees.",
     "Let a witness sign again: `assay log witness-request`, on his side `assay witness "
     "sign`, then `assay log add-cosignature`, and bring the copy of the log up to date."},
    {"name-collision", fails,
     "Two members of one archive want the same place: a file that is a folder too, or two "
     "spellings of one name, by Unicode, slashes, or dots and spaces at an end. What is left "
     "behind depends on the unpacker.",
     "Ask the vendor for an archive without doubles."},
    {"no-rules", indeterminate, "Fewer rules ran than the policy demands.",
     "Check the rules folder and the policy's min_rules."},
    {"no-sandbox", indeterminate,
     "The bundle could not be, or was not, examined behind a wall, so what reads it could have "
     "been "
     "taken over by it.",
     "Run it where the kernel offers seccomp, and without --sandbox=off. Where it cannot be "
     "had, --sandbox=best-effort goes on with less, and passes only where the policy says so "
     "(min_sandbox)."},
    {"no-signed-list", fails,
     "No checksum list names this bundle and is signed by a trusted key.",
     "Fetch the vendor's checksum list and its signature."},
    {"no-signed-version", fails,
     "The vendor's entry sets a floor for versions, and no signature that counts says which "
     "version this is.",
     "Ask the vendor to sign the version along, or let `pattern` of the product take it from "
     "the signed file name."},
    {"no-trusted-signature", fails,
     "Nothing in the bundle or beside it shows that a key of your trust store signed it.",
     "Fetch the vendor's signature and put it beside the file; pin his key with `assay "
     "trust add`, from a source other than the download."},
    {"no-user-presence", fails,
     "A signature by a security key that nobody touched: a program alone can have had it made.",
     "Ask the vendor to sign anew, with the key set to want a touch."},
    {"no-vendor", fails, "No vendor of the trust store claims this file name.",
     "Pin the vendor's key for this name: assay trust add VENDOR --key KEY --match "
     "'NAME-*'."},
    {"not-examined", indeterminate, "Not every byte of the bundle was looked at.",
     "Read the problems listed with it; each says what was not looked at and why."},
    {"not-judged", indeterminate,
     "Something had to be judged and nobody here could: the policy demands nothing, or "
     "something unknown, or a signature was left without an answer.",
     "Check `require` in the policy; `assay formats` lists what can be demanded."},
    {"older-metadata", fails,
     "The index of a repository is older than one that was accepted on this machine before: "
     "it is signed as well, and hides what was mended since.",
     "Fetch the index again. An older snapshot that is really meant belongs in a [[product]] "
     "of its own in the vendor's entry."},
    {"other-vendor", note,
     "A signature by a key of another vendor than the one this bundle is from; it counts for "
     "nothing.",
     "Nothing, if the vendor shown is the right one."},
    {"pack-altered", refuses,
     "A pack of rules under packs/ of the home folder is not as it was imported, so none of "
     "its rules can be relied on.",
     "Find out who changed it, and import the pack again with `assay rules import`; without "
     "its file nothing of it is used."},
    {"pack-malformed", refuses,
     "The bundle is properly signed and is no pack of rules: it needs one pack.toml with a "
     "serial that names a day, and every rule below the folder of that file, under names of "
     "letters, digits and .-_+ alone, 64 MiB together.",
     "Tell whoever made the pack what the message says."},
    {"pack-older", refuses,
     "The pack has an older serial than the one of its name that is installed, or the same "
     "serial and other rules: with it, something known before would not be found any more.",
     "Fetch the newest pack. If going back is meant, remove the pack's file under packs/ of the "
     "home folder first."},
    {"pack-unsigned", refuses,
     "The policy lets bundles pass that nobody of the trust store signed; rules from such a "
     "bundle are not taken.",
     "List trusted-signature among the policy's requirements, or import with --policy "
     "baseline."},
    {"pack-vendor", refuses,
     "The pack of that name that is installed was signed by another vendor.",
     "Ask both vendors whose pack it is. If it did change hands, remove the pack's file under "
     "packs/ of the home folder first."},
    {"packed-program", indeterminate,
     "A program is packed in a way that this version cannot unpack, so that what it runs was "
     "not looked at.",
     "Ask the vendor for the program as it was built, or unpack it and scan what comes out."},
    {"recursion-cycle", fails, "An archive contains itself.",
     "Do not install: this is made to hang unpackers."},
    {"revocation-unknown", indeterminate,
     "The key demands revocation lists (crl_required), and there is no current one for a "
     "certificate of the chain.",
     "Fetch the authority's revocation list and put it under crl/<vendor>/ of the trust "
     "store."},
    {"revoked-file", fails,
     "The trust store names this very file as one that must not be installed, however well it "
     "is signed.",
     "Do not install. `revoked.d` in the trust store says since when and why."},
    {"revoked-key", fails, "The key that signed this is revoked in the trust store.",
     "Ask the vendor for a signature by his current key. If the key was stolen, do not "
     "install anything it signed."},
    {"rules-stale", indeterminate, "The rule set is older than the policy allows.",
     "Install a newer rule set."},
    {"scan-incomplete", indeterminate, "The scan engine gave no clean answer for a member.",
     "Try again; if it stays, report it with the member."},
    {"second-archive", fails,
     "Another archive stands behind the end of the first: most programs stop before it, some "
     "unpack it too.",
     "Do not install: this is how content is hidden from whoever checks it. Tell the vendor."},
    {"setuid-member", note,
     "A member runs with the rights of its owner or group, whoever starts it (setuid, "
     "setgid).",
     "Check that this program is meant to; sudo and mount are, an updater is not."},
    {"sidecar-malformed", fails,
     "A signature file beside the bundle, or a place for one inside it, holds something else.",
     "Fetch it again; if it stays, tell the vendor."},
    {"signature-malformed", fails,
     "A signature inside the file cannot be read in exactly one way.",
     "Fetch the file again; if it stays, ask the vendor for one that is signed anew."},
    {"signature-pasted", fails,
     "A signature inside the file was made for a file of another kind.",
     "Do not install: it was taken from elsewhere."},
    {"signature-place", fails,
     "The certificate table of a program stands where no signer puts it: in what is loaded and "
     "run, beyond the file, or askew. The signature does not cover what is in it.",
     "Do not install. Ask the vendor for the file as he signed it."},
    {"signature-slack", fails,
     "Bytes stand behind the signature in its own place, where the digest leaves them out: a "
     "signed program stays valid for Windows whatever is written there (MS13-098).",
     "Do not install. Ask the vendor for a file without them; some installers keep settings "
     "there, and so can anybody."},
    {"size-mismatch", fails,
     "A member delivers another number of bytes than its header declares.",
     "Fetch the file again; if it stays, tell the vendor."},
    {"stale-metadata", fails,
     "What is signed is older than the entry of the vendor allows, or past the time it was "
     "signed for: a newer one may be withheld.",
     "Fetch it again from the vendor; if it stays, ask him what holds the release back."},
    {"text-signature", fails,
     "An OpenPGP signature made in text mode: it takes a file with other line endings for the "
     "same, so it does not fix the file's bytes.",
     "Ask the vendor for a binary signature (gpg --detach-sign, without --textmode)."},
    {"timestamp-untrusted", note,
     "A time-stamp by an authority that nobody pinned: it proves no time.",
     "If you believe the authority, put its certificate under tsa/ of the trust store."},
    {"trailing-data", fails,
     "There are bytes after the end of an archive or stream: some programs ignore them, "
     "some run them.",
     "Ask the vendor for a file without them."},
    {"truncated", fails, "The file ends before its format does.", "Fetch the file again."},
    {"unaccounted-bytes", fails,
     "Some bytes of the file are neither content, nor metadata, nor padding of its format, "
     "or stand where no program shows them: anything could be in them.",
     "Ask the vendor for a file without them."},
    {"unbound-key", fails,
     "The key that made the signature does not belong to the pinned certificate by anything "
     "that holds, or is not meant for signing.",
     "Fetch the vendor's current certificate from a source other than the download, and pin "
     "it anew."},
    {"uncovered-bytes", fails,
     "A signature by a pinned key covers only a part of the file: the rest could be anything.",
     "Do not install. Ask the vendor for a signature over the whole file."},
    {"unknown-key", note,
     "A signature by a key that nobody pinned. That the key lies beside the file proves "
     "nothing.",
     "If it is the vendor's key, get its fingerprint from elsewhere and pin it with `assay "
     "trust add`."},
    {"unsafe-mode", fails,
     "A member asks for rights that an unpacked file should not bring along: file "
     "capabilities, an access control list, an owner no system has, or a setuid program that "
     "anybody may change.",
     "Do not unpack this as root. Ask the vendor for an archive that leaves rights to the "
     "installer."},
    {"unsafe-name", fails,
     "A member's name or a link would leave the folder it is unpacked in, or carries "
     "characters that no name should: control, invisible or direction-changing ones, or no "
     "UTF-8.",
     "Do not unpack this. Tell the vendor."},
    {"unsafe-type", fails,
     "A member is a device, FIFO or socket; an update has no use for one.",
     "Do not unpack this as root. Tell the vendor."},
    {"unsigned-bytes", fails,
     "A signature carries attributes that nobody signed and no format knows, or more unsigned "
     "bytes than certificates and time-stamps need.",
     "Do not install. Ask the vendor for a file without them."},
    {"unsigned-names", note,
     "The signature in the package is over the contents of its streams, one behind the other, "
     "and says nothing of their names and sizes; it counts for nothing.",
     "Ask the vendor to sign the package with an MsiDigitalSignatureEx, as signtool does "
     "(osslsigncode: -add-msi-dse)."},
    {"unsupported-container", indeterminate,
     "The file is an archive or installer that this version cannot open, so its content "
     "was not looked at.",
     "Unpack it in a safe place and scan what comes out: assay scan FOLDER."},
    {"unsupported-feature", indeterminate,
     "The archive uses a feature that this version cannot read.",
     "Ask the vendor for a plain archive, or unpack it and scan what comes out."},
    {"unsupported-signature", indeterminate,
     "A signature uses or demands something that this version does not know.",
     "Ask the vendor for a plain signature of a kind that `assay formats` lists; the detail "
     "says what is in the way."},
    {"verdict-audience", refuses, "The verdict was made for another audience than this gate's.",
     "Verify the bundle again with the policy of this environment."},
    {"verdict-expired", refuses, "The verdict's own time has run out (notAfter).",
     "Verify the bundle again."},
    {"verdict-from-future", refuses,
     "The verdict was made later than this machine's clock says it is.",
     "Check the clocks of both machines."},
    {"verdict-key-window", refuses,
     "The key that signed the verdict is outside its window in gate.toml.",
     "Use the current verdict key, or correct the window."},
    {"verdict-level", refuses, "The verdict lacks a level that this gate demands.",
     "Verify with a policy that checks what the gate demands."},
    {"verdict-malformed", refuses,
     "The verdict's statement does not have the form this gate knows; it does not guess.",
     "Use the same version of assay to verify and to gate."},
    {"verdict-nonce", refuses,
     "The verdict does not carry the nonce this gate was given: it was made for another "
     "run.",
     "Verify with --nonce and the value the gate was given."},
    {"verdict-nonce-used", refuses,
     "A gate accepted a verdict with this nonce before: it is good for one time.",
     "Verify again with a new nonce."},
    {"verdict-not-passed", fails, "The verdict is for this file, and it is not PASSED.",
     "Do not deploy. The evidence in the verdict file says why."},
    {"verdict-other-file", refuses,
     "The verdict speaks of a file with other bytes than the one given here.",
     "Verify this very file; never deploy on another file's verdict."},
    {"verdict-policy", refuses,
     "The verdict was made under a policy this gate does not accept.",
     "Verify with an accepted policy, or add it to gate.toml."},
    {"verdict-resource", refuses, "The verdict is for another resource than the one demanded.",
     "Verify with --resource and the value the gate demands."},
    {"verdict-revoked", refuses,
     "The log says that this verdict, its bundle, or what it was made by must not be used any "
     "more.",
     "Do not deploy. The entry that is named says why; verify anew if only the verdict went."},
    {"verdict-rules", refuses,
     "The verdict was made with an older rule set than this gate accepts.",
     "Verify the bundle again with current rules."},
    {"verdict-sandbox", refuses,
     "The bundle was read behind a weaker wall than this gate demands, or the verdict does not "
     "say behind which: what it read could have told its reader what to say.",
     "Verify the bundle again on a host whose kernel offers seccomp and Landlock."},
    {"verdict-signature", refuses,
     "A saved verdict counts only if a pinned key signed both its lines: the evidence, and the "
     "summary that names it. This one has no such signature, so anybody may have written it.",
     "Get the key of the verifying host another way than the verdict and name it with --key, "
     "or verify the bundle yourself."},
    {"verdict-too-old", refuses, "The verdict is older than this gate accepts.",
     "Verify the bundle again."},
    {"verdict-trust", refuses,
     "The verdict was made with a trust store this gate does not accept.",
     "Verify with the accepted store, or add its digest to gate.toml."},
    {"verdict-verifier", refuses,
     "The verdict names another verifier than the one its key stands for.",
     "Check gate.toml: key and verifier id belong together."},
    {"verdict-waiver", refuses, "The verdict rests on a waiver this gate does not allow.",
     "Clear up the finding instead, or verify without the waiver."},
    {"version-conflict", fails, "Two signatures that count give the bundle different versions.",
     "Do not install. Fetch the bundle and all its signatures again."},
    {"waiver-expired", note, "The waiver's time is over.",
     "Clear up the finding, or ask an approver for a new waiver."},
    {"waiver-idle", note,
     "The waiver bears nothing here: no finding of its rule in its member would fail the "
     "bundle.",
     "Compare rule and member with the report, or take the waiver away."},
    {"waiver-not-allowed", note,
     "The waiver is for a finding that nobody may bear: its severity is critical, or the "
     "policy says its rule is not waivable.",
     "Do not install. A waiver cannot help here."},
    {"waiver-not-yet", note, "The waiver's time has not begun.",
     "Wait for its day, or ask an approver for one that is good now."},
    {"waiver-other-bundle", note, "The waiver is for a bundle with another digest.",
     "Ask for a waiver for this very file; one for an earlier build says nothing of it."},
    {"waiver-too-long", note,
     "The waiver is good for longer than the policy's [waivers] max_days.",
     "Ask an approver for a shorter one."},
    {"waiver-unapproved", note,
     "Fewer of the policy's approvers have signed the waiver than it demands.",
     "Have an [[approver]] of the policy sign it: assay waiver sign FILE --key KEY."},
    {"weak-algorithm", fails,
     "The signature or list uses an algorithm that proves nothing any more, or one the key "
     "is not pinned for.",
     "Ask the vendor for a current one (SHA-256, prehashed minisign)."},
    {"weak-beside-better", note,
     "An outer signature by an algorithm that proves nothing any more, beside a nested one "
     "that "
     "holds: the usual pair for old and new Windows.",
     "Nothing: the better one was judged."},
    {"weak-sandbox", indeterminate,
     "The bundle was read behind a weaker wall than the policy demands.",
     "Run it where the kernel offers what is missing; lower min_sandbox in the policy only "
     "where "
     "the machine itself is thrown away afterwards."},
    {"weak-signature", fails,
     "A signature by a pinned key, made so that it proves too little: a CMS signature without "
     "signed attributes could be made from one over something else.",
     "Ask the vendor for one with signed attributes: openssl cms -sign without -noattr."},
    {"windows-name", note,
     "Names that are everyday on Linux and a trap on Windows: a colon, a device's name such as "
     "NUL or COM1, a dot or space at the end.",
     "Nothing, if nobody unpacks it on Windows. A policy can refuse it: [content] refuse."},
    {"worker-crashed", indeterminate,
     "The process that reads the bundle ended before it had answered: a fault in a library, or "
     "an "
     "attack on one.",
     "Do not install. Keep the bundle and report it with the signal that is named."},
    {"worker-memory", indeterminate,
     "The process that reads the bundle ran out of the memory it may use.",
     "Ask the vendor what needs so much; lower scan_bytes or raise the machine's memory."},
    {"worker-protocol", indeterminate,
     "The process that reads the bundle answered out of order, as one does that was taken "
     "over.",
     "Do not install. Keep the bundle and report it."},
    {"world-writable", note,
     "Members of an archive may be changed by anybody once they are unpacked as the archive "
     "says.",
     "Unpack it under a strict umask, or ask the vendor for tighter modes."},
    {"wrong-file-name", fails, "The key is trusted, but not for files of this name.",
     "Check that this is the product you meant; widen `match` of the vendor only if it is."},
    {"wrong-namespace", fails,
     "The signature was made for another purpose than signing files: a commit or a message, "
     "say, that happens to have these bytes.",
     "Fetch the signature that the vendor made for this file; widen `namespaces` of the key "
     "only if he says that he uses another name for it."},
    {"wrong-product", fails,
     "The file has the name of a product and is of another format than that product is shipped "
     "in.",
     "Fetch the file again; if it stays, ask the vendor, and correct `type` of the product if "
     "he changed it."},
    {"wrong-role", fails,
     "A pinned key signed what it is not pinned for: a key for repositories, say, signed a "
     "bundle.",
     "Ask the vendor whether that key may sign this; if so, widen `roles` of the key."},
};

constexpr std::string_view kBundleNotes[] = {"case-collision", "setuid-member", "windows-name",
                                             "world-writable"};

}  // namespace

std::span<const std::string_view> bundle_notes() {
  return kBundleNotes;
}

std::span<const Reason> reasons() {
  return kReasons;
}

const Reason* find_reason(std::string_view id) {
  const auto* const found = std::ranges::lower_bound(kReasons, id, {}, &Reason::id);
  return found != std::end(kReasons) && found->id == id ? found : nullptr;
}

std::optional<Effect> effect_from(std::string_view text) {
  for (const Effect one : {fails, note, refuses, indeterminate}) {
    if (to_string(one) == text) return one;
  }
  return std::nullopt;
}

std::string_view to_string(Effect effect) {
  switch (effect) {
    case fails: return "fails";
    case note: return "note";
    case refuses: return "refuses";
    case indeterminate: break;
  }
  return "indeterminate";
}

}  // namespace assay
