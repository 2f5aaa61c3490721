#include "core/scenario.hpp"

namespace lockstep {
namespace {

struct PolicyName {
  ResourcePolicy policy;
  std::string_view name;
  std::string_view meaning;
};
constexpr PolicyName policies[] = {
    {ResourcePolicy::none, "RP0", "the resource checks nothing"},
    {ResourcePolicy::fence_writes, "RP1", "writes with an older token than seen are refused"},
    {ResourcePolicy::fence_all, "RP2", "reads and writes with an older token are refused"},
    {ResourcePolicy::compare_version, "RP3", "a write is refused unless its version is current"},
    {ResourcePolicy::same_store, "RP4", "the write and the check of the lock are one transaction"},
};

}  // namespace

std::string_view name_of(ResourcePolicy policy) {
  for (const PolicyName& p : policies) {
    if (p.policy == policy) return p.name;
  }
  return "?";
}

std::string_view meaning_of(ResourcePolicy policy) {
  for (const PolicyName& p : policies) {
    if (p.policy == policy) return p.meaning;
  }
  return "?";
}

std::optional<ResourcePolicy> resource_policy_named(std::string_view name) {
  for (const PolicyName& p : policies) {
    if (p.name == name) return p.policy;
  }
  return std::nullopt;
}

}  // namespace lockstep
