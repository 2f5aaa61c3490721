#include "cli/complaint.hpp"

#include <fmt/core.h>

#include "core/suggest.hpp"

namespace lockstep {
namespace {

constexpr std::size_t widest_excerpt = 160;

bool printable(std::string_view line) {
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) return false;
  }
  return true;
}

std::string_view line_of(std::string_view content, std::size_t number) {
  for (; number > 1; --number) {
    const std::size_t end = content.find('\n');
    if (end == std::string_view::npos) return {};
    content.remove_prefix(end + 1);
  }
  std::string_view line = content.substr(0, content.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// The line with a mark below the place, or nothing when it is no readable text.
std::string excerpt_of(std::string_view content, const Place& at) {
  if (at.line == 0) return {};
  const std::string_view line = line_of(content, at.line);
  if (line.empty() || line.size() > widest_excerpt || !printable(line)) return {};
  if (at.column > line.size() + 1) return {};
  std::string mark;
  for (const char c : line.substr(0, at.column - 1)) {
    const bool continuation = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (!continuation) mark += c == '\t' ? '\t' : ' ';
  }
  return fmt::format("  {:>5} | {}\n        | {}^", at.line, line, mark);
}

}  // namespace

tl::unexpected<Complaint> wrong_usage(std::string what, std::string where, std::string advice) {
  return complain({ExitCode::usage, std::move(what), std::move(where), {}, std::move(advice)});
}

tl::unexpected<Complaint> bad_file(const std::string& path, std::string_view content,
                                   const FileError& error) {
  std::string where = path;
  if (error.at != whole_file) where += (error.at.line == 0 ? ", " : ":") + to_text(error.at);
  return complain(
      {ExitCode::bad_file, error.text, where, excerpt_of(content, error.at), error.advice});
}

std::string did_you_mean(std::string_view typed, const std::vector<std::string>& known) {
  const std::string near = nearest_name(typed, known);
  return near.empty() ? std::string() : fmt::format("did you mean \"{}\"?", near);
}

std::string told(const Complaint& complaint) {
  std::string text = fmt::format("error: {}\n", complaint.what);
  if (!complaint.where.empty()) text += fmt::format("  {}\n", complaint.where);
  if (!complaint.excerpt.empty()) text += complaint.excerpt + "\n";
  if (!complaint.advice.empty()) text += fmt::format("  {}\n", complaint.advice);
  return text;
}

}  // namespace lockstep
