#pragma once
// Tells from the record how a violation came about: who did what, and when. The same words for
// every property.

#include <string>
#include <vector>

#include "checker/properties/ledger.hpp"
#include "core/case.hpp"
#include "core/verdict.hpp"

namespace lockstep {

class Story {
 public:
  explicit Story(const Case& judged) : record_(judged.record) {}

  // What happened, in any order and as often as one likes.
  void believed(const Belief& belief);
  void granted(const Grant& grant);
  void lost(const Grant& grant);
  void happened(const ServiceEvent& event);
  void accessed(const ResourceEvent& event);
  void struck(const FaultSpan& fault);
  void did(const Op& op);

  /// How `stale` came to hold a lock that was given to `rival`: the faults that met it, the loss
  /// of its grant, the second grant, as far as the record shows them and until `until`. Takes
  /// them into the story and gives one phrase, "client-1 paused for 12 s, its lease of lock-1
  /// expired at 3.2 s, client-2 was granted lock-1 at 3.3 s"; empty when the record shows none.
  std::string how_it_came(const Ledger& ledger, const Belief& stale, const Belief& rival,
                          WorldTime until);

  /// The evidence in time order, each once.
  std::vector<Evidence> tell() &&;

  std::string who(std::int64_t process) const;
  std::string by_whom(const ServiceEvent& event) const;  // the process, or else the server

 private:
  void add(WorldTime at, std::string who, std::string text, std::int64_t op = -1);
  std::vector<const FaultSpan*> faults_on(const std::string& node, WorldTime from,
                                          WorldTime to) const;

  const Record& record_;
  std::vector<Evidence> evidence_;
};

/// "lease of lock-1 expired at 3.300 s", "grant of lock-1 was released by client-2 at ...": what
/// became of a grant, after "its".
std::string fate_of(const Story& story, const ServiceEvent& end);

/// "3.300 s".
std::string at_text(WorldTime at);
/// "57.698 s": to the millisecond, as people read it.
std::string length_text(Duration length);

/// Which of two beliefs rests on the older claim: the one whose grant ended first, else the one
/// that began first.
bool is_staler(const Ledger& ledger, const Belief& a, const Belief& b);

}  // namespace lockstep
