#include "campaign/missing.hpp"

#include <algorithm>

namespace lockstep {

void Missing::add(std::uint64_t from, std::uint64_t to) {
  if (from >= to) return;
  gaps_.push_back({size_, from});
  size_ += to - from;
}

CampaignResult<Missing> Missing::in(const CampaignFile& file, const Shard& shard,
                                    std::uint64_t runs) {
  Missing missing;
  missing.shard_ = shard;
  const std::uint64_t ours = runs_of(shard, runs);
  std::uint64_t next = 0;  // within the shard
  const auto visited = file.each_index([&](std::uint64_t index) {
    if (index % shard.count != shard.index) return;
    const std::uint64_t place = index / shard.count;
    if (place >= ours) return;
    missing.add(next, place);
    next = place + 1;
  });
  if (!visited) return tl::unexpected<CampaignError>(visited.error());
  missing.add(next, ours);
  return missing;
}

std::uint64_t Missing::at(std::uint64_t n) const {
  const auto after =
      std::upper_bound(gaps_.begin(), gaps_.end(), n,
                       [](std::uint64_t wanted, const Gap& gap) { return wanted < gap.before; });
  const Gap& gap = *std::prev(after);
  return (gap.first + (n - gap.before)) * shard_.count + shard_.index;
}

}  // namespace lockstep
