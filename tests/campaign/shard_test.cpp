#include "campaign/shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace lockstep {
namespace {

using Variables = std::map<std::string, std::string>;

Environment environment(Variables variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto at = variables.find(name);
    return at == variables.end() ? std::nullopt : std::optional<std::string>(at->second);
  };
}

std::string chosen(const std::string& flag, Variables variables) {
  const auto shard = choose_shard(flag, environment(std::move(variables)));
  return shard ? to_text(*shard) + " " + shard->source : "error: " + shard.error();
}

TEST(Shard, TheFlagCountsFromOne) {
  EXPECT_EQ(chosen("2/4", {}), "2-of-4 --shard");
  EXPECT_EQ(chosen("1/1", {}), "1-of-1 --shard");
  for (const char* wrong : {"0/4", "5/4", "2", "2/0", "/4", "a/4", "2/4x", "-1/4", "*/0"}) {
    EXPECT_THAT(chosen(wrong, {}), testing::StartsWith("error: ")) << wrong;
  }
}

TEST(Shard, TheFlagComesBeforeTheEnvironment) {
  EXPECT_EQ(chosen("1/2", {{"OMPI_COMM_WORLD_RANK", "5"}, {"OMPI_COMM_WORLD_SIZE", "8"}}),
            "1-of-2 --shard");
}

TEST(Shard, NobodyAskedForOne) {
  EXPECT_EQ(chosen("", {}), "1-of-1 ");
  EXPECT_EQ(choose_shard("", Environment{}), Shard{});
}

TEST(Shard, EachEngineIsUnderstood) {
  EXPECT_EQ(chosen("", {{"SLURM_ARRAY_TASK_ID", "14"},
                        {"SLURM_ARRAY_TASK_MIN", "10"},
                        {"SLURM_ARRAY_TASK_COUNT", "3"},
                        {"SLURM_ARRAY_TASK_STEP", "2"}}),
            "3-of-3 SLURM_ARRAY_TASK_ID");
  EXPECT_EQ(chosen("*/4", {{"JOB_COMPLETION_INDEX", "3"}}), "4-of-4 JOB_COMPLETION_INDEX");
  EXPECT_EQ(chosen("", {{"AWS_BATCH_JOB_ARRAY_INDEX", "0"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "9"}}),
            "1-of-9 AWS_BATCH_JOB_ARRAY_INDEX");
  EXPECT_EQ(chosen("", {{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}}),
            "2-of-2 OMPI_COMM_WORLD_RANK");
  EXPECT_EQ(chosen("", {{"PMI_RANK", "0"}, {"PMI_SIZE", "3"}}), "1-of-3 PMI_RANK");
  EXPECT_EQ(chosen("", {{"SLURM_PROCID", "2"}, {"SLURM_STEP_NUM_TASKS", "3"}}),
            "3-of-3 SLURM_PROCID");
  EXPECT_EQ(chosen("", {{"CI_NODE_INDEX", "1"}, {"CI_NODE_TOTAL", "5"}}), "1-of-5 CI_NODE_INDEX");
  EXPECT_EQ(chosen("", {{"CIRCLE_NODE_INDEX", "1"}, {"CIRCLE_NODE_TOTAL", "5"}}),
            "2-of-5 CIRCLE_NODE_INDEX");
  EXPECT_EQ(chosen("", {{"SGE_TASK_ID", "3"},
                        {"SGE_TASK_FIRST", "1"},
                        {"SGE_TASK_LAST", "5"},
                        {"SGE_TASK_STEPSIZE", "2"}}),
            "2-of-3 SGE_TASK_ID");
}

TEST(Shard, AnIndexWithoutACountIsNoGuess) {
  EXPECT_THAT(chosen("", {{"JOB_COMPLETION_INDEX", "3"}}), testing::HasSubstr("--shard '*/N'"));
  EXPECT_THAT(chosen("*/2", {{"JOB_COMPLETION_INDEX", "3"}}), testing::StartsWith("error: "));
  EXPECT_THAT(chosen("*/2", {}), testing::StartsWith("error: nothing in the environment"));
}

TEST(Shard, AnArrayWithHolesIsRefused) {
  EXPECT_THAT(chosen("", {{"SLURM_ARRAY_TASK_ID", "7"},
                          {"SLURM_ARRAY_TASK_MIN", "1"},
                          {"SLURM_ARRAY_TASK_COUNT", "3"}}),
              testing::StartsWith("error: SLURM_ARRAY_TASK_ID=7"));
}

TEST(Shard, ARankWithinAnArrayIsRefused) {
  EXPECT_THAT(chosen("", {{"SLURM_ARRAY_TASK_ID", "1"},
                          {"SLURM_ARRAY_TASK_MIN", "1"},
                          {"SLURM_ARRAY_TASK_COUNT", "3"},
                          {"OMPI_COMM_WORLD_RANK", "1"},
                          {"OMPI_COMM_WORLD_SIZE", "2"}}),
              testing::HasSubstr("both number this process"));
}

TEST(Shard, OneProcessAloneDoesAll) {
  // Slurm gives every job a rank, and LSF an index, even where nothing is divided.
  EXPECT_EQ(chosen("", {{"SLURM_PROCID", "0"}}), "1-of-1 ");
  EXPECT_EQ(chosen("", {{"LSB_JOBINDEX", "0"}}), "1-of-1 ");
}

TEST(Shard, TogetherTheyHaveEveryRunOnce) {
  for (std::uint64_t count = 1; count < 6; ++count) {
    for (std::uint64_t runs = 0; runs < 20; ++runs) {
      std::uint64_t together = 0;
      for (std::uint64_t index = 0; index < count; ++index) {
        together += runs_of(Shard{index, count}, runs);
      }
      EXPECT_EQ(together, runs) << count;
    }
  }
}

}  // namespace
}  // namespace lockstep
