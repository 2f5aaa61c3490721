// The rules of the house that no compiler checks, as functions from text to findings.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::house {

// One source file, its path relative to the root of the repository, with '/' between folders.
struct Source {
  std::string path;
  std::string text;  // as it stands in the file
  std::string code;  // the same length and lines, but comments and literals blanked out
};

struct Finding {
  std::string path;
  int line = 0;  // from 1
  std::string what;

  bool operator==(const Finding&) const = default;
};

// What the table in docs/architecture.md says about one folder.
struct Folder {
  std::string name;
  int floor = 0;
  std::set<std::string> may_include;  // folders besides itself
  bool heart = false;                 // the whole folder, unless heart_files says which
  std::set<std::string> heart_files;  // stems of the files that belong to the heart
};

using Floors = std::map<std::string, Folder>;

// A folder of plug-ins: the header that holds its table of contents, and what a plug-in gives.
struct PluginFolder {
  std::string folder;
  std::string table;
  std::string type;
};

Source make_source(std::string path, std::string text);

// Every .hpp and .cpp below the folders at the root that are ours, in order of path.
std::vector<Source> read_sources(const std::string& root);

std::string read_file(const std::string& path);

// Comments, string and character literals turned into blanks; newlines stay where they are.
std::string code_only(std::string_view text);

int line_at(std::string_view text, std::size_t offset);

// The first folder of a path: "core" of "core/time.hpp".
std::string top_folder(const std::string& path);

// The file name without folders and extension: "time" of "core/time.hpp".
std::string stem(const std::string& path);

// The table between the marks `<!-- floors -->` and `<!-- /floors -->`. Throws std::runtime_error
// with the row when it cannot be read or when a folder may include one that is not below it.
Floors parse_floors(std::string_view markdown);

bool in_heart(const Floors& floors, const std::string& path);

// Includes of a stranger or of a floor above; folders the table does not know.
std::vector<Finding> check_floors(const Floors& floors, const Source& source);

// Identifiers that could make two runs of one scenario differ, each with what to use instead.
std::vector<Finding> check_bans(const Source& source);

// Shapes of co_await that gcc 12 miscompiles, and parameters that die at the first suspension.
std::vector<Finding> check_coroutines(const Source& source);

// Plug-ins that the folder's table of contents does not name.
std::vector<Finding> check_plugins(const PluginFolder& plugins, const std::vector<Source>& sources);

// Lines over 100 columns, files over 500 lines that have not earned it, promises left in code.
std::vector<Finding> check_shape(const std::set<std::string>& long_files, const Source& source);

// The findings one per line, as "path:line: what", to print when a check fails.
std::string told(const std::vector<Finding>& findings);

}  // namespace lockstep::house
