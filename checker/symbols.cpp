// The table of symbols: open addressing over a hash that is the same everywhere.
#include "checker/symbols.hpp"

#include <fmt/format.h>

#include <algorithm>

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
  if ((entries_.size() + 1) * 2 > slots_.size()) {
    slots_.assign(std::max<std::size_t>(32, slots_.size() * 2), 0);
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
      auto slot = entries_[i].hash & (slots_.size() - 1);
      while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = i + 1;
    }
  }
  auto slot = hash & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
    const Entry& entry = entries_[slots_[slot] - 1];
    if (entry.hash == hash && entry.is_process == is_process && entry.value == value) {
      return slots_[slot] - 1;
    }
  }
  entries_.push_back({hash, value, is_process});
  slots_[slot] = static_cast<std::uint32_t>(entries_.size());
  return slots_[slot] - 1;
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
