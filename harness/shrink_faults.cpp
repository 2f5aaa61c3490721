// Fewer faults, then shorter ones, then simpler ones.
#include <algorithm>

#include "harness/shrinking.hpp"

namespace lockstep {
namespace {

/// Changes one fault of the smallest Scenario and keeps that if it may be kept.
template <class Change>
bool keep_changed(Shrinking& shrinking, std::size_t fault, Change change) {
  Scenario changed = shrinking.smallest();
  change(changed.faults[fault]);
  return shrinking.keep(changed);
}

bool keep_without_half(Shrinking& shrinking) {
  const std::size_t count = shrinking.smallest().faults.size();
  if (count < 4) return false;
  for (const std::size_t from : {std::size_t{0}, count / 2}) {
    Scenario fewer = shrinking.smallest();
    const auto begin = fewer.faults.begin() + static_cast<std::ptrdiff_t>(from);
    fewer.faults.erase(begin, begin + static_cast<std::ptrdiff_t>(count / 2));
    if (shrinking.keep(fewer)) return true;
  }
  return false;
}

bool shorten(Shrinking& shrinking, std::size_t fault) {
  const Duration now = shrinking.smallest().faults[fault].lasts;
  if (now == Duration::zero()) return false;
  return keep_least(round_numbers(1'000'000, now.count()), [&](std::int64_t length) {
    return keep_changed(shrinking, fault, [&](Fault& f) { f.lasts = Duration(length); });
  });
}

bool weaken(Shrinking& shrinking, std::size_t fault) {
  const std::int64_t now = shrinking.smallest().faults[fault].amount;
  const std::int64_t sign = now < 0 ? -1 : 1;
  return keep_least(round_numbers(1, now * sign), [&](std::int64_t size) {
    return keep_changed(shrinking, fault, [&](Fault& f) { f.amount = size * sign; });
  });
}

bool fewer_targets(Shrinking& shrinking, std::size_t fault) {
  bool any = false;
  for (std::size_t i = shrinking.smallest().faults[fault].targets.size(); i-- > 0;) {
    any |= keep_changed(shrinking, fault, [&](Fault& f) {
      f.targets.erase(f.targets.begin() + static_cast<std::ptrdiff_t>(i));
    });
  }
  return any;
}

bool simplify(Shrinking& shrinking, std::size_t fault) {
  bool any = fewer_targets(shrinking, fault);
  any |= keep_changed(shrinking, fault, [](Fault& f) { f.detail.clear(); });
  any |= keep_changed(shrinking, fault, [](Fault& f) { f.when.after = Duration::zero(); });
  any |= keep_changed(shrinking, fault, [](Fault& f) { f.when.client.clear(); });
  const std::uint32_t now = shrinking.smallest().faults[fault].when.occurrence;
  for (std::uint32_t occurrence = 1; occurrence < now; ++occurrence) {
    Scenario sooner = shrinking.smallest();
    sooner.faults[fault].when.occurrence = occurrence;
    if (shrinking.keep_with_luck(sooner)) return true;
  }
  return any;
}

}  // namespace

Scenario without_fault(const Scenario& scenario, std::size_t fault) {
  Scenario fewer = scenario;
  fewer.faults.erase(fewer.faults.begin() + static_cast<std::ptrdiff_t>(fault));
  return fewer;
}

bool reductions::fewer_faults(Shrinking& shrinking) {
  bool any = false;
  if (!shrinking.smallest().faults.empty()) {
    Scenario calm = shrinking.smallest();
    calm.faults.clear();
    any = shrinking.keep_with_luck(calm);
  }
  while (keep_without_half(shrinking)) any = true;
  for (std::size_t i = shrinking.smallest().faults.size(); i-- > 0;) {
    any |= shrinking.keep_with_luck(without_fault(shrinking.smallest(), i));
  }
  return any;
}

bool reductions::shorter_faults(Shrinking& shrinking) {
  bool any = false;
  for (std::size_t i = 0; i < shrinking.smallest().faults.size(); ++i) {
    any |= shorten(shrinking, i);
    any |= weaken(shrinking, i);
  }
  return any;
}

bool reductions::simpler_faults(Shrinking& shrinking) {
  bool any = false;
  for (std::size_t i = 0; i < shrinking.smallest().faults.size(); ++i) {
    any |= simplify(shrinking, i);
  }
  return any;
}

}  // namespace lockstep
