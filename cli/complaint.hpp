#pragma once
// Errors as a person reads them: what is wrong, where, and how to go on.

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "cli/exit_code.hpp"
#include "formats/file_error.hpp"

namespace lockstep {

struct Complaint {
  ExitCode code = ExitCode::usage;
  std::string what;       // one sentence, without a full stop
  std::string where{};    // "night.toml:14:11", or "--set leese=10s"
  std::string excerpt{};  // the line of the file with a mark below it; may be several lines
  std::string advice{};   // how to go on
};

/// A value, or why there is none.
template <class T>
using Checked = tl::expected<T, Complaint>;

inline tl::unexpected<Complaint> complain(Complaint complaint) {
  return tl::unexpected<Complaint>(std::move(complaint));
}

/// The command line was wrong.
tl::unexpected<Complaint> wrong_usage(std::string what, std::string where = {},
                                      std::string advice = {});

/// A file was wrong. `content` is shown around the place, where it is text.
tl::unexpected<Complaint> bad_file(const std::string& path, std::string_view content,
                                   const FileError& error);

/// "did you mean \"x\"?", or nothing when no known name is near.
std::string did_you_mean(std::string_view typed, const std::vector<std::string>& known);

/// The lines as they are printed.
std::string told(const Complaint& complaint);

}  // namespace lockstep
