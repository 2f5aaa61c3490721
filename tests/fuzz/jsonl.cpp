// Histories as JSON Lines: what was read reads the same after it was written, and by the careful
// reader alone.
#include "formats/history_jsonl.hpp"

#include "tests/fuzz/targets.hpp"

namespace lockstep::fuzz {
namespace {

/// The same JSON, in which no line is plain: every operation has an f, spelt otherwise here.
std::string spelt_otherwise(std::string_view bytes) {
  std::string text(bytes);
  for (std::size_t at = 0; (at = text.find("\"f\"", at)) != std::string::npos;) {
    text.replace(at + 1, 1, "\\u0066");
  }
  return text;
}

}  // namespace

void jsonl(std::string_view bytes) {
  const FileResult<HistoryFile> file = read_history_jsonl(bytes);
  if (!read_or_told(file, bytes)) return;
  check_calls(*file);
  const FileResult<HistoryFile> careful = read_history_jsonl(spelt_otherwise(bytes));
  ensure(careful && careful->history == file->history, "both readers read the same");
  const FileResult<HistoryFile> again = read_history_jsonl(write_history_jsonl(file->history));
  ensure(again && again->history == file->history, "what was written is what was read");
}

}  // namespace lockstep::fuzz
