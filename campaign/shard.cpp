#include "campaign/shard.hpp"

#include <fmt/core.h>

#include <charconv>
#include <string_view>

namespace lockstep {
namespace {

/// How one engine tells a process its place: names of environment variables. Sources: the manuals
/// of sbatch and srun, bsub, qsub, mpirun, the Kubernetes page on indexed Jobs, AWS Batch's on
/// array jobs, and the pages on parallel jobs of GitLab, CircleCI, Buildkite and Azure Pipelines.
struct Engine {
  const char* index;
  const char* count;       // nullptr: it does not say
  const char* first;       // what the index of the first is; nullptr: `from`
  std::uint64_t from = 0;  // 0 or 1
  const char* step = nullptr;
  const char* last = nullptr;  // in place of a count
};

// The order matters where two are set: a rank within a job of an array is refused below.
constexpr Engine arrays[] = {
    {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", 0,
     "SLURM_ARRAY_TASK_STEP"},
    {"JOB_COMPLETION_INDEX", nullptr, nullptr},
    {"AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", nullptr},
    {"SGE_TASK_ID", nullptr, "SGE_TASK_FIRST", 1, "SGE_TASK_STEPSIZE", "SGE_TASK_LAST"},
    {"LSB_JOBINDEX", "LSB_JOBINDEX_END", nullptr, 1},
    {"PBS_ARRAY_INDEX", nullptr, nullptr},
};
constexpr Engine ranks[] = {
    {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", nullptr},
    {"MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE", nullptr},
    {"PMI_RANK", "PMI_SIZE", nullptr},
    {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", nullptr},
    {"CI_NODE_INDEX", "CI_NODE_TOTAL", nullptr, 1},
    {"CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", nullptr},
    {"BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", nullptr},
    {"SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE", nullptr, 1},
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (text.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> number_in(const Environment& environment, const char* name) {
  if (name == nullptr || !environment) return std::nullopt;
  const std::optional<std::string> text = environment(name);
  return text ? number(*text) : std::nullopt;
}

using Chosen = tl::expected<Shard, std::string>;

tl::unexpected<std::string> refuse(std::string why) {
  return tl::unexpected<std::string>(std::move(why));
}

/// What one engine says; nothing when it did not start this process. `count`: what the flag says.
std::optional<Chosen> said_by(const Engine& engine, const Environment& environment,
                              std::uint64_t count) {
  const auto index = number_in(environment, engine.index);
  if (!index) return std::nullopt;
  const std::uint64_t first = number_in(environment, engine.first).value_or(engine.from);
  const std::uint64_t step = number_in(environment, engine.step).value_or(1);
  const std::string source = engine.index;
  if (count == 0) {
    if (const auto last = number_in(environment, engine.last); last && *last >= first && step > 0) {
      count = (*last - first) / step + 1;
    } else {
      count = number_in(environment, engine.count).value_or(0);
    }
  }
  // Slurm sets a rank, and LSF an index of 0, for jobs that are no arrays at all.
  if (count == 0 && engine.count != nullptr) return std::nullopt;
  if (count == 0) {
    return refuse(
        fmt::format("{} says which shard this is, and nothing says of how many: "
                    "--shard '*/N' does",
                    source));
  }
  if (step == 0 || *index < first || (*index - first) % step != 0 ||
      (*index - first) / step >= count) {
    return refuse(fmt::format("{}={} is not one of {} in a row from {}: say --shard I/N", source,
                              *index, count, first));
  }
  return Shard{(*index - first) / step, count, source};
}

Chosen from_environment(const Environment& environment, std::uint64_t count) {
  std::optional<Shard> found;
  for (const auto& engines : {std::pair(std::begin(arrays), std::end(arrays)),
                              std::pair(std::begin(ranks), std::end(ranks))}) {
    for (const Engine* engine = engines.first; engine != engines.second; ++engine) {
      const std::optional<Chosen> said = said_by(*engine, environment, count);
      if (!said) continue;
      if (!*said) return *said;
      if (found && found->count > 1 && (*said)->count > 1) {
        return refuse(fmt::format("{} and {} both number this process: say --shard I/N",
                                  found->source, (*said)->source));
      }
      if (!found || (*said)->count > 1) found = **said;
      break;
    }
  }
  if (found && (found->count > 1 || count > 0)) return *found;
  if (count > 0) return refuse("nothing in the environment says which shard this is");
  return Shard{};
}

}  // namespace

tl::expected<Shard, std::string> choose_shard(const std::string& flag,
                                              const Environment& environment) {
  if (flag.empty()) return from_environment(environment, 0);
  const std::size_t slash = flag.find('/');
  const std::string_view text = flag;
  const auto count = slash == std::string::npos ? std::nullopt : number(text.substr(slash + 1));
  if (!count || *count == 0) return refuse("a shard is such as 2/4, the second of four");
  if (text.substr(0, slash) == "*") return from_environment(environment, *count);
  const auto place = number(text.substr(0, slash));
  if (!place || *place == 0 || *place > *count) {
    return refuse(
        fmt::format("a shard of {} is one of 1/{} to {}/{}", *count, *count, *count, *count));
  }
  return Shard{*place - 1, *count, "--shard"};
}

std::string to_text(const Shard& shard) {
  return fmt::format("{}-of-{}", shard.index + 1, shard.count);
}

std::uint64_t runs_of(const Shard& shard, std::uint64_t runs) {
  return runs <= shard.index ? 0 : (runs - shard.index - 1) / shard.count + 1;
}

}  // namespace lockstep
