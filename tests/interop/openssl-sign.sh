#!/usr/bin/env bash
# What openssl cms, smime, dgst, pkeyutl and ts sign is put before openssl and before assay.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"
# shellcheck source=tests/compare.sh
. "$SOURCE/tests/compare.sh"

bundle=agent-1.4.tar.gz
good_bundle $bundle
cp $bundle whole
ssl() { timeout 60 openssl "$@" >/dev/null 2>&1; }

# A vendor's authority and its certificates.
new_key() { ssl genpkey "${@:2}" -out "$1.key"; }  # new_key NAME OPTION...
issue() {  # issue NAME SUBJECT EXTENSIONS [ALGORITHM]: by the authority
  [ -s "$1.key" ] || new_key "$1" -algorithm EC -pkeyopt ec_paramgen_curve:P-256
  ssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
  printf '%s\n' "$3" >"$1.ext"
  ssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 100 -"${4:-sha256}" \
    -extfile "$1.ext" -out "$1.pem"
}
new_key ca -algorithm EC -pkeyopt ec_paramgen_curve:P-256
ssl req -x509 -new -key ca.key -subj '/CN=Acme CA' -days 100 -addext basicConstraints=critical,CA:TRUE -out ca.pem
issue acme '/O=Acme/CN=Acme Release' extendedKeyUsage=codeSigning
issue tls '/O=Acme/CN=Acme Release' extendedKeyUsage=serverAuth
issue two '/O=Acme/CN=Acme Two' extendedKeyUsage=codeSigning
issue weak '/O=Acme/CN=Acme Release' extendedKeyUsage=codeSigning sha1
new_key small -algorithm RSA -pkeyopt rsa_keygen_bits:1024
issue small '/O=Acme/CN=Acme Release' extendedKeyUsage=codeSigning
new_key explicit -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit
issue explicit '/O=Acme/CN=Acme Release' extendedKeyUsage=codeSigning
ssl req -x509 -newkey rsa:2048 -nodes -keyout stranger.key -subj '/O=Acme/CN=Acme Release' -days 9 \
  -addext extendedKeyUsage=codeSigning -out stranger.pem

assay init -q >/dev/null
assay trust add acme --key ca.pem --name acme-ca --match 'agent-*' -q >/dev/null
sed -i 's/^usages = .*/&\nsubject = "CN=Acme Release,O=Acme"/' home/trust/vendors.d/acme.toml

# --- cms and smime -------------------------------------------------------------
sign_cms() {  # sign_cms SIGNER OPTION...
  ssl cms -sign -outform DER -in $bundle -out $bundle.p7s -signer "$1.pem" -inkey "$1.key" "${@:2}"
}
put() {  # put CASE OPENSSL ASSAY [WHY]
  theirs=no
  # shellcheck disable=SC2086
  if ssl cms -verify -inform "${form:-DER}" -in $bundle.p7s ${how--binary -content $bundle} -CAfile ca.pem -purpose any; then
    theirs=yes
  fi
  believed $bundle
  row "openssl cms" "$1" "$2" "$3" "${4:-}"
}
sign_cms acme -binary
cp $bundle.p7s good.p7s
put "signed" yes yes
sign_cms acme -binary -keyid
put "by key identifier" yes yes
sign_cms acme -binary -md sha512
put "SHA-512" yes yes
sign_cms acme -binary -outform PEM
form=PEM put "PEM" yes yes
ssl smime -sign -binary -outform DER -in $bundle -out $bundle.p7s -signer acme.pem -inkey acme.key
put "smime -sign: PKCS#7" yes yes
sign_cms acme -binary -md sha1
put "SHA-1" yes no "collisions are made to order"
sign_cms acme -binary -noattr
put "without signed attributes" yes no "somebody's attributes could be passed off as a file"
sign_cms tls -binary
put "a certificate for servers" yes no "whoever runs a server signs no releases"
sign_cms two -binary
put "another certificate of the authority" yes no "the pin names the signer"
sign_cms ca -binary
put "the authority itself" yes no "it certifies and signs no files"
sign_cms small -binary
put "RSA of 1024 bits" yes no "such keys have been broken"
sign_cms weak -binary
put "a certificate signed over SHA-1" yes no "collisions are made to order"
sign_cms explicit -binary
put "a curve spelled out" no no
sign_cms stranger -binary
put "a stranger of that name" no no
sign_cms acme -binary -signer stranger.pem -inkey stranger.key
put "a second signature by a stranger" no yes "each signature is judged alone; the other is a note"
sign_cms acme -binary -nodetach
how='' put "one that carries the file" yes no "what is installed is the file beside it"
unset how
sign_cms acme
how="-content $bundle" put "signed as text" yes no "line ends would not be signed"
unset how
{ cat good.p7s; echo note; } >$bundle.p7s
put "bytes behind it" yes no "nobody signed them"
cp good.p7s $bundle.p7s
echo more >>$bundle
put "changed file" no no
cp whole $bundle
rm $bundle.p7s

# --- dgst and pkeyutl ------------------------------------------------------------
new_key rsa -algorithm RSA -pkeyopt rsa_keygen_bits:2048
new_key ec -algorithm EC -pkeyopt ec_paramgen_curve:P-384
new_key ed -algorithm ED25519
pin_raw() {  # pin_raw KEY [ALGORITHM]
  rm -rf home
  ssl pkey -in "$1.key" -pubout -out "$1.pub"
  assay init -q >/dev/null
  assay trust add acme --key "$1.pub" --name acme-raw --match 'agent-*' -q >/dev/null 2>&1 || true
  [ -z "${2:-}" ] || sed -i "s/^algorithms = .*/algorithms = [\"$2\"]/" home/trust/vendors.d/acme.toml
}
raw() {  # raw CASE KEY OPENSSL ASSAY WHY OPTION...: dgst with these options, signed and verified
  ssl dgst -sign "$2.key" "${@:6}" -out $bundle.sig $bundle
  dgst "$@"
}
dgst() {
  theirs=no
  if ssl dgst -verify "$2.pub" "${@:6}" -signature $bundle.sig $bundle; then theirs=yes; fi
  believed $bundle
  row "openssl dgst" "$1" "$3" "$4" "$5"
}
pss=(-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest)
pin_raw rsa RSA-PKCS1-SHA256
raw "RSA, SHA-256" rsa yes yes "" -sha256
printf x >>$bundle.sig
dgst "RSA, a byte behind it" rsa yes no "nobody signed it" -sha256
raw "RSA, PSS where PKCS1 is pinned" rsa yes no "the scheme is the pin's" -sha256 "${pss[@]}"
raw "RSA, SHA-1" rsa yes no "collisions are made to order" -sha1
pin_raw rsa RSA-PSS-SHA256
raw "RSA, PSS" rsa yes yes "" -sha256 "${pss[@]}"
raw "RSA, PSS with another salt" rsa yes no "the salt is as long as the digest" -sha256 \
  -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20
pin_raw ec ECDSA-SHA384
raw "ECDSA, SHA-384" ec yes yes "" -sha384
cp $bundle.sig good.sig
base64 good.sig >$bundle.sig
dgst "ECDSA, in base64" ec no yes "cosign writes it so, and it means the same" -sha384
cp good.sig $bundle.sig
echo more >>$bundle
dgst "ECDSA, changed file" ec no no "" -sha384
cp whole $bundle
pin_raw small
raw "RSA of 1024 bits" small yes no "such keys have been broken" -sha256
pin_raw ed
ssl pkeyutl -sign -inkey ed.key -rawin -in $bundle -out $bundle.sig
theirs=no
if ssl pkeyutl -verify -pubin -inkey ed.pub -rawin -in $bundle -sigfile $bundle.sig; then theirs=yes; fi
believed $bundle
row "openssl pkeyutl" "Ed25519" yes yes
rm $bundle.sig

# --- ts ----------------------------------------------------------------------------
cat >ts.cnf <<'CNF'
[tsa]
default_tsa=t
[t]
serial=serial
default_policy=1.2.3.4
digests=sha1,sha256
signer_digest=sha256
ess_cert_id_alg=sha256
CNF
echo 01 >serial
issue tsa '/CN=Time' extendedKeyUsage=critical,timeStamping
stamp() {  # stamp OPTION...: agent-1.4.tar.gz.tsr
  ssl ts -query -data $bundle -cert "$@" -out query
  ssl ts -reply -config ts.cnf -queryfile query -signer tsa.pem -inkey tsa.key -out $bundle.tsr
}
believes_time() {  # believes_time CASE OPENSSL ASSAY [WHY]
  theirs=no
  if ssl ts -verify -data $bundle -in $bundle.tsr -CAfile ca.pem; then theirs=yes; fi
  believed $bundle
  ours=no
  if jq -e 'any(.core.signatures[]; .format == "rfc3161" and .verified)' report.json >/dev/null 2>&1; then ours=yes; fi
  row "openssl ts" "$1" "$2" "$3" "${4:-}"
}
stamp -sha256
cp $bundle.tsr good.tsr
rm -rf home/trust/tsa
believes_time "nobody pinned the authority" yes no "-CAfile is the pin there"
mkdir -p home/trust/tsa
cp ca.pem home/trust/tsa/acme.pem
believes_time "stamped" yes yes
stamp -sha1
believes_time "over SHA-1" yes no "collisions are made to order"
{ cat good.tsr; printf x; } >$bundle.tsr
believes_time "a byte behind it" yes no "nobody signed it"
cp good.tsr $bundle.tsr
echo more >>$bundle
believes_time "changed file" no no
compared
