#pragma once
// What the entries of the locks of the Raft lock service have in common.

#include <memory>
#include <string>
#include <string_view>

#include "backends/backend.hpp"

namespace lockstep::raft {

struct EntryText {
  std::string_view name;
  std::string_view summary;
  std::string_view source;
};

/// An entry; `mistake` is what its service does wrong.
Backend entry(EntryText text, std::string mistake,
              std::unique_ptr<Lock> (*connect)(Env& client, LockOptions options));

}  // namespace lockstep::raft
