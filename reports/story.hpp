#pragma once
// The story of a run's first violation, in time order: who held, what struck, when the grant ended
// and who got it next, and which write came too late.

#include <optional>
#include <string>
#include <vector>

#include "core/outcome.hpp"

namespace lockstep::reports {

/// What sort of thing a step of a story is.
enum class StepKind {
  acquired,   // a client began to believe
  fault,      // something was done to a node or a link
  resumed,    // a node runs again
  grant_end,  // the service ended a grant: expiry, eviction, loss of memory, release
  granted,    // the service granted the lock again
  sent,       // a client sent a write that arrived much later
  accepted,   // the resource accepted an access
  refused,    // the resource refused one
  witness     // taken from the verdict, word by word
};
std::string_view name_of(StepKind kind);

struct StoryStep {
  WorldTime at{};
  StepKind kind{};
  std::string who;
  std::string text;
  std::string mark{};  // what is wrong here, in two or three words; empty: nothing
};

/// What a person may try next.
struct Advice {
  std::string text;
  std::string flag{};  // what to add to the command of this run; empty: nothing
};

struct Story {
  std::size_t verdict = 0;  // index into Outcome::verdicts
  WorldTime at{};           // the instant of the violation
  WorldTime from{};         // the first and the last instant that the story needs
  WorldTime to{};
  std::string headline;  // one sentence
  std::vector<StoryStep> steps;
  std::string why;     // which assumption broke; empty: the record does not say
  std::string harm{};  // what became of it, when it did no harm; else empty
  std::vector<Advice> advice;
};

/// The story of the violation that came first; none when nothing was violated. Strings are as in
/// the outcome: escape them for where they go.
std::optional<Story> first_violation(const Outcome& outcome);

/// Two holds of one lock of which the second began before the first had had its last effect.
struct Incident {
  const Belief* first = nullptr;
  const Belief* second = nullptr;
  const ServiceEvent* ended = nullptr;    // how the first's grant ended at the service
  const ServiceEvent* granted = nullptr;  // the second's grant
};

/// The two holds behind a violation; none when it is of another sort.
std::optional<Incident> find_incident(const Record& record, const Verdict& verdict);

/// Which assumption broke, and what may be tried.
std::string reason(const Outcome& outcome, const Incident& incident);
std::vector<Advice> advice(const Outcome& outcome, const Incident& incident);
/// One sentence when the resource refused all that came too late; else empty.
std::string harm(const Outcome& outcome, const Incident& incident);

/// "client-1"; "process 7" where the record has no name.
std::string client_name(const Record& record, std::int64_t process);

/// The lease that the lock's settings name, zero where there is none.
Duration lease_of(const Scenario& scenario);

/// Was the node down or paused at that instant? The span it was in, else null.
const NodeSpan* out_of_action(const Record& record, const std::string& node, WorldTime at);

}  // namespace lockstep::reports
