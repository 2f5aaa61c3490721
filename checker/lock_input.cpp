// Reading acquires and releases of a history.
#include "checker/lock_input.hpp"

#include <fmt/format.h>

namespace lockstep {

tl::expected<LockInput, std::string> read_lock_input(const Operation& operation, Symbols& symbols,
                                                     std::string_view model) {
  const bool acquire = operation.f() == "acquire";
  if (!acquire && operation.f() != "release") {
    return tl::unexpected(
        fmt::format("the model {} has acquire and release, not \"{}\"", model, operation.f()));
  }
  const std::string& owner = operation.owner();
  return LockInput{
      .token = acquire ? operation.token() : 0,
      .owner = owner.empty() ? symbols.of_process(operation.process()) : symbols.of(owner),
      .acquire = acquire};
}

std::string describe_holder(std::uint32_t holder, std::uint32_t count, const Symbols& symbols) {
  if (holder == nobody) return "free";
  const std::string held = "held by " + symbols.text(holder);
  if (count < 2) return held;
  return count == 2 ? held + ", twice" : fmt::format("{}, {} times", held, count);
}

}  // namespace lockstep
