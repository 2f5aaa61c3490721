#pragma once
// What a parameter's value must keep to beyond its type, so that no server hangs on it or refuses
// it in the middle of a run.

#include <optional>
#include <string>

#include "core/settings.hpp"

namespace lockstep {

/// What forbids this setting of a lock: a sentence that says what is allowed; nothing where it may
/// be set.
std::optional<std::string> limit_broken_by(const Settings::Entry& setting);

}  // namespace lockstep
