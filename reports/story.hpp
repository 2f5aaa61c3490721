#pragma once
// The story of a run's first violation, in time order: who held, what struck, when the grant ended
// and who got it next, and which write came too late.

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/outcome.hpp"
#include "reports/assumption.hpp"

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
  elected,    // a server began to lead
  witness     // taken from the verdict, word by word
};
std::string_view name_of(StepKind kind);

/// Where in an outcome something is told: an index into beliefs, service, resource, faults, nodes
/// or history of its record, into the witness of the story's verdict, or into the entries of its
/// trace.
struct Source {
  enum class Of { none, belief, service, resource, fault, node, op, evidence, trace };
  Of of = Of::none;
  std::size_t index = 0;
  friend bool operator==(const Source&, const Source&) = default;
};
std::string_view name_of(Source::Of of);

template <class Event>
constexpr Source::Of kind_of() {
  if constexpr (std::is_same_v<Event, Belief>) return Source::Of::belief;
  if constexpr (std::is_same_v<Event, ServiceEvent>) return Source::Of::service;
  if constexpr (std::is_same_v<Event, ResourceEvent>) return Source::Of::resource;
  if constexpr (std::is_same_v<Event, FaultSpan>) return Source::Of::fault;
  if constexpr (std::is_same_v<Event, NodeSpan>) return Source::Of::node;
  if constexpr (std::is_same_v<Event, Op>) return Source::Of::op;
  if constexpr (std::is_same_v<Event, Evidence>) return Source::Of::evidence;
  return Source::Of::none;
}
/// `event` is one of `all`.
template <class Event>
Source source_of(const std::vector<Event>& all, const Event& event) {
  return {kind_of<Event>(), static_cast<std::size_t>(&event - all.data())};
}

/// What a piece of a verdict's witness tells: the change or the operation of that instant, where
/// the record has it; else the piece itself.
Source source_of(const Record& record, const Verdict& verdict, const Evidence& evidence);

/// "expired", "gc-pause", "belief", ...: what sort of event that is, in a word of its own kind.
std::string event_kind(const Outcome& outcome, const Source& source);

struct StoryStep {
  WorldTime at{};
  StepKind kind{};
  std::string who;
  std::string text;
  std::string mark{};  // what is wrong here, in two or three words; empty: nothing
  Source source{};     // what this sentence tells
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
  std::string why;  // why it happened, and what had been assumed; empty: nobody knows
  std::optional<Assumption> assumption{};  // that broke; none: the record does not say
  std::optional<std::size_t> decisive{};   // index of the step with which it did
  std::string harm{};                      // what became of it, when it did no harm; else empty
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

/// Which assumption broke, with which event, and how, in a sentence or two.
struct Reason {
  std::optional<Assumption> assumption{};
  Source decisive{};
  std::string sentence{};
};
Reason reason(const Outcome& outcome, const Incident& incident);
/// The same of a violation that is not of two holds.
Reason reason_of(const Outcome& outcome, const Verdict& verdict);

/// What may be tried.
std::vector<Advice> advice(const Outcome& outcome, const Incident& incident);
/// One sentence when the resource refused all that came too late; else empty.
std::string harm(const Outcome& outcome, const Incident& incident);

/// The steps of two holds that met, in the order of time, and the last instant that they need.
struct ToldHolds {
  std::vector<StoryStep> steps;
  WorldTime to{};
};
ToldHolds steps_of(const Outcome& outcome, const Incident& incident, WorldTime violated_at,
                   const Source& decisive);
StoryStep fault_step(const Record& record, const FaultSpan& fault);

/// "client-1"; "process 7" where the record has no name.
std::string client_name(const Record& record, std::int64_t process);

/// How many may hold at once: 1, but for semaphores.
std::int64_t permits_of(const Scenario& scenario);

/// The lease that the lock's settings name, zero where there is none.
Duration lease_of(const Scenario& scenario);

/// The length of the sessions that its grants live by, zero where there are none.
Duration session_of(const Scenario& scenario);

/// Was the node down or paused at that instant? The span it was in, else null.
const NodeSpan* out_of_action(const Record& record, const std::string& node, WorldTime at);

}  // namespace lockstep::reports
