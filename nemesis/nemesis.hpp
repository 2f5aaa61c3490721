#pragma once
// Brings a Scenario's faults upon a world: at their times, or when a client reaches a named step.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/record.hpp"
#include "nemesis/fault_kind.hpp"

namespace lockstep {

/// One run's nemesis. Its faults end by themselves after their length, and all at once in heal().
class Nemesis {
 public:
  /// `spans` gets an entry for each fault that strikes, and its end.
  Nemesis(sim::World& world, const std::vector<Fault>& faults, std::vector<FaultSpan>& spans);

  /// A client reached a step: faults aimed at it are scheduled.
  void on_step(sim::Node& node, std::string_view step);
  /// Ends all faults that are in force and lets no new one strike.
  void heal();

 private:
  struct Aimed {
    std::size_t fault;
    std::uint32_t seen = 0;
    bool struck = false;
  };
  void schedule(std::size_t fault, WorldTime at, sim::Node* self);
  void strike(std::size_t fault, sim::Node* self);
  void end(std::size_t span);

  sim::World& world_;
  const std::vector<Fault>& faults_;
  std::vector<FaultSpan>& spans_;
  std::vector<Aimed> aimed_;
  std::map<std::size_t, Undo> in_force_;  // by span
  bool healed_ = false;
};

}  // namespace lockstep
