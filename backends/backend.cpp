#include "backends/backend.hpp"

#include "backends/additions.hpp"

namespace lockstep {

Additions<Backend>& added_backends() {
  static Additions<Backend> added;
  return added;
}

const std::vector<Backend>& all_backends() {
#define LOCKSTEP_CALL(name) backends::name(),
  static const std::vector<Backend> all =
      added_backends().behind({LOCKSTEP_BACKENDS(LOCKSTEP_CALL)});
#undef LOCKSTEP_CALL
  return all;
}

std::vector<std::string> server_names(const Backend& backend, const Settings& settings) {
  if (backend.server_names != nullptr) return backend.server_names(settings);
  const std::string_view prefix = backend.name.substr(0, backend.name.find('-'));
  const std::string product(backend.product.empty() ? prefix : backend.product);
  std::vector<std::string> names;
  for (std::int64_t i = 1; i <= backend.servers; ++i) {
    names.push_back(product + "-" + std::to_string(i));
  }
  return names;
}

Claims claims_of(const Backend& backend, const Settings& settings) {
  Claims claims = backend.claims;
  if (settings.contains("permits")) claims.permits = settings.number("permits");
  return claims;
}

const Backend* find_backend(std::string_view name) {
  for (const Backend& backend : all_backends()) {
    if (backend.name == name) return &backend;
  }
  return nullptr;
}

}  // namespace lockstep
