// Who may include whom, as docs/architecture.md says.
#include <charconv>
#include <stdexcept>

#include "tests/house/house.hpp"

namespace lockstep::house {
namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" `\t");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" `\t") - first + 1));
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = text.find(at);
    parts.push_back(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string folder_name(std::string name) {
  if (name.ends_with('/')) name.pop_back();
  return name;
}

Folder parse_row(const std::string& row) {
  const auto cells = split(row, '|');  // the first is empty: rows open with a bar
  if (cells.size() < 6) throw std::runtime_error("architecture.md: not five cells: " + row);
  Folder folder;
  folder.name = folder_name(cells[1]);
  const auto& floor = cells[2];
  const auto read = std::from_chars(floor.data(), floor.data() + floor.size(), folder.floor);
  if (read.ec != std::errc{}) throw std::runtime_error("architecture.md: no floor: " + row);
  if (cells[3] != "nothing") {
    for (const auto& name : split(cells[3], ',')) folder.may_include.insert(folder_name(name));
  }
  if (cells[4] == "no") return folder;
  folder.heart = true;
  if (cells[4] != "yes") {
    for (const auto& name : split(cells[4], ',')) folder.heart_files.insert(name);
  }
  return folder;
}

void require_below(const Floors& floors) {
  for (const auto& [name, folder] : floors) {
    for (const auto& below : folder.may_include) {
      const auto found = floors.find(below);
      if (found == floors.end() || found->second.floor >= folder.floor) {
        throw std::runtime_error("architecture.md: " + name + "/ may not include " + below +
                                 "/: it is not on a floor below");
      }
    }
  }
}

}  // namespace

Floors parse_floors(std::string_view markdown) {
  constexpr std::string_view opening = "<!-- floors -->";
  const auto begin = markdown.find(opening);
  const auto end = markdown.find("<!-- /floors -->");
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) {
    throw std::runtime_error("architecture.md: the marks around the table of floors are gone");
  }
  Floors floors;
  int row_number = 0;
  for (const auto& row : split(markdown.substr(begin + opening.size(), end - begin), '\n')) {
    if (!row.starts_with('|')) continue;
    if (++row_number <= 2) continue;  // the heading and the rule below it
    auto folder = parse_row(row);
    const auto name = folder.name;
    floors.emplace(name, std::move(folder));
  }
  require_below(floors);
  return floors;
}

bool in_heart(const Floors& floors, const std::string& path) {
  const auto found = floors.find(top_folder(path));
  if (found == floors.end() || !found->second.heart) return false;
  const auto& files = found->second.heart_files;
  return files.empty() || files.contains(stem(path));
}

std::vector<Finding> check_floors(const Floors& floors, const Source& source) {
  const auto from = top_folder(source.path);
  const auto found = floors.find(from);
  if (found == floors.end()) {
    return {{source.path, 1, "docs/architecture.md has no row for " + from + "/"}};
  }
  std::vector<Finding> findings;
  constexpr std::string_view directive = "#include \"";
  const std::string& text = source.text;
  for (auto at = text.find(directive); at != std::string::npos; at = text.find(directive, at + 1)) {
    const auto start = at + directive.size();
    const auto path = text.substr(start, text.find('"', start) - start);
    const auto to = top_folder(path);
    if (!floors.contains(to) || to == from || found->second.may_include.contains(to)) continue;
    findings.push_back({source.path, line_at(text, at),
                        from + "/ may not include " + to +
                            "/ (the floors are in "
                            "docs/architecture.md); put what both need into core/"});
  }
  return findings;
}

}  // namespace lockstep::house
