#pragma once
// Where the program's words go: results to out, progress and messages to err.

#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "core/verdict.hpp"

namespace lockstep {

enum class Colours { automatic, on, off };

struct Terminal {
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  Colours colours = Colours::automatic;
  bool no_colour_wanted = false;  // the environment has NO_COLOR
  bool quiet = false;             // no progress, no hints
  /// The value of an environment variable; without it the environment says nothing.
  std::function<std::optional<std::string>(const std::string& name)> environment{};

  bool colours_on_out() const {
    if (colours != Colours::automatic) return colours == Colours::on;
    return out_is_terminal && !no_colour_wanted;
  }
  /// The text in an ANSI colour, where colours are on: "31", "1;32".
  std::string paint(std::string_view text, std::string_view colour) const {
    if (!colours_on_out()) return std::string(text);
    return "\x1b[" + std::string(colour) + "m" + std::string(text) + "\x1b[0m";
  }
  /// Red, yellow or green.
  std::string paint(std::string_view text, Status status) const {
    switch (status) {
      case Status::violated: return paint(text, "1;31");
      case Status::unknown: return paint(text, "1;33");
      case Status::holds: return paint(text, "1;32");
    }
    return std::string(text);
  }
};

}  // namespace lockstep
