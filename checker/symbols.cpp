// The table of symbols: open addressing over a hash that is the same everywhere.
#include "checker/symbols.hpp"

#include <fmt/format.h>

#include "core/digest.hpp"

namespace lockstep {
namespace {

void fold(Digest& digest, const OpValue& value) {
  digest.fold(static_cast<std::uint64_t>(value.held.index()));
  if (const auto* number = std::get_if<std::int64_t>(&value.held)) {
    digest.fold(static_cast<std::uint64_t>(*number));
  } else if (const auto* text = std::get_if<std::string>(&value.held)) {
    digest.fold(std::string_view(*text));
  } else if (const auto* list = std::get_if<OpValue::List>(&value.held)) {
    for (const auto& part : *list) fold(digest, part);
  }
}

}  // namespace

std::uint32_t Symbols::of(const OpValue& value) {
  Digest digest;
  fold(digest, value);
  return number(digest.value(), value, false);
}

std::uint32_t Symbols::of(const std::string& owner) {
  return of(OpValue{owner});
}

std::uint32_t Symbols::of_process(std::int64_t process) {
  Digest digest;
  digest.fold(static_cast<std::uint64_t>(process));
  return number(digest.value(), OpValue{process}, true);
}

std::uint32_t Symbols::number(std::uint64_t hash, const OpValue& value, bool is_process) {
  const auto known = index_.find(hash, [&](std::uint32_t place) {
    return entries_[place].is_process == is_process && entries_[place].value == value;
  });
  if (known != HashIndex::none) return known;
  const auto place = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back({value, is_process});
  index_.insert(hash, place);
  return place;
}

std::string Symbols::text(std::uint32_t symbol) const {
  const Entry& entry = entries_.at(symbol);
  if (entry.is_process) return fmt::format("process {}", std::get<std::int64_t>(entry.value.held));
  return to_text(entry.value);
}

std::string to_text(const OpValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value.held)) {
    return fmt::format("{}", *number);
  }
  if (const auto* text = std::get_if<std::string>(&value.held)) return *text;
  const auto* list = std::get_if<OpValue::List>(&value.held);
  if (list == nullptr) return "nil";
  std::string joined = "[";
  for (const auto& part : *list) {
    if (joined.size() > 1) joined += ' ';
    joined += to_text(part);
  }
  return joined + "]";
}

}  // namespace lockstep
