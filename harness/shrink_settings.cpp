// Servers that are not needed, a network without variation, the usual workload, and round times.
#include <algorithm>
#include <limits>

#include "backends/backend.hpp"
#include "harness/shrinking.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

template <class Change>
bool keep_changed(Shrinking& shrinking, Change change) {
  Scenario changed = shrinking.smallest();
  change(changed);
  return shrinking.keep(changed);
}

/// The nearest numbers of one digit and of two: 1.234 s becomes 1 s, or else 1.2 s.
std::vector<std::int64_t> rounded(std::int64_t value) {
  std::vector<std::int64_t> candidates;
  for (const std::int64_t most : {10, 100}) {
    std::int64_t unit = 1;
    while (value / unit >= most) unit *= 10;
    const std::int64_t near = (value + unit / 2) / unit * unit;
    const std::int64_t above = (value + unit - 1) / unit * unit;
    for (const std::int64_t one : {near, above}) {
      if (std::ranges::find(candidates, one) == candidates.end()) candidates.push_back(one);
    }
  }
  return candidates;
}

/// Rounds one time, unless it is round; `put` puts it where it belongs.
template <class Put>
bool round_time(Shrinking& shrinking, std::int64_t value, Put put) {
  for (const std::int64_t round : rounded(value)) {
    if (round == value) return false;
    if (keep_changed(shrinking, [&](Scenario& s) { put(s, round); })) return true;
  }
  return false;
}

bool round_settings(Shrinking& shrinking, Settings Scenario::* settings) {
  bool any = false;
  const std::vector<Settings::Entry> entries = (shrinking.smallest().*settings).entries();
  for (const Settings::Entry& entry : entries) {
    const auto* length = std::get_if<Duration>(&entry.value);
    if (length == nullptr || *length == Duration::zero()) continue;
    any |= round_time(shrinking, length->count(), [&](Scenario& s, std::int64_t ns) {
      (s.*settings).put(entry.name, Duration(ns));
    });
  }
  return any;
}

bool round_faults(Shrinking& shrinking) {
  bool any = false;
  for (std::size_t i = 0; i < shrinking.smallest().faults.size(); ++i) {
    const Fault fault = shrinking.smallest().faults[i];
    any |= round_time(shrinking, nanos(fault.when.at), [&](Scenario& s, std::int64_t ns) {
      s.faults[i].when.at = WorldTime(Duration(ns));
    });
    any |= round_time(shrinking, fault.when.after.count(),
                      [&](Scenario& s, std::int64_t ns) { s.faults[i].when.after = Duration(ns); });
  }
  return any;
}

}  // namespace

bool reductions::fewer_servers(Shrinking& shrinking) {
  bool any = false;
  for (const char* name : {"replicas", "sentinels", "standbys", "servers"}) {
    const Settings& lock = shrinking.smallest().lock_settings;
    if (!lock.contains(name)) continue;
    const std::int64_t now = lock.number(name);
    for (std::int64_t fewer = name == std::string_view("servers") ? 1 : 0; fewer < now; ++fewer) {
      Scenario smaller = shrinking.smallest();
      smaller.lock_settings.put(name, fewer);
      if (!shrinking.keep_with_luck(smaller)) continue;
      any = true;
      break;
    }
  }
  return any;
}

bool reductions::constant_latency(Shrinking& shrinking) {
  NetworkProfile calm;
  for (const Duration latency : {Duration(200us), shrinking.smallest().network.latency_max}) {
    calm.latency_min = calm.latency_max = latency;
    if (shrinking.smallest().network == calm) return false;
    if (keep_changed(shrinking, [&](Scenario& s) { s.network = calm; })) return true;
  }
  bool any = false;
  any |= keep_changed(shrinking, [](Scenario& s) { s.network.tail_millionths = 0; });
  any |= keep_changed(shrinking, [](Scenario& s) { s.network.loss_millionths = 0; });
  any |= keep_changed(shrinking, [](Scenario& s) { s.network.duplicate_millionths = 0; });
  any |= keep_changed(shrinking, [](Scenario& s) { s.network.reorder_millionths = 0; });
  return any;
}

bool reductions::usual_workload(Shrinking& shrinking) {
  bool any = false;
  for (const Parameter& parameter : find_workload(shrinking.smallest().workload)->parameters) {
    if (parameter.name == "operations") continue;
    any |= keep_changed(shrinking, [&](Scenario& s) {
      s.workload_settings.put(parameter.name, parameter.fallback);
    });
  }
  return any;
}

bool reductions::rounder_times(Shrinking& shrinking) {
  bool any = round_faults(shrinking);
  any |= round_settings(shrinking, &Scenario::lock_settings);
  any |= round_settings(shrinking, &Scenario::workload_settings);
  any |= shrinking.trim();
  return any;
}

}  // namespace lockstep
