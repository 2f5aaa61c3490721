#pragma once
// A search as a page: how often each property was violated and how sure that is, each distinct
// failure with its smallest run to open, and what the faults met.

#include <cstdint>
#include <string>
#include <vector>

#include "reports/sweep_text.hpp"

namespace lockstep::reports {

/// A way in which something went wrong, by the smallest run that showed it.
struct CampaignFailure {
  std::string pattern;  // "belief-exclusion: pause>expiry>grant>belief"
  bool promised = true;
  std::uint64_t runs = 0;  // that showed it
  std::uint64_t seed = 0;
  std::uint64_t clients = 0;
  std::uint64_t faults = 0;
  std::string timeline{};  // the file that shows it; empty: there is none
  std::string scenario{};  // its scenario's file; empty: there is none
  /// What makes more pages of it, to be called in the folder of the page; each with the page that
  /// it makes.
  struct Command {
    std::string text;  // "lockstep odds failure.1.toml -o failure.1.odds"
    std::string page;  // "failure.1.odds/odds.html"
    std::string what;  // "when it became inevitable"
  };
  std::vector<Command> commands{};
};

struct CampaignPage {
  SweepSummary sweep;
  std::string drawn;  // "gc-pause, crash; one every 15s"; empty: not known
  std::vector<CampaignFailure> failures;
};

/// One self-contained file of HTML.
std::string campaign_page(const CampaignPage& campaign);

}  // namespace lockstep::reports
