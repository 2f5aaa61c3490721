// The guide shows code that is compiled, and a session that can be had.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/library/command.hpp"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// The text up to a line that begins with "```".
std::string block(const std::string& page, std::size_t from) {
  const std::size_t begin = page.find('\n', from) + 1;
  return page.substr(begin, page.find("\n```", begin) + 1 - begin);
}

TEST(Guide, EveryBlockOfCodeStandsInAFileThatIsCompiled) {
  const fs::path root = LOCKSTEP_SOURCE_DIR;
  std::size_t blocks = 0;
  for (const auto& entry : fs::directory_iterator(root / "docs" / "guide")) {
    const std::string page = content(entry.path());
    for (const std::string fence : {"\n```cpp", "\n```cmake", "\n```json", "\n```yaml"}) {
      for (std::size_t at = page.find(fence); at != std::string::npos;
           at = page.find(fence, at + 1)) {
        const std::string mark = "<!-- from ";
        const std::size_t from = page.rfind(mark, at);
        ASSERT_NE(from, std::string::npos) << entry.path();
        ASSERT_EQ(page.find(" -->", from) + 4, at) << entry.path() << ": a block without its file";
        const std::size_t name = from + mark.size();
        const std::string file = page.substr(name, page.find(" -->", name) - name);
        const std::string code = block(page, at + 1);
        EXPECT_THAT(content(root / file), testing::HasSubstr(code)) << entry.path() << ": " << file;
        ++blocks;
      }
    }
  }
  EXPECT_GE(blocks, 11u);
}

}  // namespace
}  // namespace lockstep
