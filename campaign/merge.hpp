#pragma once
// Joins the files of a campaign's shards.

#include <cstdint>
#include <string>
#include <vector>

#include "campaign/campaign_file.hpp"

namespace lockstep {

/// Puts what the files hold into `out`, which may exist. Which file comes first, or comes twice,
/// makes no difference. Either all of it is done or nothing.
struct Merged {
  std::uint64_t runs = 0;
  std::uint64_t planned = 0;
  std::uint64_t failures = 0;
};
CampaignResult<Merged> merge_campaigns(const std::string& out,
                                       const std::vector<std::string>& files);

}  // namespace lockstep
