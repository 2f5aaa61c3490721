#pragma once
// All that decides a run, as plain data: run() is a function of this and of nothing else.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/settings.hpp"
#include "core/time.hpp"

namespace lockstep {

/// When a fault strikes: at an instant of true time, or when a client reaches a named step of its
/// protocol for the n-th time.
struct Trigger {
  WorldTime at{};          // used when `step` is empty
  std::string step{};      // "granted", "checked", "renewing", ...
  std::string client{};    // which client must reach it; empty: any
  std::uint32_t occurrence = 1;  // the n-th time, counted from 1
  Duration after{};        // how long after the step

  friend bool operator==(const Trigger&, const Trigger&) = default;
};

/// One fault, flat, so that lists of them can be saved, drawn, shrunk and compared.
struct Fault {
  std::string kind;                  // as in `lockstep list faults`
  std::vector<std::string> targets;  // names of nodes; "self": the client that reached the step
  Trigger when;
  Duration lasts{};         // 0: until the run is healed (or for good, as the kind says)
  std::int64_t amount = 0;  // how much; unit and meaning as the kind says
  std::string detail{};     // a variant of the kind, where it has any

  friend bool operator==(const Fault&, const Fault&) = default;
};

/// How the links behave when nothing is wrong.
struct NetworkProfile {
  Duration latency_min = 100us;  // one way
  Duration latency_max = 500us;
  std::uint32_t tail_millionths = 0;  // of messages: these take up to tail_max, log-uniformly
  Duration tail_max = 20ms;
  std::uint32_t loss_millionths = 0;         // of segments, each way; TCP sends them again later
  std::uint32_t duplicate_millionths = 0;    // of datagrams
  std::uint32_t reorder_millionths = 0;      // of datagrams: delayed by up to reorder_by
  Duration reorder_by = 5ms;

  friend bool operator==(const NetworkProfile&, const NetworkProfile&) = default;
};

/// What the protected resource checks (lock-algorithms.md A0).
enum class ResourcePolicy : std::uint8_t {
  none,              ///< RP0
  fence_writes,      ///< RP1: a write is accepted iff its token >= the highest seen on writes
  fence_all,         ///< RP2: reads carry the token too and raise the highest seen
  compare_version,   ///< RP3: a write is accepted iff the version is still the one read
  same_store         ///< RP4: the effect and the check that the lock is mine are one transaction
};
std::string_view name_of(ResourcePolicy policy);  // "RP0" to "RP4"
std::string_view meaning_of(ResourcePolicy policy);
std::optional<ResourcePolicy> resource_policy_named(std::string_view name);

struct Scenario {
  std::string lock = "redis-setpx";
  Settings lock_settings;      // every parameter of the lock, explicit
  std::string workload = "counter";
  Settings workload_settings;  // every parameter of the workload, explicit
  ResourcePolicy resource = ResourcePolicy::none;
  std::int64_t clients = 3;
  Duration duration = 60s;     // how long clients start new work and faults strike
  std::uint64_t seed = 1;
  NetworkProfile network;
  Duration step_max = 20us;    // processor time of one local step: 1 us to this
  std::vector<Fault> faults;

  friend bool operator==(const Scenario&, const Scenario&) = default;
};

}  // namespace lockstep
