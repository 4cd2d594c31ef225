// node sigstore.js KEY VERDICT, where @sigstore/verify is installed in the current
// folder: exit 0 if it verifies every envelope of the verdict, and none that was
// changed in payload, type or signature.
'use strict';

const assert = require('assert');
const {createPublicKey, generateKeyPairSync} = require('crypto');
const {readFileSync} = require('fs');
const {createRequire} = require('module');

const installed = createRequire(process.cwd() + '/');
const {bundleFromJSON} = installed('@sigstore/bundle');
const {Verifier, toSignedEntity, toTrustMaterial} = installed('@sigstore/verify');

// No certificate authority, no log, no timestamp: one key is all that is trusted.
const nobody = {certificateAuthorities: [], ctlogs: [], timestampAuthorities: [], tlogs: []};
const none = {ctlogThreshold: 0, timestampThreshold: 0, tlogThreshold: 0};

function verifies(envelope, publicKey) {
  const bundle = bundleFromJSON({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {publicKey: {hint: envelope.signatures[0].keyid}},
    dsseEnvelope: envelope,
  });
  const trust = toTrustMaterial(nobody, () => ({publicKey, validFor: () => true}));
  try {
    new Verifier(trust, none).verify(toSignedEntity(bundle));
    return true;
  } catch (error) {
    assert.strictEqual(error.code, 'SIGNATURE_ERROR', error.message);
    return false;
  }
}

// One bit of the bytes behind a base64 text.
function flipped(base64, offset) {
  const bytes = Buffer.from(base64, 'base64');
  bytes[offset % bytes.length] ^= 1;
  return bytes.toString('base64');
}

function withSignature(envelope, sig) {
  return {...envelope, signatures: [{...envelope.signatures[0], sig}]};
}

const [keyFile, verdictFile] = process.argv.slice(2);
const key = createPublicKey(readFileSync(keyFile));
const stranger = generateKeyPairSync('ed25519').publicKey;
const envelopes = readFileSync(verdictFile, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
assert.strictEqual(envelopes.length, 2);

let refused = 0;
const refuse = (envelope, publicKey, what) => {
  assert(!verifies(envelope, publicKey), `accepted with ${what}`);
  ++refused;
};
for (const envelope of envelopes) {
  assert(verifies(envelope, key), `refused: ${envelope.payloadType}`);
  refuse(envelope, stranger, 'another key');
  refuse({...envelope, payloadType: envelope.payloadType + 'x'}, key, 'another type');
  for (const offset of [0, 1, 31, 32, 63]) {
    refuse(withSignature(envelope, flipped(envelope.signatures[0].sig, offset)), key, `signature byte ${offset}`);
    const payload = flipped(envelope.payload, offset * 40);
    refuse({...envelope, payload}, key, `payload byte ${offset * 40}`);
  }
}
console.log(`sigstore verifies ${envelopes.length} envelopes and refuses ${refused} changed ones`);
