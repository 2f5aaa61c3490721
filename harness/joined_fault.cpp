// Two faults of one kind as a single one: what strikes twice, at links of the same node, can often
// strike at once.
#include <algorithm>

#include "harness/shrinking.hpp"

namespace lockstep {
namespace {

bool is_about_links(const Fault& fault) {
  return fault.kind == "delay" || fault.kind == "loss" || fault.kind == "duplicate" ||
         fault.kind == "reorder";
}

bool names(const Fault& fault, const std::string& node) {
  return std::ranges::find(fault.targets, node) != fault.targets.end();
}

bool cuts_pairs(const Fault& fault) {
  return fault.kind == "partition" && fault.detail.starts_with("pair");
}

std::optional<Fault> links_of_common_node(const Fault& a, const Fault& b) {
  for (const std::string& node : a.targets) {
    if (!names(b, node)) continue;
    Fault joined = a;
    joined.targets = {node};
    joined.detail.clear();
    return joined;
  }
  return std::nullopt;
}

/// Does every link that is cut end at this node?
bool is_around(const Fault& cut, const std::string& node) {
  return cut.targets.front() == node || (cut.targets.size() == 2 && names(cut, node));
}

/// One way only where both are, and the same one.
std::optional<Fault> cut_around_common_node(const Fault& a, const Fault& b) {
  for (const std::string& node : a.targets) {
    if (!is_around(a, node) || !is_around(b, node)) continue;
    Fault joined = a;
    const bool same_way = a.targets.front() == node && b.targets.front() == node;
    if (a.detail != b.detail || !same_way) joined.detail = "pair";
    joined.targets = {node};
    for (const Fault* cut : {&a, &b}) {
      for (const std::string& other : cut->targets) {
        if (!names(joined, other)) joined.targets.push_back(other);
      }
    }
    return joined;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fault> joined_fault(const Fault& a, const Fault& b) {
  if (a.kind != b.kind) return std::nullopt;
  std::optional<Fault> joined;
  if (is_about_links(a)) joined = links_of_common_node(a, b);
  if (cuts_pairs(a) && cuts_pairs(b)) joined = cut_around_common_node(a, b);
  if (!joined) return std::nullopt;
  const bool for_good = a.lasts == Duration(0) || b.lasts == Duration(0);
  joined->lasts = for_good ? Duration(0) : std::max(a.lasts, b.lasts);
  joined->amount = std::max(a.amount, b.amount);
  return joined;
}

}  // namespace lockstep
