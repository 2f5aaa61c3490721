// The baseline, Jepsen's way: all kinds of faults at random times.
#include "harness/strategies/strategy.hpp"

namespace lockstep {
namespace {

class RandomTimes final : public Seeker {
 public:
  explicit RandomTimes(DrawOptions options) : options_(std::move(options)) {
    options_.swarm = false;
    options_.aim = false;
  }
  Scenario next(std::uint64_t seed) override { return draw(options_, seed); }

 private:
  DrawOptions options_;
};

}  // namespace

Strategy strategies::random() {
  return {.name = "random",
          .summary = "faults at random times, the baseline",
          .begin = [](const DrawOptions& options) -> std::unique_ptr<Seeker> {
            return std::make_unique<RandomTimes>(options);
          }};
}

}  // namespace lockstep
