#pragma once
// Drives the program in-process: arguments in, code and words out.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "cli/cli.hpp"

namespace lockstep {

struct Ran {
  ExitCode code{};
  std::string out;
  std::string err;
};

inline Ran lockstep_with(const std::vector<std::string>& args) {
  std::ostringstream out;
  std::ostringstream err;
  Ran ran;
  ran.code = run_cli(args, Terminal{out, err});
  ran.out = out.str();
  ran.err = err.str();
  return ran;
}

/// A folder of its own for each test, gone when the test ends.
class ScratchFolder : public testing::Test {
 protected:
  ScratchFolder() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) /
              (std::string("lockstep-") + test->test_suite_name() + "-" + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~ScratchFolder() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string file(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

  static std::string content(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }

  /// The names in a folder, hidden ones too, sorted.
  std::vector<std::string> names(const std::string& name = "") const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / name)) {
      found.push_back(entry.path().filename().string());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace lockstep
