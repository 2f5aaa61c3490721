#include "nemesis/fault_kind.hpp"

#include "nemesis/additions.hpp"

namespace lockstep {

Additions<FaultKind>& added_fault_kinds() {
  static Additions<FaultKind> added;
  return added;
}

const std::vector<FaultKind>& all_fault_kinds() {
#define LOCKSTEP_CALL(name) faults::name(),
  static const std::vector<FaultKind> all =
      added_fault_kinds().behind({LOCKSTEP_FAULTS(LOCKSTEP_CALL)});
#undef LOCKSTEP_CALL
  return all;
}

const FaultKind* find_fault_kind(std::string_view name) {
  for (const FaultKind& kind : all_fault_kinds()) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

std::string names_of(const std::vector<sim::Node*>& nodes) {
  std::string text;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i > 0) text += i + 1 == nodes.size() ? " and " : ", ";
    text += nodes[i]->name();
  }
  return text;
}

std::string for_how_long(const Fault& fault) {
  return fault.lasts > Duration::zero() ? " for " + to_text(fault.lasts) : std::string();
}

}  // namespace lockstep
