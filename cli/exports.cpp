#include "cli/exports.hpp"

#include <fmt/core.h>

#include "cli/output_file.hpp"
#include "core/suggest.hpp"

namespace lockstep {
namespace {

bool can_tell(const Report& report, Told told) {
  return told == Told::run || report.write_checks != nullptr;
}

std::string kinds(Told told) {
  std::string names;
  for (const Report& report : all_reports()) {
    if (!can_tell(report, told)) continue;
    names += (names.empty() ? "" : ", ") + std::string(report.name);
  }
  return names;
}

}  // namespace

Checked<std::vector<Export>> exports_of(const std::vector<std::string>& asked, Told told,
                                        const std::string& folder) {
  std::vector<Export> exports;
  for (const std::string& one : asked) {
    const std::size_t equals = one.find('=');
    const std::string kind = one.substr(0, equals);
    const Report* report = find_report(kind);
    if (report == nullptr) {
      return wrong_usage(fmt::format("there is no report \"{}\"", kind), "--export " + one,
                         "there are: " + kinds(told));
    }
    if (!can_tell(*report, told)) {
      return wrong_usage(fmt::format("{} tells of one run", kind), "--export " + one,
                         "of many there are: " + kinds(told));
    }
    const std::string file = equals == std::string::npos ? "" : one.substr(equals + 1);
    const bool unnamed = equals != std::string::npos && file.empty();
    if (unnamed || (file.empty() && folder.empty())) {
      return wrong_usage("where to?", "--export " + one,
                         fmt::format("name a file: --export {}={}", kind, report->file_name));
    }
    if (lies_in(file, folder)) {
      return wrong_usage("the folder of -o is made anew, and holds no other files",
                         "--export " + one,
                         fmt::format("--export {} puts it there, as {}", kind, report->file_name));
    }
    if (!file.empty()) {
      if (const Checked<void> ok = check_output_file(file); !ok) return complain(ok.error());
    }
    exports.push_back({report, file});
  }
  return exports;
}

Checked<std::vector<OutputFile>> write_exports(const std::vector<Export>& exports,
                                               const Tell& tell) {
  std::vector<OutputFile> kept;
  for (const auto& [report, file] : exports) {
    if (file.empty()) {
      // The others are there anyway.
      if (report->on_request) kept.push_back({std::string(report->file_name), tell(*report)});
      continue;
    }
    if (const Checked<void> written = write_whole_file(file, tell(*report)); !written) {
      return complain(written.error());
    }
  }
  return kept;
}

Checked<std::vector<OutputFile>> write_exports(const std::vector<Export>& exports,
                                               const Outcome& outcome) {
  return write_exports(exports, [&](const Report& report) { return report.write(outcome); });
}

Checked<std::vector<OutputFile>> write_exports(const std::vector<Export>& exports,
                                               const reports::CheckSuite& suite) {
  return write_exports(exports, [&](const Report& report) { return report.write_checks(suite); });
}

}  // namespace lockstep
