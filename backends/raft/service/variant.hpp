#pragma once
// The known ways to get a Raft lock service wrong, by the name that the parameter "mistake" takes.

#include <string>
#include <string_view>
#include <vector>

#include "backends/raft/mistakes.hpp"
#include "backends/raft/service/lock_machine.hpp"

namespace lockstep::raft::service {

struct Variant {
  std::string_view name;
  Mistakes raft{};
  MachineRules machine{};
  bool expires_locally = false;  // each member ends sessions by its own clock
  bool numbers_commands = true;  // clients send a command again under the same number
};

/// All of them; the first, "none", is right.
const std::vector<Variant>& all_variants();
/// The one of that name, which must be one of them.
const Variant& variant_named(std::string_view name);
/// Their names.
std::vector<std::string_view> variant_names();

}  // namespace lockstep::raft::service
