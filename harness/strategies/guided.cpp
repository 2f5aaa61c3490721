// Coverage feedback: plans that reach new states of the lock are kept and mutated.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "harness/strategies/strategy.hpp"
#include "harness/strategies/stroke.hpp"

namespace lockstep {
namespace {

class Guided final : public Seeker {
 public:
  explicit Guided(const DrawOptions& options) : options_(options), arsenal_(options) {}

  Scenario next(std::uint64_t seed) override {
    if (arsenal_.empty()) return draw(options_, seed);
    Random random(seed, "guided");
    Scenario calm = calm_scenario(options_, seed);
    const std::int64_t most = most_strokes(calm);
    const bool anew = kept_.empty() || random.below(3) == 0;
    Plan plan = anew ? fresh(random, most) : mutated(random, most);
    Scenario scenario = arsenal_.with(std::move(calm), plan);
    under_way_.emplace(seed, std::move(plan));
    return scenario;
  }

  void learn(const Feedback& feedback) override {
    auto plan = under_way_.extract(feedback.scenario.seed);
    std::size_t found = 0;
    for (const std::uint64_t state : feedback.states) found += seen_.insert(state).second;
    if (plan && found > 0) kept_.push_back(std::move(plan.mapped()));
  }

 private:
  Plan fresh(Random& random, std::int64_t most) const {
    Plan plan(static_cast<std::size_t>(random.between(1, most)));
    for (Stroke& stroke : plan) {
      stroke = random.below(4) == 0 ? arsenal_.any(random) : arsenal_.likely(random);
    }
    return plan;
  }

  /// A kept one, more often one of the latest: their surroundings are the least explored.
  const Plan& parent(Random& random) const {
    const std::size_t recent = std::min<std::size_t>(kept_.size(), 16);
    const std::size_t among = random.below(2) == 0 ? recent : kept_.size();
    return kept_[kept_.size() - 1 - static_cast<std::size_t>(random.below(among))];
  }

  Plan mutated(Random& random, std::int64_t most) const {
    Plan plan = parent(random);
    const auto place = static_cast<std::size_t>(random.below(plan.size()));
    const Stroke other = arsenal_.any(random);
    switch (random.below(6)) {
      case 0: plan[place].step = other.step; break;
      case 1: plan[place].blow = other.blow; break;
      case 2: plan[place].salt = other.salt; break;
      case 3: plan.push_back(other); break;
      case 4: plan[place] = other; break;
      default: {
        const Plan& mate = parent(random);
        plan.push_back(mate[static_cast<std::size_t>(random.below(mate.size()))]);
        break;
      }
    }
    if (std::cmp_greater(plan.size(), most)) {
      plan.erase(plan.begin() + static_cast<std::ptrdiff_t>(random.below(plan.size())));
    }
    return plan;
  }

  DrawOptions options_;
  Arsenal arsenal_;
  std::vector<Plan> kept_;
  std::set<std::uint64_t> seen_;
  std::map<std::uint64_t, Plan> under_way_;  // by seed
};

}  // namespace

Strategy strategies::guided() {
  return {.name = "guided",
          .summary = "keeps and mutates the plans that lead to new lock states",
          .learns = true,
          .begin = [](const DrawOptions& options) -> std::unique_ptr<Seeker> {
            return std::make_unique<Guided>(options);
          }};
}

}  // namespace lockstep
