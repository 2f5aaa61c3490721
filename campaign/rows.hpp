#pragma once
// What a campaign keeps: one row per run, and the smallest scenario of each distinct failure.

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "core/time.hpp"

namespace lockstep {

/// The runs of a campaign that goes on until it is stopped.
constexpr std::uint64_t without_end = 1'000'000'000'000;

/// What all runs of a campaign have in common; two files with the same may be merged.
struct CampaignHead {
  std::string build;     // of the sources that decide a run
  std::string settings;  // lines of text: the scenario that all are drawn from, and how
  std::uint64_t first_seed = 1;
  std::uint64_t planned = 0;            // runs; may grow when the campaign goes on
  std::vector<std::string> properties;  // what RunRow::verdicts is about, in this order

  friend bool operator==(const CampaignHead&, const CampaignHead&) = default;
};

/// Why rows of these two may not stand in one file; empty: they may.
std::string difference(const CampaignHead& here, const CampaignHead& there);

struct RunRow {
  std::uint64_t index = 0;  // seed = first_seed + index
  std::uint64_t seed = 0;
  std::uint64_t digest = 0;
  /// One letter per property: h holds, u unknown, v violated; a capital where the lock promises it;
  /// - where it does not apply.
  std::string verdicts;
  /// Verdict::tried of each violated property, in the same order: "3,17".
  std::string tried{};
  bool overlapped = false;  // a fault met a hold
  std::uint64_t holds = 0;
  std::uint64_t events = 0;
  std::uint64_t messages = 0;
  Duration simulated{};
  std::string failure{};  // a bug ended the run
  std::string pattern{};  // of its failure, as in FailureRow; empty: nothing was violated

  friend bool operator==(const RunRow&, const RunRow&) = default;
};

/// A distinct failure, by the smallest of the runs that showed it.
struct FailureRow {
  std::string pattern;   // "belief-exclusion: pause>expiry>grant>belief"
  std::string property;  // what was violated; empty: a bug ended the run
  bool promised = false;
  std::uint64_t index = 0;
  std::uint64_t seed = 0;
  std::int64_t clients = 0;
  std::int64_t faults = 0;
  Duration duration{};
  std::string scenario;    // TOML
  std::uint64_t runs = 0;  // that showed it; counted from the rows of the runs when read

  friend bool operator==(const FailureRow&, const FailureRow&) = default;
};

/// A distinct failure made as small as it can be: of the run of that index, which FailureRow had.
struct ShrunkRow {
  std::string pattern;
  std::uint64_t index = 0;
  std::int64_t clients = 0;
  std::int64_t faults = 0;
  Duration duration{};
  bool minimal = false;  // nothing more can go
  std::string scenario;  // TOML

  friend bool operator==(const ShrunkRow&, const ShrunkRow&) = default;
};

}  // namespace lockstep
