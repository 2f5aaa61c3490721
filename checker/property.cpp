// The table of properties.
#include "checker/property.hpp"

#include <fmt/core.h>

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

std::string why_never_judged(std::string_view name) {
  const std::string_view needs = find_property(name)->needs;
  return fmt::format("{} is never judged here{}{}", name, needs.empty() ? "" : ": it needs ",
                     needs);
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
