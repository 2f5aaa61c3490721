#include "core/history.hpp"

namespace lockstep {
namespace {

void fold(Digest& digest, const OpValue& value) {
  digest.fold(static_cast<std::uint64_t>(value.held.index()));
  if (const auto* number = std::get_if<std::int64_t>(&value.held)) {
    digest.fold(static_cast<std::uint64_t>(*number));
  } else if (const auto* text = std::get_if<std::string>(&value.held)) {
    digest.fold(std::string_view(*text));
  } else if (const auto* list = std::get_if<OpValue::List>(&value.held)) {
    for (const OpValue& item : *list) fold(digest, item);
  }
}

}  // namespace

void fold(Digest& digest, const Op& op) {
  digest.fold(static_cast<std::uint64_t>(nanos(op.time)));
  digest.fold(static_cast<std::uint64_t>(op.process) << 2 | static_cast<std::uint64_t>(op.type));
  digest.fold(std::string_view(op.f));
  digest.fold(std::string_view(op.key));
  fold(digest, op.value);
  digest.fold(std::string_view(op.owner));
  digest.fold(op.token);
  digest.fold(std::string_view(op.error));
}

}  // namespace lockstep
