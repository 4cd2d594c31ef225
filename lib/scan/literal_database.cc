#include "scan/literal_database.h"

#include <hs.h>

#include <cstdlib>
#include <utility>

#include "base/bytes.h"
#include "crypto/digest.h"

namespace assay {
namespace {

/// Digest of everything the database depends on but the processor.
std::string key_of(const std::vector<SoughtLiteral>& sought) {
  Hasher hasher(HashAlgorithm::sha256);
  hasher.update(as_bytes(std::string_view(hs_version())));
  for (const SoughtLiteral& literal : sought) {
    const std::string line = "\n" + std::to_string(literal.number) +
                             (literal.caseless ? "i" : "") + (literal.once ? "1" : "") + ":" +
                             std::to_string(literal.bytes.size()) + ":";
    hasher.update(as_bytes(line));
    hasher.update(as_bytes(literal.bytes));
  }
  return std::string(as_text(hasher.finish()));
}

LiteralDatabase compile(const std::vector<SoughtLiteral>& sought,
                        const hs_platform_info* platform) {
  std::vector<const char*> bytes;
  std::vector<std::size_t> sizes;
  std::vector<unsigned> flags, numbers;
  for (const SoughtLiteral& literal : sought) {
    bytes.push_back(literal.bytes.data());
    sizes.push_back(literal.bytes.size());
    flags.push_back((literal.once ? HS_FLAG_SINGLEMATCH : 0U) |
                    (literal.caseless ? HS_FLAG_CASELESS : 0U));
    numbers.push_back(literal.number);
  }
  hs_database_t* raw = nullptr;
  hs_compile_error_t* trouble = nullptr;
  const hs_error_t code = hs_compile_lit_multi(
      bytes.data(), flags.data(), numbers.data(), sizes.data(),
      static_cast<unsigned>(bytes.size()), HS_MODE_BLOCK, platform, &raw, &trouble);
  if (trouble != nullptr) hs_free_compile_error(trouble);
  LiteralDatabase database(raw);
  if (code != HS_SUCCESS) database.reset();
  return database;
}

}  // namespace

void free_literal_database(hs_database* database) noexcept {
  hs_free_database(database);
}

LiteralDatabase prepared_database(const std::vector<SoughtLiteral>& sought,
                                  PreparedParts prepared) {
  if (prepared.empty()) return {};
  const std::string_view bytes = find_part(prepared, key_of(sought));
  hs_database_t* raw = nullptr;
  // Says no to one that was made for another processor or by another version.
  if (bytes.empty() ||
      hs_deserialize_database(bytes.data(), bytes.size(), &raw) != HS_SUCCESS) {
    return {};
  }
  return LiteralDatabase(raw);
}

LiteralDatabase literal_database(const std::vector<SoughtLiteral>& sought,
                                 PreparedParts prepared) {
  LiteralDatabase database = prepared_database(sought, prepared);
  return database ? std::move(database) : compile(sought, nullptr);
}

bool is_prepared(const std::vector<SoughtLiteral>& sought, PreparedParts prepared) {
  return !prepared.empty() && !find_part(prepared, key_of(sought)).empty();
}

std::string prepare_database(const std::vector<SoughtLiteral>& sought) {
  const hs_platform_info platform{.tune = HS_TUNE_FAMILY_GENERIC,
                                  .cpu_features = HS_CPU_FEATURES_AVX2,
                                  .reserved1 = 0,
                                  .reserved2 = 0};
  const LiteralDatabase database = compile(sought, &platform);
  char* bytes = nullptr;
  std::size_t size = 0;
  if (!database || hs_serialize_database(database.get(), &bytes, &size) != HS_SUCCESS) {
    return {};
  }
  std::string part = prepared_part(key_of(sought), {bytes, size});
  std::free(bytes);  // NOLINT(cppcoreguidelines-no-malloc): Vectorscan's allocator
  return part;
}

}  // namespace assay
