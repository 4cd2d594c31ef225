// The gate in front of libyara (DESIGN 6, "gate, then confirm"): one pass over
// a member for the literals of all rules, then every condition with what is
// known. It names the rules libyara could find; all others it would not.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scan/condition_value.h"
#include "scan/literal_database.h"
#include "scan/rules.h"

namespace assay {

/// A rule that may match a member.
struct Candidate {
  std::size_t place = 0;  ///< in libyara's list
  /// Set when libyara need not be asked: the rule matches, and its first string does here.
  std::optional<std::uint64_t> first{};
};

/// A rule as libyara lists it.
struct RuleName {
  std::string file{};  ///< the namespace
  std::string name{};
  bool is_private = false;
  bool is_global = false;
};

class Gate {
 public:
  /// The gate of the rules that `listed` names in libyara's order, whose text
  /// is in `files`. What cannot be understood or looked for passes the gate
  /// always; this never fails. Until kWorthStarting bytes came by, everything
  /// passes: building the search costs more than libyara does on a small bundle.
  /// `prepared` must outlive the gate; where it holds the search, that is used at once.
  static std::unique_ptr<Gate> create(const std::vector<RuleFile>& files,
                                      const std::vector<RuleName>& listed,
                                      PreparedParts prepared = {});

  static constexpr std::uint64_t kWorthStarting = 8 << 20;

  /// Builds the search now. Any thread; at most one does the work. True when
  /// it is there; false while another one builds it, or when it cannot be built.
  bool start() const;

  /// The search as it stands among PreparedParts.
  std::string prepare() const;

  /// What a scan needs of its own, one per thread.
  class Watch {
   public:
    explicit Watch(const Gate& gate);

    /// The public rules that may match, in the order of `listed`. Valid until the
    /// next call.
    const std::vector<Candidate>& candidates(const MemberFacts& member);
    /// The same for the same content under other names, without a second search.
    const std::vector<Candidate>& candidates_again(const MemberFacts& renamed);
    /// False when it is known that none of the literals is in that content.
    bool saw_any() const;

    Watch(Watch&&) noexcept;
    Watch& operator=(Watch&&) noexcept;
    ~Watch();

   private:
    struct State;
    std::unique_ptr<State> state_;
  };

  /// Watches one member that nobody holds, as its bytes pass.
  class Passing {
   public:
    /// Null when some rule could need more than what is remembered of `bytes` that pass.
    static std::unique_ptr<Passing> create(const Gate& gate, std::uint64_t bytes);

    /// A rule that matches, and what stands where its first string does.
    struct Match {
      std::size_t place = 0;
      std::uint64_t offset = 0;
      std::string context{};  ///< kContext bytes from there on, fewer at the end
    };
    static constexpr std::size_t kContext = 32;

    void piece(Bytes bytes);
    /// After the last piece: as candidates(). Nothing when libyara must be asked, who
    /// needs all of it. The content of `member` is not looked at.
    std::optional<std::vector<Match>> finish(const MemberFacts& member);

    ~Passing();

   private:
    struct State;
    explicit Passing(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };

  /// Places in `listed` of public rules that pass whatever the member is.
  const std::vector<std::size_t>& always() const;

  /// The rules at `places` together with all they name, by place. Nothing when one
  /// of them is not understood, so that what it names is not known.
  std::optional<std::vector<std::size_t>> with_named(std::vector<std::size_t> places) const;
  /// The `import` lines of a file.
  const std::string& imports(const std::string& file) const;
  /// The rule's own text in its file.
  const std::string& text(std::size_t place) const;
  /// Those of the rule's strings that match just where these bytes stand.
  std::vector<std::string_view> plain_strings(std::size_t place) const;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate();

  struct State;

 private:
  Gate();
  std::unique_ptr<State> state_;
};

}  // namespace assay
