// The table of properties.
#include "checker/property.hpp"

namespace lockstep {

const std::vector<Property>& all_properties() {
  static const std::vector<Property> all = {
#define LOCKSTEP_ENTRY(name) properties::name(),
      LOCKSTEP_PROPERTIES(LOCKSTEP_ENTRY)
#undef LOCKSTEP_ENTRY
  };
  return all;
}

const Property* find_property(std::string_view name) {
  for (const Property& property : all_properties()) {
    if (property.name == name) return &property;
  }
  return nullptr;
}

std::vector<Verdict> judge_all(const Case& judged) {
  std::vector<Verdict> verdicts;
  verdicts.reserve(all_properties().size());
  for (const Property& property : all_properties()) {
    if (!property.applies(judged)) continue;
    verdicts.push_back(property.judge(judged));
    verdicts.back().property = property.name;
  }
  return verdicts;
}

}  // namespace lockstep
