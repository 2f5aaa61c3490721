// A campaign divided by engines that exist, and joined again, is the campaign that one process
// runs.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/real/process.hpp"

namespace lockstep::real {
namespace {

class CampaignEngines : public testing::Test {
 protected:
  CampaignEngines() : folder_(new_directory("lockstep-campaign")) {}
  ~CampaignEngines() override { remove_directory(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  std::string content(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path(name)).rdbuf();
    return text.str();
  }

  std::vector<std::string> sweep(const std::string& file) const {
    return {
        LOCKSTEP_PROGRAM, "sweep",    "redis-setpx", "--faults", "gc-pause,crash", "--runs", "120",
        "--campaign",     path(file), "--workers",   "1"};
  }

  /// What `lockstep campaign --json` says of the file.
  std::string shown(const std::string& file) {
    const std::string said = file + ".json";
    std::filesystem::remove(path(said));  // run() appends
    EXPECT_EQ(run({{LOCKSTEP_PROGRAM, "campaign", path(file), "--json"}, path(said)}), 0)
        << content(said);
    return content(said);
  }

  void expect_the_whole(const std::vector<std::string>& shards) {
    run({sweep("whole.sqlite"), path("log")});
    std::vector<std::string> merge = {LOCKSTEP_PROGRAM, "merge", path("merged.sqlite")};
    for (const std::string& shard : shards) merge.push_back(path(shard));
    EXPECT_EQ(run({merge, path("log")}), 0) << content("log");
    EXPECT_THAT(shown("whole.sqlite"), testing::HasSubstr("\"runs\": 120"));
    EXPECT_EQ(shown("merged.sqlite"), shown("whole.sqlite"));
  }

  const std::string folder_;
};

TEST_F(CampaignEngines, RanksOfMpiAreShards) {
  const std::string mpirun = program_in_path("mpirun");
  if (mpirun.empty()) GTEST_SKIP() << "no mpirun: apt-get install openmpi-bin";
  std::vector<std::string> words = {mpirun, "--allow-run-as-root", "--oversubscribe", "-n", "3"};
  // A rank that found a violation ends with 1, and mpirun would end the others for that.
  words.insert(words.end(), {"--mca", "orte_abort_on_non_zero_status", "0"});
  for (const std::string& word : sweep("{shard}.sqlite")) words.push_back(word);
  run({words, path("mpi.log")});  // its code is that of a rank: 1, for a violation
  EXPECT_THAT(content("mpi.log"), testing::HasSubstr("shard 2 of 3 (OMPI_COMM_WORLD_RANK)"));
  expect_the_whole({"1-of-3.sqlite", "2-of-3.sqlite", "3-of-3.sqlite"});
}

TEST_F(CampaignEngines, JobsOfGnuParallelAreShards) {
  const std::string parallel = program_in_path("parallel");
  if (parallel.empty()) GTEST_SKIP() << "no parallel: apt-get install parallel";
  std::vector<std::string> words = {parallel, "--will-cite", "-j", "2"};
  // Braces are parallel's own, so it names the file of each shard.
  for (const std::string& word : sweep("{}.sqlite")) words.push_back(word);
  words.insert(words.end(), {"--shard", "{}/4", ":::", "1", "2", "3", "4"});
  run({words, path("parallel.log")});
  EXPECT_THAT(content("parallel.log"), testing::HasSubstr("shard 4 of 4 (--shard)"));
  expect_the_whole({"4.sqlite", "2.sqlite", "1.sqlite", "3.sqlite", "2.sqlite"});
}

}  // namespace
}  // namespace lockstep::real
