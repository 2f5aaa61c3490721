#include "formats/history_file.hpp"

#include <fmt/core.h>

#include <map>

namespace lockstep {
namespace {

FileError orphan(const Op& op, const Place& at) {
  return FileError{
      at,
      fmt::format("process {} gets \"{}\" for {}, but has no call that waits for a reply",
                  op.process, name_of(op.type), op.f),
      "every ok, fail and info comes after the invoke of the same process that it answers"};
}

FileError stranger(const Op& op, const Op& call, const Place& at, const Place& called) {
  return FileError{at,
                   fmt::format("process {} gets \"{}\" for {}, but its call at {} was {}",
                               op.process, name_of(op.type), op.f, to_text(called), call.f),
                   "a reply names the same operation (f) as its call"};
}

FileError second_call(const Op& op, const Place& at, const Place& called) {
  return FileError{at,
                   fmt::format("process {} calls {} before its call at {} has a reply", op.process,
                               op.f, to_text(called)),
                   "a process makes one call at a time; end the lost one with info"};
}

}  // namespace

FileResult<void> check_calls(const HistoryFile& file) {
  std::map<std::int64_t, std::size_t> waiting;  // process -> its open call
  for (std::size_t i = 0; i < file.history.size(); ++i) {
    const Op& op = file.history[i];
    if (op.process == nemesis_process) continue;
    const auto call = waiting.find(op.process);
    if (op.type == OpType::invoke) {
      if (call != waiting.end()) {
        return misread(second_call(op, file.places[i], file.places[call->second]));
      }
      waiting.emplace(op.process, i);
      continue;
    }
    if (call == waiting.end()) return misread(orphan(op, file.places[i]));
    const std::size_t at = call->second;
    if (file.history[at].f != op.f) {
      return misread(stranger(op, file.history[at], file.places[i], file.places[at]));
    }
    waiting.erase(call);
  }
  return {};
}

}  // namespace lockstep
