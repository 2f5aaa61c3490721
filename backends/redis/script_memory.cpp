#include "backends/redis/script_memory.hpp"

#include <algorithm>

namespace lockstep::redis {

const ScriptRun* ScriptMemory::find(const ScriptInput& input,
                                    std::span<const Reply> replies) const {
  for (const ScriptRun& run : runs_) {
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
  ScriptRun& run = runs_[oldest_];
  oldest_ = (oldest_ + 1) % runs_.size();
  run.script = input.script;
  run.keys.assign(input.keys.begin(), input.keys.end());
  run.arguments.assign(input.arguments.begin(), input.arguments.end());
  run.calls.assign(calls.begin(), calls.end());
  run.replies.assign(replies.begin(), replies.end());
  run.result = result;
}

}  // namespace lockstep::redis
