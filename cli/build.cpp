#include "cli/build.hpp"

#include "sources_digest.hpp"

namespace lockstep {

std::string build_identity() {
  return build_version() + "+" LOCKSTEP_SOURCES_DIGEST;
}

}  // namespace lockstep
