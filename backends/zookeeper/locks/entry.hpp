#pragma once
// What the entries of the locks on ZooKeeper have in common: parameters, servers, what a change of
// their line means, and the time in which somebody must get the lock.

#include <initializer_list>
#include <memory>
#include <string_view>

#include "backends/backend.hpp"

namespace lockstep::zookeeper {

struct EntryText {
  std::string_view name;
  std::string_view summary;
  std::string_view source;
};

/// An entry with everything but `connect`; `own` are parameters of this lock alone. The first in
/// line holds.
Backend entry(EntryText text, std::initializer_list<Parameter> own = {});
/// The slips that a lock on sequential nodes can be given (SequenceSlips).
std::vector<Parameter> slip_parameters();

}  // namespace lockstep::zookeeper
