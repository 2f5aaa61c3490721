// Pairing the events of a history, and saying where that cannot be done.
#include "checker/operation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace lockstep {
namespace {

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

/// Which operation each process has open. Small numbers, the usual ones, live in an array.
class OpenOperations {
 public:
  std::size_t& of(std::int64_t process) {
    constexpr std::int64_t dense = 4096;
    if (process < 0 || process >= dense) return sparse_.try_emplace(process, none).first->second;
    const auto at = static_cast<std::size_t>(process);
    if (at >= dense_.size()) dense_.resize(at + 8, none);
    return dense_[at];
  }

 private:
  std::vector<std::size_t> dense_;
  std::map<std::int64_t, std::size_t> sparse_;
};

HistoryError error(const History& history, std::size_t position, std::string text) {
  return {position, history[position].index, std::move(text)};
}

bool empty(const OpValue& value) {
  return std::holds_alternative<std::monostate>(value.held);
}

}  // namespace

const std::string& Operation::key() const {
  return invoked->key.empty() && completed ? completed->key : invoked->key;
}

const OpValue& Operation::value() const {
  return completed && !empty(completed->value) ? completed->value : invoked->value;
}

const std::string& Operation::owner() const {
  return completed && !completed->owner.empty() ? completed->owner : invoked->owner;
}

std::uint64_t Operation::token() const {
  return completed && completed->token != 0 ? completed->token : invoked->token;
}

tl::expected<Operations, HistoryError> operations_of(const History& history) {
  Operations operations;
  operations.reserve(history.size() / 2 + 1);
  OpenOperations open;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Op& op = history[i];
    if (op.process == nemesis_process) continue;
    std::size_t& current = open.of(op.process);
    if (op.type == OpType::invoke) {
      if (current != none) {
        return tl::unexpected(error(
            history, i,
            fmt::format("process {} invokes {} while its {} of op {} is still open; a process "
                        "does one thing at a time",
                        op.process, op.f, operations[current].f(),
                        operations[current].invoked->index)));
      }
      current = operations.size();
      operations.push_back({.invoked = &op, .completed = nullptr, .call = i, .ret = forever});
      continue;
    }
    if (current == none) {
      return tl::unexpected(error(history, i,
                                  fmt::format("process {} completes {} ({}) that it never invoked",
                                              op.process, op.f, name_of(op.type))));
    }
    Operation& begun = operations[current];
    if (begun.f() != op.f) {
      return tl::unexpected(error(history, i,
                                  fmt::format("process {} completes {}, but invoked {} (op {})",
                                              op.process, op.f, begun.f(), begun.invoked->index)));
    }
    if (op.time < begun.invoked->time) {
      return tl::unexpected(
          error(history, i,
                fmt::format("process {} completes {} at {}, before its call at {}: time goes "
                            "backwards",
                            op.process, op.f, to_text(op.time), to_text(begun.invoked->time))));
    }
    begun.completed = &op;
    if (op.type != OpType::info) begun.ret = i;
    current = none;
  }
  return operations;
}

}  // namespace lockstep
