// lockstep version: which program this is.
#include <fmt/core.h>

#include "cli/build.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"

namespace lockstep {

Checked<ExitCode> version(const VersionRequest&, VerbContext context) {
  if (!context.json) {
    context.terminal.out << fmt::format("lockstep {} ({})\n", build_identity(), build_compiler());
    return ExitCode::met;
  }
  JsonWriter json;
  json.object()
      .field("schema_version", 1)
      .field("verb", "version")
      .field("version", build_version())
      .field("build", build_identity())
      .field("compiler", build_compiler())
      .end();
  context.terminal.out << json.text() << "\n";
  return ExitCode::met;
}

}  // namespace lockstep
