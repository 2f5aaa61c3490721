#include "backends/redis/script_memory.hpp"

#include <algorithm>

namespace lockstep::redis {

const ScriptRun* ScriptMemory::find(const ScriptInput& input,
                                    std::span<const Reply> replies) const {
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    const ScriptRun& run = runs_[(newest_ + i) % runs_.size()];
    if (run.script != input.script || run.replies.size() < replies.size()) continue;
    if (std::ranges::equal(run.arguments, input.arguments) &&
        std::ranges::equal(run.keys, input.keys) &&
        std::equal(replies.begin(), replies.end(), run.replies.begin())) {
      return &run;
    }
  }
  return nullptr;
}

void ScriptMemory::keep(const ScriptInput& input, std::span<const Words> calls,
                        std::span<const Reply> replies, const Reply& result) {
  newest_ = (newest_ + runs_.size() - 1) % runs_.size();
  ScriptRun& run = runs_[newest_];
  run.script = input.script;
  run.keys.assign(input.keys.begin(), input.keys.end());
  run.arguments.assign(input.arguments.begin(), input.arguments.end());
  run.calls.assign(calls.begin(), calls.end());
  run.replies.assign(replies.begin(), replies.end());
  run.result = result;
}

}  // namespace lockstep::redis
