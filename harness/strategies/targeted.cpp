// A bandit over (step of the protocol, fault, target) that is paid for new states of the lock.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

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
      : options_(options),
        arsenal_(options),
        steps_(arsenal_.steps()),
        blows_(arsenal_.blows()),
        tried_(arsenal_.steps() * arsenal_.blows()) {}

  Scenario next(std::uint64_t seed) override {
    if (arsenal_.empty()) return draw(options_, seed);
    Random random(seed, "targeted");
    Scenario calm = calm_scenario(options_, seed);
    Plan plan = choose(random.between(3, most_strokes(calm)), random);
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

  /// Different blows, while there are any, each at a step of its own: they seldom spoil each other,
  /// and any of them may be the one.
  Plan choose(std::int64_t count, Random& random) {
    Plan plan;
    std::vector<bool> used(arsenal_.blows());
    while (std::cmp_less(plan.size(), count)) {
      if (plan.size() % arsenal_.blows() == 0) used.assign(arsenal_.blows(), false);
      const std::size_t place = weighted_pick(weights(used), random);
      const Stroke stroke{place / arsenal_.blows(), place % arsenal_.blows(), random.next()};
      used[stroke.blow] = true;
      ++tried_[place];
      plan.push_back(stroke);
    }
    return plan;
  }

  /// Of each step and blow: what it promises, which sinks with each time that it was tried (as an
  /// estimate from two runs would), and what new states it led to lately.
  std::vector<std::int64_t> weights(const std::vector<bool>& used) const {
    std::vector<std::int64_t> all(tried_.size());
    for (std::size_t place = 0; place < all.size(); ++place) {
      const std::size_t step = place / arsenal_.blows();
      const std::size_t blow = place % arsenal_.blows();
      if (used[blow]) continue;
      const std::int64_t hope = arsenal_.promise(step, blow) * 20 / (2 + tried_[place]);
      const std::int64_t news = (steps_[step].value() + blows_[blow].value()) / 1000;
      all[place] = (hope * hope + 1) * (news + 8);
      if (arsenal_.promise(step, blow) == 0) all[place] = 0;
    }
    return all;
  }

  DrawOptions options_;
  Arsenal arsenal_;
  std::vector<Worth> steps_;
  std::vector<Worth> blows_;
  std::vector<std::int64_t> tried_;  // by step, then blow
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
