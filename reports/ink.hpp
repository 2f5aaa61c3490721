#pragma once
// Colours of a terminal, or none.

#include <string>
#include <string_view>

namespace lockstep::reports {

/// Wraps text in ANSI colours when there are any. Colour never carries meaning alone.
class Ink {
 public:
  explicit Ink(bool colour) : colour_(colour) {}

  std::string red(std::string_view text) const { return paint("1;31", text); }
  std::string green(std::string_view text) const { return paint("32", text); }
  std::string yellow(std::string_view text) const { return paint("33", text); }
  std::string bold(std::string_view text) const { return paint("1", text); }

 private:
  std::string paint(std::string_view code, std::string_view text) const {
    if (!colour_) return std::string(text);
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
  }

  bool colour_;
};

}  // namespace lockstep::reports
