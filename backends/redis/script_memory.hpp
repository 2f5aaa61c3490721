#pragma once
// What scripts did before. A script sees nothing but its keys, its arguments and the replies to
// its commands, so with the same of these it does the same again and need not be interpreted: a
// Redlock sends one script to five instances, and four of them only carry out its commands.

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "backends/redis/reply.hpp"
#include "backends/redis/words.hpp"

namespace lockstep::redis {

struct Script;

/// A script and what it is given.
struct ScriptInput {
  const Script* script = nullptr;
  std::span<const std::string> keys;
  std::span<const std::string> arguments;
};

/// One run of a script.
struct ScriptRun {
  const Script* script = nullptr;
  Words keys;
  Words arguments;
  std::vector<Words> calls;    // the commands it made
  std::vector<Reply> replies;  // to each of them
  Reply result;
};

/// The last few runs. Nothing that a script or a client sees depends on what is in here.
class ScriptMemory {
 public:
  /// A script that makes more commands than this is not worth remembering.
  static constexpr std::size_t most_calls = 8;

  /// The last run of the same script on the same input whose first replies were these; null when
  /// none is remembered. Valid until the next `keep`.
  const ScriptRun* find(const ScriptInput& input, std::span<const Reply> replies) const;
  /// Remembers a run in place of the oldest. Not for runs that depended on anything else.
  void keep(const ScriptInput& input, std::span<const Words> calls, std::span<const Reply> replies,
            const Reply& result);

 private:
  std::array<ScriptRun, 8> runs_;  // the newest at newest_, the older ones after it, in a circle
  std::size_t newest_ = 0;
};

}  // namespace lockstep::redis
