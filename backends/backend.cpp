#include "backends/backend.hpp"

namespace lockstep {

const std::vector<Backend>& all_backends() {
#define LOCKSTEP_CALL(name) backends::name(),
  static const std::vector<Backend> all{LOCKSTEP_BACKENDS(LOCKSTEP_CALL)};
#undef LOCKSTEP_CALL
  return all;
}

const Backend* find_backend(std::string_view name) {
  for (const Backend& backend : all_backends()) {
    if (backend.name == name) return &backend;
  }
  return nullptr;
}

}  // namespace lockstep
