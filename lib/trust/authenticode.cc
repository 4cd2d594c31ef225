#include "trust/authenticode.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "crypto/timestamp.h"
#include "trust/certified.h"

namespace assay {
namespace {

/// What nobody signed in a signature: room for time-stamps, not for programs.
constexpr std::uint64_t kMostUnsigned = std::uint64_t{64} << 10;

/// One signature of the file, and where it stands in the sidecar.
struct Placed {
  const AuthenticodeMessage& read;
  std::size_t offset = 0;
  bool nested = false;
};

std::string_view kind_of(std::string_view type) {
  if (type == kSpcImage) return "a program";
  if (type == kSpcCabinet) return "a cabinet";
  if (type == kSpcSip) return "an installer package";
  return "something else";
}

bool is_known(const UnsignedValue& value, bool nested) {
  return value.type == kSpcTimestamp || value.type == kCountersignature ||
         (value.type == kSpcNested && !nested);
}

std::string_view name_of(const UnsignedValue& value) {
  if (value.type == kSpcTimestamp) return "time-stamp";
  return value.type == kCountersignature ? "countersignature" : "nested signature";
}

/// What is wrong with the signature, whoever made it.
Fault frame_fault(const Placed& it, std::string_view type) {
  const IndirectData& data = it.read.data;
  if (data.type != type) {
    return {"signature-pasted",
            fmt::format("it is a signature for {} on {}", kind_of(data.type), kind_of(type))};
  }
  for (const UnsignedValue& value : it.read.unsigned_values) {
    if (is_known(value, it.nested)) continue;
    return {"unsigned-bytes", fmt::format("{} bytes in it, an attribute {}, nobody signed",
                                          value.der.size(), printable(value.type))};
  }
  return {};
}

/// The parts that the signer did not sign, and no certificate of the chain vouches for.
std::vector<UnsignedPart> unsigned_parts(const Placed& it,
                                         const std::vector<std::string>& chain) {
  std::vector<UnsignedPart> parts;
  const auto& certificates = it.read.message.certificates;
  for (std::size_t i = 0; i < certificates.size(); ++i) {
    if (std::ranges::find(chain, certificates[i].sha256) != chain.end()) continue;
    parts.push_back(
        {{it.offset + it.read.certificates_at[i], certificates[i].der.size()}, "certificate"});
  }
  for (const UnsignedValue& value : it.read.unsigned_values) {
    parts.push_back({{it.offset + value.offset, value.der.size()}, name_of(value)});
  }
  return parts;
}

/// The times of pinned authorities. One that cannot be read is no time, and no excuse.
Result<Fault> take_times(SignerCase& it, const AuthenticodeMessage& read) {
  it.proven_times.assign(it.question.proven_times.begin(), it.question.proven_times.end());
  for (const UnsignedValue& value : read.unsigned_values) {
    if (value.type == kSpcNested) continue;
    const auto token = value.type == kSpcTimestamp
                           ? parse_timestamp(value.der)
                           : parse_countersignature(value.der, read.message.certificates);
    if (!token) return Fault{"signature-malformed", "its time-stamp: " + token.error().what};
    const Fault fault = TRY(take_time(it, *token));
    if (fault) return fault;
  }
  return Fault{};
}

/// The signer's words, then the digest they name.
Result<Fault> content_fault(const SignerCase& it, const AuthenticodeMessage& read,
                            const Certificate& signer) {
  const IndirectData& data = read.data;
  if (Fault fault = signer_fault(it.message, it.index, signer)) return fault;
  if (!data.digest) {
    return Fault{"weak-algorithm",
                 fmt::format("it names the file by {}, which proves nothing here",
                             printable(data.digest_name))};
  }
  if (data.digest != it.signer().digest) {
    return Fault{"bad-signature", "it names the file by another digest than it signs by"};
  }
  if (digest(*data.digest, as_bytes(data.octets)) != it.signer().message_digest) {
    return Fault{"bad-signature", "what it says of the file is not what was signed"};
  }
  if (TRY(it.question.file.digest(*data.digest)) != data.value) {
    return Fault{"bad-signature", "the file is not what was signed"};
  }
  return Fault{};
}

Result<Signature> judge(const SignatureQuestion& question, const Placed& placed,
                        std::string_view type) {
  const AuthenticodeMessage& read = placed.read;
  if (const Fault fault = frame_fault(placed, type)) {
    Signature answer{.key_id = read.message.signers.at(0).names};
    refuse(answer, fault.reason, fault.detail);
    return answer;
  }
  SignerCase it{question, read.message};
  const Fault of_time = TRY(take_times(it, read));
  std::vector<std::string> chain;
  Signature answer = TRY(judge_signer(
      it, of_time, [&](const Certificate& signer) { return content_fault(it, read, signer); },
      &chain));
  answer.unsigned_parts = unsigned_parts(placed, chain);
  return answer;
}

/// Those nested in the outer one; what cannot be read has its own answer.
Result<std::vector<Signature>> judge_nested(const SignatureQuestion& question,
                                            const AuthenticodeMessage& outer,
                                            std::string_view type) {
  std::vector<Signature> answers;
  for (const UnsignedValue& value : outer.unsigned_values) {
    if (value.type != kSpcNested) continue;
    const auto read = parse_authenticode(value.der);
    if (!read) {
      refuse(answers.emplace_back(), read.error().code,
             "a nested signature: " + read.error().what);
      continue;
    }
    Signature answer = TRY(judge(question, {*read, value.offset, true}, type));
    // What stands around it is nobody's word as far as this key goes.
    answer.unsigned_parts.push_back({{0, value.offset}, "outer signature"});
    const std::size_t end = value.offset + value.der.size();
    answer.unsigned_parts.push_back(
        {{end, question.sidecar.bytes.size() - end}, "outer signature"});
    answers.push_back(std::move(answer));
  }
  return answers;
}

/// Nothing can hide in a small place what does not fit there.
void limit_unsigned(Signature& answer) {
  std::uint64_t size = 0;
  for (const UnsignedPart& part : answer.unsigned_parts) size += part.range.size;
  if (size <= kMostUnsigned || (answer.key != nullptr && !answer.reason.empty())) return;
  refuse(answer, "unsigned-bytes",
         fmt::format("{} bytes in it nobody signed, and {} are too many", size, kMostUnsigned));
}

}  // namespace

Result<std::vector<Signature>> verify_authenticode(const SignatureQuestion& question,
                                                   std::string_view type) {
  const AuthenticodeMessage outer = TRY(parse_authenticode(question.sidecar.bytes));
  std::vector<Signature> answers{TRY(judge(question, {outer, 0, false}, type))};
  for (Signature& one : TRY(judge_nested(question, outer, type))) {
    answers.push_back(std::move(one));
  }
  std::ranges::for_each(answers, limit_unsigned);
  // SHA-1 outside for what cannot read better, SHA-256 inside: the usual pair.
  const bool better =
      std::ranges::any_of(answers.begin() + 1, answers.end(),
                          [](const Signature& one) { return one.reason.empty(); });
  if (better && answers[0].reason == "weak-algorithm") answers[0].reason = "weak-beside-better";
  return answers;
}

}  // namespace assay
