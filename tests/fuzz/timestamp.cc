#include "trust/timestamp.h"

#include <algorithm>

#include "base/bytes.h"
#include "fuzz.h"
#include "trust/pki_kit.h"

namespace assay::fuzz {
namespace {

constexpr std::string_view kStamped = "the bundle\n";

/// An authority that is believed, and what it stamped.
struct World {
  test::Pki pki{};
  TrustStore store{};
  std::vector<std::string> tokens{};

  World() {
    pki.make_authority();
    pki.make("acme", {});
    pki.pin("acme", "x509-leaf");
    pki.believe("tsa/time.pem", pki.read("tsaca.pem") + pki.read("tsa.pem"));
    store = pki.store().take();
    tokens.push_back(pki.stamped(kStamped));
    tokens.push_back(pki.token());
    tokens.push_back(pki.stamped(kStamped, "-sha512"));
    tokens.push_back(pki.stamped(kStamped, "-sha1"));
  }
};

const World& world() {
  static const World made;
  return made;
}

Fault fault_of(const Timestamp& token, std::string_view stamped) {
  const auto fault = time_fault(token, world().store, system_now(),
                                [&](HashAlgorithm algorithm) -> Result<std::vector<std::byte>> {
                                  return digest(algorithm, as_bytes(stamped));
                                });
  expect(bool(fault), "a token can be judged");
  return *fault;
}

}  // namespace

std::vector<std::string> seeds() {
  expect(!fault_of(parse_timestamp(world().tokens.at(0)).take(), kStamped), "the first holds");
  return world().tokens;
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string bytes(fuzz::text(data, size));
  const auto token = parse_timestamp(bytes);
  if (!token) {
    fuzz::expect(token.error().code == "sidecar-malformed" ||
                     token.error().code == "limit-signature-parts",
                 "a bad token is told as such");
    return 0;
  }
  fuzz::expect(!parse_timestamp(bytes + '\0'), "a byte behind it is no success");
  fuzz::expect(bool(fuzz::fault_of(*token, "another\n")), "it is over no other bytes");
  if (fuzz::fault_of(*token, fuzz::kStamped)) return 0;
  const auto& made = fuzz::world().tokens;
  fuzz::expect(std::ranges::any_of(made,
                                   [&](const std::string& seed) {
                                     return parse_timestamp(seed)->time == token->time;
                                   }),
               "nobody but the authority gives a time");
  return 0;
}
