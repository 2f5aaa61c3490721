#pragma once
// Commands and snapshots as bytes, as a log and a disk keep them.
//
// A type is written by its `template <class Archive> void serialize(Archive& archive)`, which names
// its fields; cereal knows the standard containers (docs/decisions/0016-raft.md). Keep to ordered
// containers: equal states must be equal bytes.

#include <cereal/archives/portable_binary.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/variant.hpp>
#include <cereal/types/vector.hpp>
#include <optional>
#include <sstream>
#include <string>

namespace lockstep::raft {

template <class T>
std::string to_bytes(const T& value) {
  std::ostringstream stream;
  {
    cereal::PortableBinaryOutputArchive archive(stream);
    archive(value);
  }
  return std::move(stream).str();
}

/// None when the bytes are not those of a T: a log never gives back such bytes, a torn file may.
template <class T>
std::optional<T> from_bytes(const std::string& bytes) {
  std::istringstream stream(bytes);
  try {
    cereal::PortableBinaryInputArchive archive(stream);
    T value;
    archive(value);
    return value;
  } catch (const cereal::Exception&) {
    return std::nullopt;
  }
}

}  // namespace lockstep::raft
