#pragma once
// Which runs of a shard are still to be done.

#include <cstdint>
#include <vector>

#include "campaign/campaign_file.hpp"
#include "campaign/shard.hpp"

namespace lockstep {

/// The indices that a shard has and a file has not, in order. Takes memory for the gaps, not for
/// the runs.
class Missing {
 public:
  static CampaignResult<Missing> in(const CampaignFile& file, const Shard& shard,
                                    std::uint64_t runs);

  std::uint64_t size() const { return size_; }
  /// The n-th of them, counted from 0: below size().
  std::uint64_t at(std::uint64_t n) const;

 private:
  struct Gap {
    std::uint64_t before = 0;  // how many are missing before it
    std::uint64_t first = 0;   // its first run, counted within the shard
  };
  void add(std::uint64_t from, std::uint64_t to);

  Shard shard_;
  std::uint64_t size_ = 0;
  std::vector<Gap> gaps_;
};

}  // namespace lockstep
