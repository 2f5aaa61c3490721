#pragma once
// Random histories and scenarios for the round-trip laws.

#include <rapidcheck.h>

#include "core/history.hpp"
#include "core/scenario.hpp"

namespace lockstep {

/// Text with whatever is hard to quote in it; always valid UTF-8.
inline rc::Gen<std::string> any_text() {
  const auto piece = rc::gen::elementOf(
      std::vector<std::string>{"a", "lock-1", " ", "\"", "\\", "\n", "\t", "\x01", "\x7f", "#", ";",
                               "'", "[",      "}", ":",  "ü",  "→",  "𝄞",  "\\u",  "nil",  "0"});
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const std::string& p : pieces) text += p;
                        return text;
                      });
}

inline OpValue any_value(int depth) {
  switch (*rc::gen::inRange(0, depth > 0 ? 4 : 3)) {
    case 1: return OpValue{*rc::gen::arbitrary<std::int64_t>()};
    case 2: return OpValue{*any_text()};
    case 3: {
      OpValue::List list;
      const int size = *rc::gen::inRange(0, 4);
      for (int i = 0; i < size; ++i) list.push_back(any_value(depth - 1));
      return OpValue{list};
    }
    default: return OpValue{};
  }
}

inline Op any_op(std::int64_t index) {
  Op op;
  op.index = index;
  op.time = WorldTime(Duration(*rc::gen::arbitrary<std::int64_t>()));
  op.process = *rc::gen::inRange<std::int64_t>(-1, 100);
  op.type = *rc::gen::element(OpType::invoke, OpType::ok, OpType::fail, OpType::info);
  op.f = "f" + *any_text();
  op.key = *any_text();
  op.value = any_value(3);
  op.owner = *any_text();
  op.token = *rc::gen::inRange<std::uint64_t>(0, INT64_MAX);
  op.error = *any_text();
  return op;
}

inline History any_history() {
  History history;
  const int size = *rc::gen::inRange(0, 6);
  for (int i = 0; i < size; ++i) history.push_back(any_op(i));
  return history;
}

inline Duration any_length() {
  return Duration(*rc::gen::oneOf(rc::gen::inRange<std::int64_t>(1, INT64_MAX),
                                  rc::gen::inRange<std::int64_t>(1, 100'000'000'000)));
}

inline Settings any_settings() {
  Settings settings;
  settings.put("lease", any_length());
  settings.put("retry", *rc::gen::arbitrary<bool>());
  settings.put("tries", *rc::gen::inRange<std::int64_t>(0, INT64_MAX));
  settings.put("eviction", *any_text());
  return settings;
}

/// The parameters that any_settings() has values for.
inline std::vector<Parameter> known_parameters() {
  return {{"lease", Duration(10s), "how long a grant lasts"},
          {"retry", false, "ask again after a timeout"},
          {"tries", std::int64_t{3}, "how often"},
          {"eviction", std::string("noeviction"), "what goes when memory is full"}};
}

inline Trigger any_trigger() {
  Trigger when;
  if (*rc::gen::arbitrary<bool>()) {
    when.at = WorldTime(any_length());
    return when;
  }
  when.step = "s" + *any_text();
  when.client = *any_text();
  when.occurrence = *rc::gen::inRange<std::uint32_t>(1, UINT32_MAX);
  when.after = any_length();
  return when;
}

inline Scenario any_scenario() {
  Scenario s;
  s.lock = *any_text();
  s.lock_settings = any_settings();
  s.workload = *any_text();
  s.workload_settings = any_settings();
  s.resource = *rc::gen::element(ResourcePolicy::none, ResourcePolicy::fence_all,
                                 ResourcePolicy::same_store);
  s.clients = *rc::gen::inRange(1, 10'000);
  s.duration = any_length();
  s.seed = *rc::gen::arbitrary<std::uint64_t>();
  s.network.latency_min = any_length();
  s.network.latency_max = std::max(s.network.latency_min, any_length());
  s.network.loss_millionths = *rc::gen::inRange(0u, 1'000'001u);
  s.network.tail_millionths = *rc::gen::inRange(0u, 1'000'001u);
  s.network.tail_max = any_length();
  s.network.duplicate_millionths = *rc::gen::inRange(0u, 1'000'001u);
  s.network.reorder_millionths = *rc::gen::inRange(0u, 1'000'001u);
  s.network.reorder_by = any_length();
  s.step_max = any_length();
  const int faults = *rc::gen::inRange(0, 4);
  for (int i = 0; i < faults; ++i) {
    Fault fault;
    fault.kind = *any_text();
    fault.targets = *rc::gen::container<std::vector<std::string>>(any_text());
    fault.when = any_trigger();
    fault.lasts = any_length();
    fault.amount = *rc::gen::arbitrary<std::int64_t>();
    fault.detail = *any_text();
    s.faults.push_back(fault);
  }
  return s;
}

}  // namespace lockstep
