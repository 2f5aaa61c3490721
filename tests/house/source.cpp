// Reads sources, and tells code from comments and literals.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/house/house.hpp"

namespace lockstep::house {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// The end of the literal that opens at `at` with `quote`; its closing quote is included.
std::size_t end_of_quoted(std::string_view text, std::size_t at, char quote) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote || text[i] == '\n') {
      return i + 1;
    }
  }
  return text.size();
}

std::size_t end_of_raw_string(std::string_view text, std::size_t at) {
  const auto open = text.find('(', at);
  if (open == std::string_view::npos) return text.size();
  const std::string close = ")" + std::string(text.substr(at + 1, open - at - 1)) + "\"";
  const auto end = text.find(close, open);
  return end == std::string_view::npos ? text.size() : end + close.size();
}

// Where the comment or literal that starts at `at` ends; `at` itself when none starts there.
std::size_t end_of_dead_text(std::string_view text, std::size_t at) {
  const auto rest = text.substr(at);
  if (rest.starts_with("//")) return std::min(text.find('\n', at), text.size());
  if (rest.starts_with("/*")) {
    const auto end = text.find("*/", at + 2);
    return end == std::string_view::npos ? text.size() : end + 2;
  }
  if (rest.front() == '"') {
    return at > 0 && text[at - 1] == 'R' ? end_of_raw_string(text, at)
                                         : end_of_quoted(text, at, '"');
  }
  const bool digit_separator = at > 0 && is_word(text[at - 1]);
  if (rest.front() == '\'' && !digit_separator) return end_of_quoted(text, at, '\'');
  return at;
}

// Folders at the root that hold nothing we wrote.
bool is_foreign(const std::string& folder) {
  return folder.starts_with('.') || folder.starts_with("build") || folder == "out";
}

}  // namespace

std::string code_only(std::string_view text) {
  std::string code(text);
  for (std::size_t i = 0; i < text.size();) {
    const auto end = end_of_dead_text(text, i);
    if (end == i) {
      ++i;
      continue;
    }
    for (; i < end; ++i) {
      if (code[i] != '\n') code[i] = ' ';
    }
  }
  return code;
}

Source make_source(std::string path, std::string text) {
  std::string code = code_only(text);
  return {std::move(path), std::move(text), std::move(code)};
}

std::string read_file(const std::string& path) {
  const std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path + ": cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

std::vector<Source> read_sources(const std::string& root) {
  namespace fs = std::filesystem;
  std::vector<Source> sources;
  for (const auto& top : fs::directory_iterator(root)) {
    if (!top.is_directory() || is_foreign(top.path().filename().string())) continue;
    for (const auto& entry : fs::recursive_directory_iterator(top)) {
      const auto extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      sources.push_back(make_source(entry.path().lexically_relative(root).generic_string(),
                                    read_file(entry.path().string())));
    }
  }
  std::ranges::sort(sources, {}, &Source::path);
  return sources;
}

int line_at(std::string_view text, std::size_t offset) {
  return 1 + static_cast<int>(std::ranges::count(text.substr(0, offset), '\n'));
}

std::string top_folder(const std::string& path) {
  return path.substr(0, path.find('/'));
}

std::string stem(const std::string& path) {
  const auto slash = path.rfind('/');
  const auto name = slash == std::string::npos ? path : path.substr(slash + 1);
  return name.substr(0, name.find('.'));
}

std::string told(const std::vector<Finding>& findings) {
  std::string text;
  for (const auto& finding : findings) {
    text += finding.path + ":" + std::to_string(finding.line) + ": " + finding.what + "\n";
  }
  return text;
}

}  // namespace lockstep::house
