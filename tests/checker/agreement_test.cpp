// Every model, its search and its monitor, against all orders of small histories. How many are
// drawn for each world: LOCKSTEP_HISTORIES (./dev agree), or few enough for a suite that is run
// often.
#include "tests/checker/agreement.hpp"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <cstdlib>

#include "tests/checker/worlds.hpp"

namespace lockstep {
namespace {

using testing::Choices;
using testing::Tally;
using testing::told;
using testing::World;
using testing::WorldHistory;

std::uint64_t histories() {
  const char* asked = std::getenv("LOCKSTEP_HISTORIES");
  return asked == nullptr ? 3000 : std::strtoull(asked, nullptr, 10);
}

/// Two neighbours change places, where the result is still a history.
History swapped(History history, Choices& choices) {
  if (history.size() < 3) return history;
  History other = history;
  const std::size_t i = choices.below(history.size() - 1);
  std::swap(other[i], other[i + 1]);
  other = testing::history_of(std::move(other));
  return operations_of(other) ? other : history;
}

void agree(const World& world, const Model& model, const History& history, Tally& tally) {
  const Operations operations = operations_of(history).value();
  testing::Agreement(world, model, operations, tally).check();
}

/// And after a swap; what was valid before it is counted when it no longer is.
void agree_swapped(const World& world, const Model& model, const History& history, Choices& choices,
                   Tally& tally) {
  Tally own;
  agree(world, model, history, own);
  const std::uint64_t valid = own.valid;
  const std::uint64_t invalid = own.invalid;
  agree(world, model, swapped(history, choices), own);
  if (valid == 1 && own.invalid > invalid) ++tally.swapped;
  tally.valid += own.valid;
  tally.invalid += own.invalid;
  tally.indeterminate += own.indeterminate;
  tally.decided += own.decided;
}

class Agreement : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Agreement, WithEveryOrder) {
  const World& world = testing::all_worlds()[GetParam()];
  const Model& model = *find_model(world.model);
  Tally tally;
  const std::uint64_t count = histories();
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    const History history = WorldHistory(world, model, seed).draw(seed % 16 == 0 ? 9 : 7);
    Choices choices(Random(seed, "swap"));
    try {
      if (choices.below(3) == 0) {
        agree_swapped(world, model, history, choices, tally);
      } else {
        agree(world, model, history, tally);
      }
    } catch (const std::logic_error& complaint) {
      FAIL() << world.model << ", seed " << seed << ": " << complaint.what() << told(history);
    }
  }
  RecordProperty("valid", std::to_string(tally.valid));
  RecordProperty("invalid", std::to_string(tally.invalid));
  RecordProperty("indeterminate", std::to_string(tally.indeterminate));
  RecordProperty("decided_by_monitor", std::to_string(tally.decided));
  RecordProperty("made_invalid_by_a_swap", std::to_string(tally.swapped));
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

// The choices are rapidcheck's: of a history that is judged wrong, it shows the smallest it finds.
TEST(Agreement, OfHistoriesThatShrink) {
  for (const World& world : testing::all_worlds()) {
    const Model& model = *find_model(world.model);
    const bool agreed = rc::check(world.model, [&] {
      const auto bytes = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
      Choices choices(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
      const History history = WorldHistory(world, model, choices).draw(7);
      RC_LOG() << world.model << told(history);
      Tally tally;
      agree(world, model, history, tally);
    });
    EXPECT_TRUE(agreed) << world.model;
  }
}

}  // namespace
}  // namespace lockstep
