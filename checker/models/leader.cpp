// Leaders by term, as consensus promises them (Ongaro's Election Safety; the LeaderModel of
// JGroups Raft's Jepsen tests). Terms may be told late, so not in rising order.
//
//   state                   the leader of each term; none at first
//   lead                    by the operation's owner (else its process), in the term that is the
//                           operation's token or a number as its value: possible when the term
//                           has no leader yet or this one; then it has this one
//   inspect [leader term]   somebody saw it: the same for that leader. A nil value saw nothing.
#include <algorithm>
#include <tuple>

#include "checker/linearizable.hpp"
#include "checker/monitors/monitor.hpp"

namespace lockstep {
namespace {

struct Leader {
  struct Input {
    std::uint64_t term = 0;
    std::uint32_t leader = 0;
    bool told = false;  // false: nobody knows who or when
    friend bool operator==(const Input&, const Input&) = default;
  };
  struct State {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> terms;  // in rising order
    friend bool operator==(const State&, const State&) = default;
  };

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) {
    std::uint64_t hash = 0;
    for (const auto& [term, leader] : state.terms) {
      hash = (hash ^ term) * 0x9e3779b97f4a7c15u + leader;
    }
    return hash;
  }
  static bool only_looks(const Input& input) { return !input.told; }
  static bool step(State& state, const Input& input) {
    if (!input.told) return true;
    auto& terms = state.terms;
    const std::pair<std::uint64_t, std::uint32_t> entry{input.term, 0};
    const auto place = std::lower_bound(terms.begin(), terms.end(), entry);
    if (place != terms.end() && place->first == input.term) return place->second == input.leader;
    terms.insert(place, {input.term, input.leader});
    return true;
  }

  /// Operations on one term agree or do not, in whatever order.
  static Monitored monitor(std::span<const Interval<Input>> intervals, const MonitorTerms&) {
    std::vector<std::size_t> told;
    for (std::size_t i = 0; i < intervals.size(); ++i) {
      if (intervals[i].ret != forever) told.push_back(i);
    }
    const auto by_term = [&](std::size_t a, std::size_t b) {
      const Interval<Input>& one = intervals[a];
      const Interval<Input>& other = intervals[b];
      return std::tuple(one.input.term, one.ret) < std::tuple(other.input.term, other.ret);
    };
    std::vector<std::size_t> sorted = told;
    std::stable_sort(sorted.begin(), sorted.end(), by_term);
    Monitored found{.status = Status::holds, .order = std::move(told)};
    std::size_t first = 0;  // of its term that says who leads
    for (std::size_t i = 1; i < sorted.size(); ++i) {
      const Input& before = intervals[sorted[first]].input;
      const Interval<Input>& now = intervals[sorted[i]];
      if (!before.told || before.term != now.input.term) {
        first = i;
      } else if (now.input.told && before.leader != now.input.leader &&
                 (found.status == Status::holds || now.ret < found.place)) {
        found = {.status = Status::violated,
                 .conflict = {sorted[first], sorted[i]},
                 .place = now.ret,
                 .first_place = true};
      }
    }
    return found;
  }

  static tl::expected<Input, std::string> read(const Operation& operation, Symbols& symbols) {
    const OpValue& value = operation.value();
    if (operation.f() == "inspect") return read_inspect(operation, symbols);
    if (operation.f() != "lead") {
      return tl::unexpected(
          fmt::format("a leader has lead and inspect, not \"{}\"", operation.f()));
    }
    const auto* term = std::get_if<std::int64_t>(&value.held);
    Input input{.leader = symbols.of(operation.owner().empty() ? OpValue{operation.process()}
                                                               : OpValue{operation.owner()})};
    input.told = operation.token() != 0 || (term != nullptr && *term >= 0);
    input.term = operation.token() != 0 ? operation.token()
                 : input.told           ? static_cast<std::uint64_t>(*term)
                                        : 0;
    if (input.told || operation.outcome() != OpType::ok) return input;
    return tl::unexpected(std::string("lead has its term as its token, or as a number >= 0"));
  }
  static std::string describe(const State& state, const Symbols& symbols) {
    if (state.terms.empty()) return "without a leader";
    const auto& [term, leader] = state.terms.back();
    return fmt::format("led by {} in term {}, the last of {}", symbols.text(leader), term,
                       state.terms.size());
  }

 private:
  static tl::expected<Input, std::string> read_inspect(const Operation& operation,
                                                       Symbols& symbols) {
    const OpValue& value = operation.value();
    const bool nothing = std::holds_alternative<std::monostate>(value.held);
    if (operation.outcome() != OpType::ok || nothing) return Input{};
    const auto* pair = std::get_if<OpValue::List>(&value.held);
    const bool two = pair != nullptr && pair->size() == 2;
    const auto* term = two ? std::get_if<std::int64_t>(&(*pair)[1].held) : nullptr;
    if (term == nullptr || *term < 0) {
      return tl::unexpected(std::string("the value of inspect is a list of two: [leader term]"));
    }
    if (std::holds_alternative<std::monostate>((*pair)[0].held)) return Input{};
    return Input{
        .term = static_cast<std::uint64_t>(*term), .leader = symbols.of((*pair)[0]), .told = true};
  }
};

}  // namespace

Model models::leader() {
  return {.name = "leader",
          .summary = "leaders by term: every term has one at most",
          .check = linearizable<Leader>,
          .allows = allows<Leader>};
}

}  // namespace lockstep
