// Swarm testing: each seed leaves some kinds of faults out, and varies network and think times; one
// in four aims all its faults at steps of the protocol.
#include "harness/strategies/strategy.hpp"

namespace lockstep {
namespace {

class Swarm final : public Seeker {
 public:
  explicit Swarm(DrawOptions options) : options_(std::move(options)) { options_.swarm = true; }
  Scenario next(std::uint64_t seed) override { return draw(options_, seed); }

 private:
  DrawOptions options_;
};

}  // namespace

Strategy strategies::swarm() {
  return {.name = "swarm",
          .summary = "each seed draws its own subset of the faults, network and think times",
          .begin = [](const DrawOptions& options) -> std::unique_ptr<Seeker> {
            return std::make_unique<Swarm>(options);
          }};
}

}  // namespace lockstep
