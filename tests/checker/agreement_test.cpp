// Every model, its search and its monitor, against all orders of small histories. How many are
// drawn for each world: LOCKSTEP_HISTORIES, or few enough for a suite that is run often.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <optional>
#include <set>

#include "checker/symbols.hpp"
#include "tests/checker/brute_force.hpp"
#include "tests/checker/worlds.hpp"

namespace lockstep {
namespace {

using testing::as_of;
using testing::some_order_fits;
using testing::until;
using testing::World;
using testing::WorldHistory;

std::uint64_t histories() {
  const char* asked = std::getenv("LOCKSTEP_HISTORIES");
  return asked == nullptr ? 3000 : std::strtoull(asked, nullptr, 10);
}

std::string told(const History& history) {
  std::string text;
  for (const Op& op : history) {
    text += fmt::format("\n  {:>2} process {} {:<6} {} {} owner {} token {}", op.index, op.process,
                        name_of(op.type), op.f, to_text(op.value), op.owner, op.token);
  }
  return text;
}

struct Tally {
  std::uint64_t valid = 0;
  std::uint64_t invalid = 0;
  std::uint64_t indeterminate = 0;
  std::uint64_t decided = 0;  // by the monitor alone
};

/// Two neighbours change places, where the result is still a history.
History swapped(History history, Random& random) {
  if (history.size() < 3) return history;
  History other = history;
  const std::size_t i = random.below(history.size() - 1);
  std::swap(other[i], other[i + 1]);
  other = testing::history_of(std::move(other));
  return operations_of(other) ? other : history;
}

bool fits(const World& world, const Model& model, const Operations& some) {
  return some_order_fits(model, some, world.terms);
}

/// No order fits the core; one does without any one operation of it. In the models of data, what
/// is dropped may have been at any time.
void follow_core(const World& world, const Model& model, const Operations& all,
                 const Finding& finding) {
  ASSERT_FALSE(finding.core.empty());
  const std::uint64_t end = all[*finding.stuck].ret;
  const Operations before = as_of(all, end);
  const std::set<std::string> data = {"register", "cas-register", "kv", "set"};
  if (data.contains(world.model) && before.size() > 6) return;  // too many orders
  const auto without = [&](std::optional<std::size_t> dropped) {
    Operations some;
    for (std::size_t i = 0; i < before.size(); ++i) {
      const bool kept = i != dropped && std::find(finding.core.begin(), finding.core.end(), i) !=
                                            finding.core.end();
      if (!kept && (!data.contains(world.model) || before[i].outcome() == OpType::fail ||
                    before[i].call > end))
        continue;
      some.push_back(before[i]);
      if (kept) continue;
      some.back().call = 0;
      some.back().ret = forever;
    }
    return some;
  };
  const Operations core = without(std::nullopt);
  ASSERT_FALSE(fits(world, model, core)) << "the core can be ordered";
  for (const std::size_t i : finding.core) {
    ASSERT_TRUE(fits(world, model, without(i))) << "the core does not need " << i;
  }
}

void follow_evidence(const World& world, const Model& model, const Operations& all,
                     const Finding& finding) {
  if (finding.status == Status::holds) {
    ASSERT_TRUE(verify_order(model, all, "", finding.order, world.terms)) << "no witness";
    return;
  }
  const Operations before = as_of(all, all[finding.stuck.value()].ret - 1);
  ASSERT_TRUE(model.allows(before, finding.order, world.terms).value()) << "no prefix";
  follow_core(world, model, all, finding);
  ASSERT_FALSE(finding.conflict.empty());
  ASSERT_FALSE(finding.explanation.empty());
  // The prefix is the longest: up to the return of `stuck` no order fits, without it one does.
  const auto end = all[finding.stuck.value()].ret;
  ASSERT_FALSE(some_order_fits(model, until(all, end), world.terms)) << "stuck too early";
  ASSERT_TRUE(some_order_fits(model, until(all, end - 1), world.terms)) << "stuck too late";
}

void agree(const World& world, const Model& model, const History& history, Tally& tally) {
  const Operations all = operations_of(history).value();
  Terms terms = world.terms;
  const Judged judged = model.check(all, terms);
  if (!judged) return;  // without a single token: another test sees to it
  if (judged->findings.empty()) return;
  const bool fits = some_order_fits(model, all, world.terms);
  const Status expected = fits ? Status::holds : Status::violated;
  ++(fits ? tally.valid : tally.invalid);
  for (const Operation& one : all) tally.indeterminate += one.outcome() == OpType::info;
  ASSERT_EQ(name_of(judged->status), name_of(expected)) << "all in all";
  follow_evidence(world, model, all, judged->findings.front());
  terms.method = Method::search;
  ASSERT_EQ(name_of(model.check(all, terms)->status), name_of(expected)) << "by search";
  terms.method = Method::monitor;
  const Status monitored = model.check(all, terms)->status;
  if (monitored == Status::unknown) return;
  ++tally.decided;
  ASSERT_EQ(name_of(monitored), name_of(expected)) << "by monitor";
}

class Agreement : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Agreement, WithEveryOrder) {
  const World& world = testing::all_worlds()[GetParam()];
  const Model& model = *find_model(world.model);
  Tally tally;
  const std::uint64_t count = histories();
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    History history = WorldHistory(world, model, seed).draw(seed % 16 == 0 ? 9 : 7);
    Random random(seed, "swap");
    if (random.below(3) == 0) history = swapped(std::move(history), random);
    agree(world, model, history, tally);
    if (HasFatalFailure()) FAIL() << world.model << ", seed " << seed << told(history);
  }
  RecordProperty("valid", std::to_string(tally.valid));
  RecordProperty("invalid", std::to_string(tally.invalid));
  RecordProperty("indeterminate", std::to_string(tally.indeterminate));
  RecordProperty("decided_by_monitor", std::to_string(tally.decided));
  EXPECT_GT(tally.valid, count / 20) << "the draws are too wild";
  EXPECT_GT(tally.invalid, count / 40) << "the draws are too tame";
  EXPECT_GT(tally.indeterminate, count / 20);
}

INSTANTIATE_TEST_SUITE_P(Worlds, Agreement,
                         ::testing::Range<std::size_t>(0, testing::all_worlds().size()),
                         [](const auto& tested) {
                           std::string name = testing::all_worlds()[tested.param].model;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return fmt::format("{}_{}", name, tested.param);
                         });

}  // namespace
}  // namespace lockstep
