// What a replay compares itself with.
#include "formats/saved_outcome.hpp"
#include "tests/fuzz/targets.hpp"

namespace lockstep::fuzz {

void outcome(std::string_view bytes) {
  read_or_told(read_saved_outcome(bytes), bytes);
}

}  // namespace lockstep::fuzz
