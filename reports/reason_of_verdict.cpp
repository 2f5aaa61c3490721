// Which assumption broke where no two holds met: in the words of the verdict alone.
#include <algorithm>

#include "reports/story.hpp"

namespace lockstep::reports {
namespace {

bool says(const Verdict& verdict, std::string_view words) {
  return verdict.explanation.find(words) != std::string::npos;
}

/// Nobody got the lock any more.
Reason of_progress(const Verdict& verdict) {
  if (says(verdict, "self-wait")) {
    return {Assumption::knows_its_own,
            {},
            "A client waits for a grant that is its own: it does not know that it was granted, and "
            "nobody else will end it."};
  }
  if (says(verdict, "lost wake-up")) {
    return {Assumption::waiters_are_woken,
            {},
            "The lock is free, and nobody tells those who wait for it."};
  }
  if (says(verdict, "split votes")) {
    return {
        Assumption::somebody_succeeds,
        {},
        "Nobody has enough servers: what attempts that failed left behind at some of them keeps "
        "everybody out."};
  }
  if (says(verdict, "livelock")) {
    return {Assumption::somebody_succeeds,
            {},
            "Attempts went on, and what one had won another's attempt undid."};
  }
  return {Assumption::left_behind_ends,
          {},
          "A lock that nobody holds any more was never free again: what its last holder left "
          "behind has no end of its own."};
}

Reason without_event(const Verdict& verdict) {
  const std::string& property = verdict.property;
  if (says(verdict, "cycle")) {
    return {Assumption::one_order,
            {},
            "Locks were taken in different orders: each waits for what the other holds, and "
            "neither gives up what it has."};
  }
  if (property == "deadlock-freedom") return of_progress(verdict);
  if (property == "bounded-wait") {
    return {Assumption::first_come_first_served,
            {},
            "The order in which clients asked is not the order in which they are served."};
  }
  if (property == "permits-conserved" || property == "no-overselling") {
    return {Assumption::found_and_taken_at_once,
            {},
            "What was counted and what was taken are not changed in one step: something came "
            "between."};
  }
  if (property == "job-once") {
    return {std::nullopt,
            {},
            "That a job is done, and that its lock is free, are told apart: whoever finds the lock "
            "free does the job again."};
  }
  if (property == "token-order") {
    return {Assumption::tokens_rise,
            {},
            "A token was not higher than those before it: no resource can tell old from new."};
  }
  if (property == "release-rights" && says(verdict, "late release")) {
    return {Assumption::own_commands_spare_it,
            {},
            "A release that comes late, or twice, ends whatever its sender holds by then."};
  }
  if (property == "release-rights") {
    return {Assumption::release_of_its_own,
            {},
            "A release that does not check whose grant it ends may end anybody's."};
  }
  if (property == "effect-exclusion") {
    return {Assumption::delivered_in_time,
            {},
            "An access of a hold that was over reached the resource among those of another."};
  }
  if (property == "service-exclusion") {
    return {Assumption::no_more_than_there_is,
            {},
            "The service let one more in while the grants before were still alive."};
  }
  if (says(verdict, "non-atomic section")) {
    return {
        std::nullopt, {}, "A section was cut between its writes: no lock makes two writes one."};
  }
  if (property == "loss-detection") {
    return {Assumption::holder_learns_in_time,
            {},
            "A client that lost its grant was not told, and did not look."};
  }
  return {std::nullopt, {}, "What contradicts the property stands in its witness, piece by piece."};
}

}  // namespace

Reason reason_of(const Outcome& outcome, const Verdict& verdict) {
  Reason reason = without_event(verdict);
  if (verdict.witness.empty()) return reason;
  const auto of_a_server = [&](const Evidence& evidence) {
    const std::vector<std::string>& clients = outcome.record.processes;
    return std::ranges::find(clients, evidence.who) == clients.end();
  };
  // What a lock is stuck with is a grant; else it is what happened when it was violated, or last.
  const bool stuck = verdict.property == "deadlock-freedom";
  auto decisive = std::ranges::find_if(verdict.witness, [&](const Evidence& evidence) {
    return stuck ? of_a_server(evidence) : evidence.at == verdict.at && of_a_server(evidence);
  });
  if (decisive == verdict.witness.end()) decisive = verdict.witness.end() - 1;
  reason.decisive = source_of(outcome.record, verdict, *decisive);
  return reason;
}

}  // namespace lockstep::reports
