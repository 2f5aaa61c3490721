#pragma once
// One random run of a group under every kind of fault, checked after every step.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backends/raft/mistakes.hpp"

namespace lockstep::raft {

/// Which faults a run has most of.
enum class Temper : std::uint8_t { mixed, elections, changes, clocks };

struct SafetyOptions {
  SafetyOptions() = default;

  std::uint64_t seed = 1;
  Mistakes mistakes{};
  std::optional<Temper> temper{};  // none: drawn
  bool ends_well = false;          // in the end all faults are healed, and the group must go on
};

/// What a run met: a check that had nothing to check is none.
struct SafetyReport {
  SafetyReport() = default;

  std::string violation;   // empty: nothing was broken
  std::uint64_t runs = 1;  // of which this is the sum
  std::uint64_t events = 0;
  std::uint64_t elections = 0;
  std::uint64_t commits = 0;
  std::uint64_t answers = 0;  // proposals that were answered
  std::uint64_t reads = 0;
  std::uint64_t truncations = 0;
  std::uint64_t configurations = 0;
  std::uint64_t restores = 0;  // of a state machine from a snapshot
  std::uint64_t deaths = 0;
  std::uint64_t power_losses = 0;
  std::uint64_t lost_disks = 0;
  std::uint64_t pauses = 0;
  std::uint64_t cuts = 0;
  std::uint64_t troubles = 0;  // loss, duplication, reordering or delay on links
  std::uint64_t clock_changes = 0;

  void add(const SafetyReport& other);
  std::string describe() const;
};

struct NamedMistake {
  std::string_view name;
  bool Mistakes::*mistake;
  Temper shown_by;  // where it shows soonest
};
inline constexpr NamedMistake all_mistakes[] = {
    {"vote_not_synced", &Mistakes::vote_not_synced, Temper::elections},
    {"commits_old_terms", &Mistakes::commits_old_terms, Temper::elections},
    {"no_term_check", &Mistakes::no_term_check, Temper::clocks},
    {"keeps_conflicts", &Mistakes::keeps_conflicts, Temper::mixed},
    {"changes_two_at_once", &Mistakes::changes_two_at_once, Temper::changes},
    {"changes_before_own_term", &Mistakes::changes_before_own_term, Temper::changes},
    {"stale_reads", &Mistakes::stale_reads, Temper::clocks},
    {"reads_before_own_term", &Mistakes::reads_before_own_term, Temper::elections},
    {"lease_reads", &Mistakes::lease_reads, Temper::clocks},
    {"replies_before_commit", &Mistakes::replies_before_commit, Temper::mixed},
    {"even_quorum", &Mistakes::even_quorum, Temper::changes},
};

SafetyReport run_safely(const SafetyOptions& options);

}  // namespace lockstep::raft
