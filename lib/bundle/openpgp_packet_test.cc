#include "bundle/openpgp_packet.h"

#include <doctest/doctest.h>

#include <string>

namespace assay {
namespace {

using Body = OpenPgpHeader::Body;

struct Case {
  std::string_view hex;
  unsigned tag;
  std::size_t size, length;
  Body body;
};

TEST_CASE("openpgp headers: RFC 4880 section 4.2, old and new") {
  const Case cases[] = {
      {"8805", 2, 2, 5, Body::whole},
      {"890102", 2, 3, 0x102, Body::whole},
      {"8a01020304", 2, 5, 0x1020304, Body::whole},
      {"8b", 2, 1, 0, Body::to_the_end},
      {"c264", 2, 2, 100, Body::whole},  // the examples of section 4.2.3
      {"c2c5fb", 2, 3, 1723, Body::whole},
      {"c2ff000186a0", 2, 6, 100000, Body::whole},
      {"cbef", 11, 2, 32768, Body::in_parts},
      {"cbe0", 11, 2, 1, Body::in_parts},
      {"fffe", 63, 2, std::size_t{1} << 30, Body::in_parts},
  };
  for (const Case& one : cases) {
    CAPTURE(one.hex);
    const auto bytes = from_hex(one.hex).value();
    const auto header = read_openpgp_header(bytes);
    REQUIRE(header);
    CHECK(header->tag == one.tag);
    CHECK(header->size == one.size);
    CHECK(header->length == one.length);
    CHECK(header->body == one.body);
    CHECK_FALSE(read_openpgp_header(Bytes(bytes).first(bytes.size() - 1)));
  }
  CHECK_FALSE(read_openpgp_header({}));
  CHECK_FALSE(read_openpgp_header(from_hex("4805").value()));
}

TEST_CASE("openpgp lengths: those of subpackets have no parts") {
  const auto length = read_openpgp_length(from_hex("e000").value(), false);
  REQUIRE(length);
  CHECK(length->width == 2);
  CHECK(length->value == (32U << 8) + 192);
  CHECK_FALSE(length->is_part);
  CHECK_FALSE(read_openpgp_length(from_hex("e0").value(), false));
  CHECK(read_openpgp_length(from_hex("e0").value(), true)->is_part);
}

}  // namespace
}  // namespace assay
