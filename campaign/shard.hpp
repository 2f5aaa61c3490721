#pragma once
// Which part of a campaign this process runs: what a flag says, or else the engine that started it.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>

namespace lockstep {

/// The value of an environment variable, where it is set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Of the runs 0, 1, 2, ... of a campaign, a shard takes index, index + count, index + 2 count, ...
struct Shard {
  std::uint64_t index = 0;  // counted from 0
  std::uint64_t count = 1;
  std::string source{};  // "--shard", "SLURM_ARRAY_TASK_ID"; empty: nobody asked for one

  friend bool operator==(const Shard&, const Shard&) = default;
};

/// "2/4": the second of four. "*/4": one of four; which one, the environment says (Kubernetes tells
/// a Pod its index alone). An empty flag: what the environment says; where it says nothing, all of
/// the campaign. The error is one sentence.
tl::expected<Shard, std::string> choose_shard(const std::string& flag,
                                              const Environment& environment);

/// "2-of-4".
std::string to_text(const Shard& shard);

/// How many of the first `runs` runs of a campaign are the shard's.
std::uint64_t runs_of(const Shard& shard, std::uint64_t runs);

}  // namespace lockstep
