#pragma once
// What the entries of the locks on etcd have in common: parameters, members, what a change of their
// line means, and the time in which somebody must get the lock.

#include <initializer_list>
#include <memory>
#include <string_view>

#include "backends/backend.hpp"

namespace lockstep::etcd {

struct EntryText {
  std::string_view name;
  std::string_view summary;
  std::string_view source;
};

/// An entry with everything but `connect`; `own` are parameters of this lock alone. Grants are read
/// from the line of the lock's keys.
Backend entry(EntryText text, std::initializer_list<Parameter> own = {});

}  // namespace lockstep::etcd
