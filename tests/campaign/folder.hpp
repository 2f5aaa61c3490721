#pragma once
// Files of campaigns for tests: a folder of its own, rows made up, and all that a file holds.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "campaign/campaign_file.hpp"

namespace lockstep {

/// A folder that is gone when this is.
class CampaignFolder {
 public:
  CampaignFolder() {
    // Each commit waits for the disk: memory is quicker, where it can be had as a folder.
    const bool in_memory = ::access("/dev/shm", W_OK) == 0;
    std::string name =
        (in_memory ? "/dev/shm" : testing::TempDir()) + "/campaign-" + std::string(6, 'X');
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for a test");
    folder_ = name;
  }
  CampaignFolder(const CampaignFolder&) = delete;
  CampaignFolder& operator=(const CampaignFolder&) = delete;
  ~CampaignFolder() { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_;
};

inline CampaignHead a_head() {
  return {"1+abc", "lease = 10s\nclients = 3\n", 5, 100, {"belief", "effect"}};
}

/// Every third run fails, in one of two ways.
inline RunRow a_run(std::uint64_t index) {
  RunRow run;
  run.index = index;
  run.seed = 5 + index;
  run.digest = 0xfedcba9876543210u ^ index;
  run.verdicts = index % 3 == 0 ? "Vh" : "H-";
  if (index % 3 == 0) run.tried = std::to_string(1 + index);
  run.overlapped = index % 2 == 0;
  run.holds = index;
  run.simulated = Duration(index * 1000);
  if (index % 3 == 0) run.pattern = index % 2 == 0 ? "even" : "odd";
  return run;
}

inline FailureRow a_failure(const RunRow& run) {
  FailureRow failure;
  failure.pattern = run.pattern;
  failure.property = "belief";
  failure.promised = true;
  failure.index = run.index;
  failure.seed = run.seed;
  failure.clients = 2 + static_cast<std::int64_t>(run.index % 4);
  failure.faults = static_cast<std::int64_t>(run.index % 5);
  failure.duration = 60s;
  failure.scenario = "seed = " + std::to_string(run.seed);
  return failure;
}

inline void add(CampaignFile& file, const RunRow& run) {
  ASSERT_TRUE(file.add(run));
  if (!run.pattern.empty()) {
    ASSERT_TRUE(file.add(a_failure(run)));
  }
}

/// A file with these runs.
inline std::string made(const std::string& path, const std::vector<std::uint64_t>& indices) {
  auto file = CampaignFile::take_up(path, a_head());
  EXPECT_TRUE(file);
  for (const std::uint64_t index : indices) add(*file, a_run(index));
  EXPECT_TRUE(file->commit());
  return path;
}

struct CampaignContent {
  CampaignHead head;
  std::vector<RunRow> runs;
  std::vector<FailureRow> failures;

  friend bool operator==(const CampaignContent&, const CampaignContent&) = default;
};

inline CampaignContent content_of(const std::string& path) {
  CampaignContent content;
  const auto file = CampaignFile::look_into(path);
  if (!file) throw std::runtime_error(path + ": " + file.error().what);
  content.head = file->head();
  const auto visited = file->each_run([&](const RunRow& run) { content.runs.push_back(run); });
  const auto failures = file->failures();
  if (!visited || !failures) throw std::runtime_error(path + " can't be read");
  content.failures = *failures;
  return content;
}

}  // namespace lockstep
