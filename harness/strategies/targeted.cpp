// A bandit over (step of the protocol, fault, target) that is paid for new states of the lock.
#include <algorithm>
#include <map>
#include <set>

#include "harness/strategies/strategy.hpp"
#include "harness/strategies/stroke.hpp"

namespace lockstep {
namespace {

/// What a choice was worth lately, in thousandths of a new state per run. Whole numbers: the same
/// on every machine.
class Worth {
 public:
  void pay(std::int64_t reward) { worth_ = (worth_ * 7 + reward * 1000) / 8; }
  std::int64_t value() const { return worth_; }

 private:
  std::int64_t worth_ = 16'000;  // what nobody tried is promising
};

class Targeted final : public Seeker {
 public:
  explicit Targeted(const DrawOptions& options)
      : options_(options), arsenal_(options), steps_(arsenal_.steps()), blows_(arsenal_.blows()) {}

  Scenario next(std::uint64_t seed) override {
    if (arsenal_.empty()) return draw(options_, seed);
    Random random(seed, "targeted");
    Scenario calm = calm_scenario(options_, seed);
    Plan plan(static_cast<std::size_t>(random.between(1, most_strokes(calm))));
    for (Stroke& stroke : plan) stroke = choose(random);
    Scenario scenario = arsenal_.with(std::move(calm), plan);
    under_way_.emplace(seed, std::move(plan));
    return scenario;
  }

  void learn(const Feedback& feedback) override {
    const auto plan = under_way_.extract(feedback.scenario.seed);
    std::int64_t fresh = 0;
    for (const std::uint64_t state : feedback.states) fresh += seen_.insert(state).second;
    if (!plan) return;
    for (const Stroke& stroke : plan.mapped()) {
      steps_[stroke.step].pay(std::min<std::int64_t>(fresh, most));
      blows_[stroke.blow].pay(std::min<std::int64_t>(fresh, most));
    }
  }

 private:
  static constexpr std::int64_t most = 32;  // one lucky run is not to decide everything

  /// The best of four, or any.
  Stroke choose(Random& random) const {
    Stroke best = arsenal_.any(random);
    if (random.below(4) == 0) return best;
    for (int i = 0; i < 3; ++i) {
      const Stroke other = arsenal_.any(random);
      if (worth(other) > worth(best)) best = other;
    }
    return best;
  }

  std::int64_t worth(const Stroke& stroke) const {
    return steps_[stroke.step].value() + blows_[stroke.blow].value();
  }

  DrawOptions options_;
  Arsenal arsenal_;
  std::vector<Worth> steps_;
  std::vector<Worth> blows_;
  std::set<std::uint64_t> seen_;
  std::map<std::uint64_t, Plan> under_way_;  // by seed
};

}  // namespace

Strategy strategies::targeted() {
  return {.name = "targeted",
          .summary = "faults aimed at steps of the protocol, where they lead to new lock states",
          .learns = true,
          .begin = [](const DrawOptions& options) -> std::unique_ptr<Seeker> {
            return std::make_unique<Targeted>(options);
          }};
}

}  // namespace lockstep
