#pragma once
// What a key can hold, in the order in which a real server lists it.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "backends/redis/text.hpp"

namespace lockstep::redis {

/// Fields in the order of insertion, as Redis keeps hashes of up to 128 short fields.
class Hash {
 public:
  using Field = std::pair<std::string, std::string>;

  std::string* find(std::string_view name) {
    for (Field& field : fields_) {
      if (field.first == name) return &field.second;
    }
    return nullptr;
  }
  const std::string* find(std::string_view name) const {
    return const_cast<Hash*>(this)->find(name);
  }
  /// True when the field is new.
  bool set(std::string_view name, std::string_view value) {
    if (std::string* const known = find(name)) {
      known->assign(value);
      return false;
    }
    fields_.emplace_back(name, value);
    return true;
  }
  bool erase(std::string_view name) {
    return std::erase_if(fields_, [name](const Field& field) { return field.first == name; }) > 0;
  }
  const std::vector<Field>& fields() const { return fields_; }
  bool empty() const { return fields_.empty(); }
  bool operator==(const Hash&) const = default;

 private:
  std::vector<Field> fields_;
};

using List = std::vector<std::string>;

/// Members in the order of (score, bytes). Scores are never NaN and never minus zero.
class SortedSet {
 public:
  struct Member {
    Score score = 0;
    std::string name;
    bool operator==(const Member&) const = default;
  };

  const Member* find(std::string_view name) const {
    for (const Member& member : members_) {
      if (member.name == name) return &member;
    }
    return nullptr;
  }
  /// Adds the member, or moves it to its new score.
  void set(std::string_view name, Score score) {
    erase(name);
    Member member{score + 0.0, std::string(name)};
    const auto place = std::lower_bound(members_.begin(), members_.end(), member, before);
    members_.insert(place, std::move(member));
  }
  bool erase(std::string_view name) {
    return std::erase_if(members_, [name](const Member& member) { return member.name == name; }) >
           0;
  }
  /// Removes the members with ranks [first, last).
  void erase_ranks(std::size_t first, std::size_t last) {
    members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(first),
                   members_.begin() + static_cast<std::ptrdiff_t>(last));
  }
  const std::vector<Member>& members() const { return members_; }
  bool empty() const { return members_.empty(); }
  bool operator==(const SortedSet&) const = default;

 private:
  static bool before(const Member& left, const Member& right) {
    return left.score != right.score ? left.score < right.score : left.name < right.name;
  }
  std::vector<Member> members_;
};

using Value = std::variant<std::string, Hash, List, SortedSet>;

/// "string", "hash", "list" or "zset".
std::string_view type_name(const Value& value);

/// A value in one line for notes and people: a string as it is, {field: value, ...},
/// [element, ...] or (member score, ...).
std::string describe(const Value& value);

/// No deadline: the key lives until it is deleted.
inline constexpr std::int64_t forever = -1;

/// What the server keeps for one key.
struct Entry {
  Value value;
  std::int64_t expires_ms = forever;  // wall clock; alive while now <= expires_ms
  std::int64_t cost = 0;              // bytes it was last charged for
  std::int64_t used_s = 0;            // last access, or for LFU policies the last decay
  std::uint8_t hits = 5;              // LFU's logarithmic counter
};

}  // namespace lockstep::redis
