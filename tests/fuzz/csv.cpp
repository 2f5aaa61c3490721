// Histories as tables.
#include "formats/history_csv.hpp"

#include "tests/fuzz/targets.hpp"

namespace lockstep::fuzz {

void csv(std::string_view bytes) {
  begins_as_history_csv(bytes);
  const FileResult<HistoryFile> file = read_history_csv(bytes);
  if (read_or_told(file, bytes)) check_calls(*file);
}

}  // namespace lockstep::fuzz
