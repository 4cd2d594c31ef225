#include "trust/openpgp_rnp.h"

#include <fmt/format.h>
#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include <algorithm>
#include <cstdio>
#include <mutex>

#include "base/c_handle.h"
#include "trust/openpgp_armor.h"

namespace assay {
namespace {

using Ffi = CHandle<rnp_ffi_st, rnp_ffi_destroy>;
using Input = CHandle<rnp_input_st, rnp_input_destroy>;
using Output = CHandle<rnp_output_st, rnp_output_destroy>;
using Key = CHandle<rnp_key_handle_st, rnp_key_handle_destroy>;
using Handle = CHandle<rnp_signature_handle_st, rnp_signature_handle_destroy>;
using Verification = CHandle<rnp_op_verify_st, rnp_op_verify_destroy>;
using Buffer = CHandle<void, rnp_buffer_destroy>;

constexpr std::size_t kTextMax = std::size_t{16} << 20;  // of a cleartext

Error library_failed(std::string_view doing) {
  return fail(Error::Kind::internal, fmt::format("librnp failed: {}", doing));
}

Error bad_certificate() {
  return fail(Error::Kind::config, "this is no OpenPGP public key that librnp can read",
              "export it anew: gpg --armor --export FINGERPRINT");
}

/// A text that a getter hands out; empty if it has none.
template <class Getter, class Object>
std::string text_of(Getter get, Object* object) {
  char* text = nullptr;
  if (get(object, &text) != RNP_SUCCESS || text == nullptr) return {};
  const Buffer owner(text);
  return text;
}

/// A number or flag that a getter hands out; zero if it fails.
template <class Value, class Getter, class Object>
Value value_of(Getter get, Object* object) {
  Value value{};
  return get(object, &value) == RNP_SUCCESS ? value : Value{};
}

Result<Input> memory_input(std::string_view bytes) {
  rnp_input_t input = nullptr;
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  if (rnp_input_from_memory(&input, data, bytes.size(), false) != RNP_SUCCESS) {
    return library_failed("a text in memory cannot be read");
  }
  return Input(input);
}

/// librnp as Debian builds it tells standard error what it thinks of a signature, and has
/// no switch. While one of these lives its words go nowhere; one thread at a time.
class Quiet {
 public:
  Quiet() : lock_(mutex()), before_(stderr) {
    static std::FILE* const nowhere = std::fopen("/dev/null", "we");
    if (nowhere != nullptr) stderr = nowhere;
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet() { stderr = before_; }

 private:
  static std::recursive_mutex& mutex() {
    static std::recursive_mutex one;
    return one;
  }
  std::lock_guard<std::recursive_mutex> lock_;
  std::FILE* before_;
};

/// What counts is decided by the hash alone, not by the date somebody claims.
bool forbid(rnp_ffi_t ffi, const char* hash, std::uint32_t usage, std::uint32_t level) {
  return rnp_add_security_rule(ffi, RNP_FEATURE_HASH_ALG, hash, RNP_SECURITY_OVERRIDE | usage,
                               0, level) == RNP_SUCCESS;
}

bool set_rules(rnp_ffi_t ffi, bool sha1_bindings) {
  bool done = true;
  for (const char* hash : {"MD5", "RIPEMD160", "SHA1"}) {
    const bool allowed = sha1_bindings && hash == std::string_view("SHA1");
    done = done && forbid(ffi, hash, RNP_SECURITY_VERIFY_DATA, RNP_SECURITY_PROHIBITED) &&
           forbid(ffi, hash, RNP_SECURITY_VERIFY_KEY,
                  allowed ? RNP_SECURITY_DEFAULT : RNP_SECURITY_PROHIBITED);
  }
  return done;
}

std::string body_of(rnp_key_handle_t key) {
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  if (rnp_get_public_key_data(key, &bytes, &size) != RNP_SUCCESS) return {};
  const Buffer owner(bytes);
  std::string_view packet(reinterpret_cast<const char*>(bytes), size);
  const auto first = take_openpgp_packet(packet);
  return first ? std::string(first->body) : std::string();
}

OpenPgpKey describe(rnp_key_handle_t key) {
  OpenPgpKey found{.fingerprint = text_of(rnp_key_get_fprint, key), .body = body_of(key)};
  found.algorithm = text_of(rnp_key_get_alg, key);
  found.curve = text_of(rnp_key_get_curve, key);
  found.bits = value_of<std::uint32_t>(rnp_key_get_bits, key);
  found.created = Time{value_of<std::uint32_t>(rnp_key_get_creation, key)};
  const auto lifetime = value_of<std::uint32_t>(rnp_key_get_expiration, key);
  if (lifetime != 0) found.expires = Time{found.created.seconds + lifetime};
  rnp_key_allows_usage(key, "sign", &found.may_sign);
  found.valid = value_of<bool>(rnp_key_is_valid, key);
  // A key that the library cannot say it of counts as revoked.
  if (rnp_key_is_revoked(key, &found.revoked) != RNP_SUCCESS) found.revoked = true;
  return found;
}

std::vector<std::string> user_ids_of(rnp_key_handle_t key) {
  std::vector<std::string> ids;
  const auto count = value_of<std::size_t>(rnp_key_get_uid_count, key);
  for (std::size_t i = 0; i < count; ++i) {
    ids.push_back(text_of(
        [i](rnp_key_handle_t it, char** text) { return rnp_key_get_uid_at(it, i, text); },
        key));
  }
  return ids;
}

/// The only primary key of the ring.
Key primary_key(rnp_ffi_t ffi) {
  rnp_identifier_iterator_t iterator = nullptr;
  if (rnp_identifier_iterator_create(ffi, &iterator, "fingerprint") != RNP_SUCCESS) return {};
  const CHandle<rnp_identifier_iterator_st, rnp_identifier_iterator_destroy> owner(iterator);
  const char* fingerprint = nullptr;
  while (rnp_identifier_iterator_next(iterator, &fingerprint) == RNP_SUCCESS &&
         fingerprint != nullptr) {
    rnp_key_handle_t key = nullptr;
    if (rnp_locate_key(ffi, "fingerprint", fingerprint, &key) != RNP_SUCCESS) return {};
    Key one(key);
    if (one && value_of<bool>(rnp_key_is_primary, one.get())) return one;
  }
  return {};
}

/// The file as the library pulls it.
struct Pull {
  const SignedFile& file;
  std::uint64_t offset = 0;
  std::optional<Error> error{};
};

bool pull(void* context, void* buffer, std::size_t size, std::size_t* read) {
  auto& state = *static_cast<Pull*>(context);
  auto got = state.file.read_at(state.offset, {static_cast<std::byte*>(buffer), size});
  if (!got) {
    state.error = std::move(got.error());
    return false;
  }
  state.offset += *got;
  *read = *got;
  return true;
}

/// One signature's status, and whether the library speaks of the one we mean.
OpenPgpFit fit_of(rnp_op_verify_signature_t found, const OpenPgpSignature& meant) {
  rnp_signature_handle_t raw = nullptr;
  if (rnp_op_verify_signature_get_handle(found, &raw) != RNP_SUCCESS) return OpenPgpFit::other;
  const Handle handle(raw);
  const auto created = value_of<std::uint32_t>(rnp_signature_get_creation, raw);
  const std::string type = text_of(rnp_signature_get_type, raw);
  if (created != meant.created.seconds ||
      text_of(rnp_signature_get_hash_alg, raw) != meant.hash ||
      type != (meant.type == 0 ? "binary" : "text")) {
    return OpenPgpFit::other;
  }
  const rnp_result_t status = rnp_op_verify_signature_get_status(found);
  // Whether it has expired is asked where all signatures are (standing.h).
  const bool fits = status == RNP_SUCCESS || status == RNP_ERROR_SIGNATURE_EXPIRED;
  return fits ? OpenPgpFit::yes : OpenPgpFit::no;
}

/// One answer for each of `meant`, `other` throughout if the library saw another number.
std::vector<OpenPgpFit> fits_of(rnp_op_verify_t operation,
                                std::span<const OpenPgpSignature> meant) {
  std::vector<OpenPgpFit> fits(meant.size(), OpenPgpFit::other);
  std::size_t count = 0;
  if (rnp_op_verify_get_signature_count(operation, &count) != RNP_SUCCESS ||
      count != meant.size()) {
    return fits;
  }
  for (std::size_t i = 0; i < count; ++i) {
    rnp_op_verify_signature_t found = nullptr;
    if (rnp_op_verify_get_signature_at(operation, i, &found) != RNP_SUCCESS) continue;
    fits[i] = fit_of(found, meant[i]);
  }
  return fits;
}

std::string packets_of(std::span<const OpenPgpSignature> signatures) {
  std::string bytes;
  for (const OpenPgpSignature& one : signatures) {
    bytes += openpgp_packet({static_cast<unsigned>(OpenPgpTag::signature), one.body});
  }
  return bytes;
}

/// The frame anew, around the same lines, with these signatures alone.
std::string framed(std::span<const OpenPgpSignature> signatures,
                   std::span<const std::string_view> lines) {
  std::string text = "-----BEGIN PGP SIGNED MESSAGE-----\n";
  std::vector<std::string> hashes;
  for (const OpenPgpSignature& one : signatures) {
    if (std::ranges::find(hashes, one.hash) == hashes.end()) hashes.push_back(one.hash);
  }
  for (const std::string& hash : hashes) text.append("Hash: ").append(hash).append("\n");
  text += "\n";
  for (const std::string_view line : lines) text.append(line).append("\n");
  return text + to_openpgp_armor(packets_of(signatures), "SIGNATURE");
}

std::string taken_from(rnp_output_t output) {
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  if (rnp_output_memory_get_buf(output, &bytes, &size, false) != RNP_SUCCESS) return {};
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

struct OpenPgpCertificate::Library {
  explicit Library(rnp_ffi_t raw) : ffi(raw) {}
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    const Quiet quiet;  // it would close what it took for standard error
    ffi.reset();
  }
  Ffi ffi;
};

OpenPgpCertificate::OpenPgpCertificate(std::unique_ptr<Library> library)
    : library_(std::move(library)) {}
OpenPgpCertificate::OpenPgpCertificate(OpenPgpCertificate&&) noexcept = default;
OpenPgpCertificate& OpenPgpCertificate::operator=(OpenPgpCertificate&&) noexcept = default;
OpenPgpCertificate::~OpenPgpCertificate() = default;

Result<OpenPgpCertificate> OpenPgpCertificate::open(std::string_view packets, Time now,
                                                    bool sha1_bindings) {
  const Quiet quiet;
  rnp_ffi_t raw = nullptr;
  if (rnp_ffi_create(&raw, "GPG", "GPG") != RNP_SUCCESS) return library_failed("no ring");
  auto library = std::make_unique<Library>(raw);
  // Zero would mean the clock of the machine.
  const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(now.seconds, 1));
  if (rnp_set_timestamp(raw, time) != RNP_SUCCESS || !set_rules(raw, sha1_bindings)) {
    return library_failed("its rules cannot be set");
  }
  const Input input = TRY(memory_input(packets));
  // What it cannot read of others' certifications is skipped; a key without what binds it
  // is not valid.
  if (rnp_import_keys(raw, input.get(), RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_PERMISSIVE,
                      nullptr) != RNP_SUCCESS) {
    return bad_certificate();
  }
  OpenPgpCertificate certificate(std::move(library));
  const Key primary = primary_key(raw);
  if (!primary) return bad_certificate();
  certificate.keys_.push_back(describe(primary.get()));
  certificate.user_ids_ = user_ids_of(primary.get());
  const auto count = value_of<std::size_t>(rnp_key_get_subkey_count, primary.get());
  for (std::size_t i = 0; i < count; ++i) {
    rnp_key_handle_t subkey = nullptr;
    if (rnp_key_get_subkey_at(primary.get(), i, &subkey) != RNP_SUCCESS) continue;
    certificate.keys_.push_back(describe(Key(subkey).get()));
  }
  return certificate;
}

Result<std::vector<OpenPgpFit>> OpenPgpCertificate::verify(
    std::span<const OpenPgpSignature> signatures, const SignedFile& file) const {
  const Quiet quiet;
  const std::string packets = packets_of(signatures);
  const Input signature = TRY(memory_input(packets));
  Pull state{file};
  rnp_input_t raw_data = nullptr;
  if (rnp_input_from_callback(&raw_data, pull, nullptr, &state) != RNP_SUCCESS) {
    return library_failed("a file cannot be read");
  }
  const Input data(raw_data);
  rnp_op_verify_t raw = nullptr;
  if (rnp_op_verify_detached_create(&raw, library_->ffi.get(), data.get(), signature.get()) !=
      RNP_SUCCESS) {
    return library_failed("a signature cannot be checked");
  }
  const Verification operation(raw);
  static_cast<void>(rnp_op_verify_execute(raw));  // proves nothing either way
  if (state.error) return std::move(*state.error);
  if (state.offset != file.size()) {
    return std::vector<OpenPgpFit>(signatures.size(), OpenPgpFit::other);
  }
  return fits_of(raw, signatures);
}

Result<OpenPgpCleartextFit> OpenPgpCertificate::verify(
    std::span<const OpenPgpSignature> signatures,
    std::span<const std::string_view> lines) const {
  const Quiet quiet;
  const std::string text = framed(signatures, lines);
  const Input input = TRY(memory_input(text));
  rnp_output_t raw_output = nullptr;
  if (rnp_output_to_memory(&raw_output, kTextMax) != RNP_SUCCESS) {
    return library_failed("no memory for a text");
  }
  const Output output(raw_output);
  rnp_op_verify_t raw = nullptr;
  if (rnp_op_verify_create(&raw, library_->ffi.get(), input.get(), output.get()) !=
      RNP_SUCCESS) {
    return library_failed("a text cannot be checked");
  }
  const Verification operation(raw);
  static_cast<void>(rnp_op_verify_execute(raw));  // proves nothing either way
  return OpenPgpCleartextFit{fits_of(raw, signatures), taken_from(output.get())};
}

}  // namespace assay
