// Scenarios: what was read reads the same after it was written.
#include "formats/saved_scenario.hpp"
#include "tests/fuzz/targets.hpp"

namespace lockstep::fuzz {

void scenario(std::string_view bytes) {
  read_or_told(read_saved_scenario(bytes), bytes);
  const FileResult<ScenarioFile> file = read_scenario(bytes);
  if (!read_or_told(file, bytes)) return;
  const std::string written = write_scenario(file->scenario);
  const FileResult<ScenarioFile> again = read_scenario(written);
  ensure(again.has_value(), "what was written can be read");
  ensure(write_scenario(again->scenario) == written, "what was written is what was read");
}

}  // namespace lockstep::fuzz
