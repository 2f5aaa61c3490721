// What a page of source may look like.
#include <algorithm>

#include "tests/house/house.hpp"

namespace lockstep::house {
namespace {

constexpr std::size_t most_columns = 100;
constexpr int most_lines = 500;

// Characters, not bytes: continuation bytes of UTF-8 take no column of their own.
std::size_t columns(std::string_view line) {
  return static_cast<std::size_t>(
      std::ranges::count_if(line, [](char c) { return (c & '\xC0') != '\x80'; }));
}

}  // namespace

std::vector<Finding> check_shape(const std::set<std::string>& long_files, const Source& source) {
  std::vector<Finding> findings;
  int number = 0;
  for (std::string_view rest = source.text; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    ++number;
    if (columns(line) > most_columns) {
      findings.push_back({source.path, number, "over 100 columns: ./dev format"});
    }
    for (const std::string_view promise : {"TO"
                                           "DO",
                                           "FIX"
                                           "ME",
                                           "XX"
                                           "X"}) {
      if (line.find(promise) == std::string_view::npos) continue;
      findings.push_back({source.path, number, std::string(promise) + ": do it or file it"});
    }
  }
  if (number > most_lines && !long_files.contains(source.path)) {
    findings.push_back({source.path, number, "over 500 lines: does it hold two ideas?"});
  }
  return findings;
}

}  // namespace lockstep::house
