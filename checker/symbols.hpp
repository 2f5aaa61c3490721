#pragma once
// Owners and values as small numbers, so that models compare numbers instead of text.

#include <cstdint>
#include <string>
#include <vector>

#include "checker/hash_index.hpp"
#include "core/history.hpp"

namespace lockstep {

/// Gives equal values equal numbers, counted from 0 in the order of first appearance.
class Symbols {
 public:
  std::uint32_t of(const OpValue& value);
  std::uint32_t of(const std::string& owner);
  /// Whoever holds under this process's name. Never equal to an owner's number.
  std::uint32_t of_process(std::int64_t process);

  /// "nil", "3", "\"a\"", "[1 2]", "client-1", "process 4".
  std::string text(std::uint32_t symbol) const;

 private:
  struct Entry {
    OpValue value;
    bool is_process;
  };
  std::uint32_t number(std::uint64_t hash, const OpValue& value, bool is_process);

  std::vector<Entry> entries_;
  HashIndex index_;
};

/// A value as people write it in a history.
std::string to_text(const OpValue& value);

}  // namespace lockstep
