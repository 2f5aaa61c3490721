#pragma once
// Scenarios and faults as rapidcheck generators, for laws over all runs:
//
//     RC_GTEST_PROP(MyLock, NeverGrantsTwice, ()) {
//       const auto scenario = *lockstep::any_scenario(lockstep::scenario().of("my-lock"));
//       RC_ASSERT(lockstep::run(scenario).failure.empty());
//     }
//
// A counterexample shrinks to fewer faults and to a lower seed.

#include <rapidcheck.h>

#include "lockstep/testing.hpp"
#include "nemesis/fault_kind.hpp"

namespace lockstep {

/// Any fault that may befall a run of `base`, drawn as `lockstep sweep` draws.
inline rc::Gen<Fault> any_fault(const Scenario& base) {
  Cluster cluster;
  const NodeNames names = node_names(base);
  cluster.clients = names.clients;
  cluster.servers = names.servers;
  cluster.resources = names.resources;
  cluster.lease = base.lock_settings.duration(find_backend(base.lock)->lease);
  const Duration within = base.duration;
  return rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [cluster, within](std::uint64_t seed) {
    Random random(seed, "rapidcheck");
    const FaultKind& kind = random.pick(all_fault_kinds());
    return kind.draw(random, cluster, within);
  });
}

/// Runs of `options.base` with any seed and any faults, of whichever kinds; those that
/// `options.faults` names alone, where it names some.
inline rc::Gen<Scenario> any_scenario(const DrawOptions& options) {
  const Scenario base = options.base;
  const std::vector<std::string> kinds = options.faults;
  const auto wanted = [kinds](const Fault& fault) {
    return kinds.empty() || std::find(kinds.begin(), kinds.end(), fault.kind) != kinds.end();
  };
  const auto faults =
      rc::gen::container<std::vector<Fault>>(rc::gen::suchThat(any_fault(base), wanted));
  return rc::gen::map(rc::gen::pair(rc::gen::arbitrary<std::uint64_t>(), faults),
                      [base](std::pair<std::uint64_t, std::vector<Fault>> drawn) {
                        Scenario scenario = base;
                        scenario.seed = drawn.first;
                        for (Fault& fault : drawn.second) scenario.faults.push_back(fault);
                        return scenario;
                      });
}

}  // namespace lockstep
