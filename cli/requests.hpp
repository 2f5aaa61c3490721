#pragma once
// What was asked for on the command line, verb by verb, as typed and not yet checked.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "cli/terminal.hpp"

namespace lockstep {

struct CheckRequest {
  std::string file;
  std::string model;
  bool keyed = false;
  std::optional<std::uint64_t> steps;
};
struct VersionRequest {};

struct Request {
  std::variant<CheckRequest, VersionRequest> verb{};
  bool json = false;
  bool quiet = false;
  Colours colours = Colours::automatic;
};

}  // namespace lockstep
