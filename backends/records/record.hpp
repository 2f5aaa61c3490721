#pragma once
// Records of a store with compare-and-set, and what is asked of it and answered.
//
// One shape serves three kinds of store: Kubernetes (an object's resourceVersion), DynamoDB (a
// condition on an attribute) and Cloud Storage (an object's generation, and the metageneration of
// its metadata).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/digest.hpp"

namespace lockstep::records {

/// A record's content, by the names of its fields. Names and values hold no tab and no line break.
using Fields = std::map<std::string, std::string>;

struct Record {
  Fields fields;
  std::uint64_t version = 0;         // of its last change, on a count of all changes of the store
  std::uint64_t generation = 0;      // of the put that made its content
  std::uint64_t metageneration = 0;  // 1 then, and one more with each patch

  /// A field's text; empty when there is none.
  const std::string& field(std::string_view name) const;
  friend bool operator==(const Record&, const Record&) = default;
};

/// What must be true of a record for a change to happen, checked in one step with the change.
struct Condition {
  bool absent = false;
  std::optional<std::uint64_t> version{};
  std::optional<std::uint64_t> generation{};
  std::optional<std::uint64_t> metageneration{};
  std::string field{};  // if set: this field must have this value
  std::string value{};

  bool met_by(const Record* record) const;
};

enum class Action : std::uint8_t { get, put, patch, erase };

/// Reads or changes one record. A put replaces all fields; a patch sets some, and needs a record.
struct Request {
  Action action{};
  std::string key;
  Fields fields{};
  Condition condition{};
  std::string reason{};  // for the store's audit log: it decides nothing

  void fold(Digest& digest) const;
  std::string describe() const;
};

enum class Status : std::uint8_t {
  ok,
  missing,      // there is no such record
  conflict,     // the condition was not met; nothing happened
  unavailable,  // 503: no leader; nothing happened
};

struct Response {
  Status status{};
  Record record{};  // with ok: as it is now; after an erase, as it was

  void fold(Digest& digest) const;
  std::string describe() const;
};

/// "7" for {value: 7}, else "holder=a renewed=5".
std::string to_text(const Fields& fields);
/// The value of `name` in such a text; empty when it is not there.
std::string field_in(const std::string& text, std::string_view name);

}  // namespace lockstep::records
