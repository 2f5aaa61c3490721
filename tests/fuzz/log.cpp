// Jepsen's logs, and telling formats apart.
#include "formats/history_log.hpp"

#include "formats/detect.hpp"
#include "tests/fuzz/targets.hpp"

namespace lockstep::fuzz {

void log(std::string_view bytes) {
  begins_as_history_log(bytes);
  const FileResult<HistoryFile> file = read_history_log(bytes);
  if (read_or_told(file, bytes)) check_calls(*file);
  read_or_told(detect_history(bytes), bytes);
  read_or_told(read_history(bytes), bytes);
}

}  // namespace lockstep::fuzz
