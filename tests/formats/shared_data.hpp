#pragma once
// Recorded histories that lie beside the repository, where there are any.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <vector>

namespace lockstep {

inline std::filesystem::path shared_data() {
  return LOCKSTEP_SHARED_DIR;
}

/// All files below `folder` whose name ends in `extension`, sorted.
inline std::vector<std::filesystem::path> shared_files(const std::filesystem::path& folder,
                                                       const std::string& extension) {
  std::vector<std::filesystem::path> files;
  std::error_code absent;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, absent)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace lockstep

/// Skips, visibly, the test that needs what is not there.
#define LOCKSTEP_NEEDS(path) \
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "absent: " << (path)
