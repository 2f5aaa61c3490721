// P9: how long a client goes on believing after the service has taken its grant away. A figure:
// only a lock that claimed a bound could break it, and none does so far.
#include <fmt/format.h>

#include <algorithm>

#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

Verdict judge(const Case& judged) {
  const Record& record = judged.record;
  if (service_log_missing(record)) return unknown(false, std::string(no_service_log));
  const Ledger ledger(record);
  const Belief* slowest = nullptr;
  const Grant* its_grant = nullptr;
  Duration longest{};
  for (const Belief& belief : record.beliefs) {
    const Grant* grant = ledger.of(belief);
    if (grant == nullptr || !grant->taken_away()) continue;
    const WorldTime knew = std::min(belief.to, record.ended_at);
    const Duration lag = knew - std::max(grant->to(), belief.from);
    if (lag <= longest) continue;
    longest = lag;
    slowest = &belief;
    its_grant = grant;
  }
  if (slowest == nullptr) return holds(false, "no client believed in a grant that was taken away");
  const Story story(judged);
  return holds(false, fmt::format("{} believed for {} after its {}", story.who(slowest->process),
                                  length_text(longest), fate_of(story, *its_grant->ended)));
}

}  // namespace

Property properties::loss_detection() {
  return {.name = "loss-detection",
          .code = "P9",
          .summary = "how long clients believe in a grant that the service took away",
          .applies = always,
          .judge = judge};
}

}  // namespace lockstep
