#pragma once
// What the entries of the locks on one Redis instance have in common: parameters, server, what a
// change of their key means, and the time in which somebody must get the lock.

#include <initializer_list>
#include <memory>
#include <string_view>

#include "backends/backend.hpp"

namespace lockstep::redis {

struct EntryText {
  std::string_view name;
  std::string_view summary;
  std::string_view source;
};

/// An entry with everything but `connect` and `steps`; `own` are parameters of this lock alone, or
/// other defaults for those that all have.
Backend entry(EntryText text, std::initializer_list<Parameter> own = {});

/// Appends `step` names to what the entry has.
Backend with_steps(Backend backend, std::initializer_list<std::string_view> steps);

template <class L>
std::unique_ptr<Lock> make_lock(Env& client, LockOptions options) {
  return std::make_unique<L>(client, std::move(options));
}

/// Keys "lock:<name>" whose value is the owner.
void interpret_owner_key(const KeyChange& change, std::vector<GrantNote>& out);
/// Keys "lock:<name>" that are hashes with one field, the owner's name, and a count.
void interpret_owner_hash(const KeyChange& change, std::vector<GrantNote>& out);

/// Backend::fail_over of all locks on one master: replicas and Sentinels where there were none, a
/// short enough `down_after`, and a master that dies or is cut off with what it did not replicate.
void fail_over(Scenario& scenario, Random& random);

/// Lease, longest pause between tries and all timeouts of a few commands, with a margin.
Duration polling_bound(const Settings& settings);

}  // namespace lockstep::redis
