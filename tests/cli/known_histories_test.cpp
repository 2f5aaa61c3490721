// Histories that others recorded, where they are at hand: each gets the verdict that is known,
// within a bounded number of steps.
#include <algorithm>
#include <filesystem>
#include <set>

#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

const std::filesystem::path histories = std::filesystem::path(LOCKSTEP_SHARED_DIR) / "histories";

#define NEEDS(path) \
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "absent: " << (path)

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry);
  std::sort(files.begin(), files.end());
  return files;
}

ExitCode verdict(const std::filesystem::path& file, const std::string& model) {
  const Ran ran = lockstep_with({"check", "--model", model, "--steps", "3000000", file.string()});
  EXPECT_EQ(ran.err, "") << file;
  return ran.code;
}

void each_is(const std::filesystem::path& folder, const std::string& model, ExitCode expected) {
  NEEDS(folder);
  std::size_t count = 0;
  for (const auto& file : files_in(folder)) {
    EXPECT_EQ(verdict(file, model), expected) << file;
    ++count;
  }
  EXPECT_GT(count, 0u) << "nothing in " << folder;
}

TEST(KnownHistories, GoodCasRegistersOfKnossos) {
  each_is(histories / "knossos/cas-register/good", "cas-register", ExitCode::met);
}
TEST(KnownHistories, BadCasRegistersOfKnossos) {
  each_is(histories / "knossos/cas-register/bad", "cas-register", ExitCode::violation);
}
TEST(KnownHistories, TheMutexOfEtcd) {
  each_is(histories / "knossos/mutex/bad", "mutex", ExitCode::violation);
  each_is(histories / "knossos/mutex/bad", "owner-mutex", ExitCode::violation);
}

TEST(KnownHistories, TheEtcdLogsOfPorcupine) {
  NEEDS(histories / "porcupine/etcd");
  const std::set<std::string> valid = {"002", "005", "007", "018", "025", "031", "038", "045",
                                       "048", "049", "051", "053", "056", "067", "075", "076",
                                       "080", "087", "092", "098", "100", "101", "102"};
  for (const auto& file : files_in(histories / "porcupine/etcd")) {
    const std::string number = file.stem().string().substr(5);
    EXPECT_EQ(verdict(file, "cas-register"),
              valid.contains(number) ? ExitCode::met : ExitCode::violation)
        << file;
  }
}

TEST(KnownHistories, TheMapsOfPorcupine) {
  NEEDS(histories / "porcupine/kv");
  for (const auto& file : files_in(histories / "porcupine/kv")) {
    const bool good = file.stem().string().ends_with("-ok");
    EXPECT_EQ(verdict(file, "kv"), good ? ExitCode::met : ExitCode::violation) << file;
  }
}

}  // namespace
}  // namespace lockstep
