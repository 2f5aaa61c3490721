// Jepsen's histories: what was read and written reads as what was written.
#include "formats/edn.hpp"

#include "formats/history_edn.hpp"
#include "tests/fuzz/targets.hpp"

namespace lockstep::fuzz {

void edn(std::string_view bytes) {
  EdnReader reader(bytes);
  while (true) {
    const FileResult<std::optional<Edn>> value = reader.next();
    if (!read_or_told(value, bytes) || !value->has_value()) break;
    to_text(**value);
  }
  read_or_told(read_history_edn(bytes, EdnKeys::independent), bytes);
  const FileResult<HistoryFile> file = read_history_edn(bytes);
  if (!read_or_told(file, bytes)) return;
  check_calls(*file);
  const std::string written = write_history_edn(file->history);
  const FileResult<HistoryFile> again = read_history_edn(written);
  ensure(again.has_value(), "what was written can be read");
  ensure(write_history_edn(again->history) == written, "what was written is what was read");
}

}  // namespace lockstep::fuzz
