#pragma once
// What the entries of the locks on Consul have in common.

#include <initializer_list>
#include <string_view>

#include "backends/backend.hpp"

namespace lockstep::consul {

struct EntryText {
  std::string_view name;
  std::string_view summary;
  std::string_view source;
};

/// How long a session's end closes its keys; zero: not at all.
Duration lock_delay_in(const Settings& settings);
/// An entry with everything but `connect`; `own` are other defaults for parameters.
Backend entry(EntryText text, std::initializer_list<Parameter> own = {});

}  // namespace lockstep::consul
