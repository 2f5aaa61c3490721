#pragma once
// Operations, from call to return: the events of a history in pairs (Herlihy and Wing, 1990).

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/history.hpp"

namespace lockstep {

/// The place of an event that never comes.
constexpr std::uint64_t forever = std::numeric_limits<std::uint64_t>::max();

/// What one process asked and what came of it. A view: the history must outlive it.
struct Operation {
  const Op* invoked = nullptr;
  const Op* completed = nullptr;  // null: it was still open when the history ended
  std::uint64_t call = 0;         // place of the call in the history
  std::uint64_t ret = forever;    // place of the return; forever when nobody knows what came of it

  std::int64_t process() const { return invoked->process; }
  const std::string& f() const { return invoked->f; }
  const std::string& key() const;
  /// What was read or written: the completion's where it has one, else the invocation's.
  const OpValue& value() const;
  const std::string& owner() const;
  std::uint64_t token() const;
  /// ok, fail or info; an operation that is still open counts as info.
  OpType outcome() const { return completed ? completed->type : OpType::info; }
};

/// A history that no run can have had, and where.
struct HistoryError {
  std::size_t position = 0;  // of the offending event in the history, from 0
  std::int64_t index = 0;    // its Op::index
  std::string text;          // what is wrong and what was expected
};

using Operations = std::vector<Operation>;

/// Pairs calls with returns, in the order of the calls. What precedes what is decided by place in
/// the history, not by time: recorders read the clock before they append. Events of the nemesis
/// are left out. After info a process may go on; Jepsen's never do.
tl::expected<Operations, HistoryError> operations_of(const History& history);

}  // namespace lockstep
