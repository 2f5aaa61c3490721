#pragma once
// Commands and snapshots as bytes, as a log and a disk keep them.
//
// A type is written by its `template <class Archive> void serialize(Archive& archive)`, which names
// its fields; cereal knows the standard containers (docs/decisions/0016-raft.md). Keep to ordered
// containers: equal states must be equal bytes. Numbers are whole ones, seven bits a byte, the
// lowest first; cereal's own binary archives need a std::stream, which costs more than all that
// goes into it.

#include <cereal/cereal.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/variant.hpp>
#include <cereal/types/vector.hpp>
#include <concepts>
#include <cstring>
#include <optional>
#include <string>

namespace lockstep::raft {

class BytesOut : public cereal::OutputArchive<BytesOut, cereal::AllowEmptyClassElision> {
 public:
  explicit BytesOut(std::string& out) : OutputArchive(this), out_(out) {}

  /// Signed numbers alternate with their negatives, so that small ones are short.
  template <std::integral T>
  void number(T value) {
    auto left = static_cast<std::uint64_t>(value);
    if constexpr (std::signed_integral<T>) {
      const auto wide = static_cast<std::int64_t>(value);
      left = (static_cast<std::uint64_t>(wide) << 1) ^ static_cast<std::uint64_t>(wide >> 63);
    }
    for (; left >= 0x80; left >>= 7) out_ += static_cast<char>((left & 0x7f) | 0x80);
    out_ += static_cast<char>(left);
  }
  void bytes(const void* data, std::size_t size) {
    out_.append(static_cast<const char*>(data), size);
  }

 private:
  std::string& out_;
};

class BytesIn : public cereal::InputArchive<BytesIn, cereal::AllowEmptyClassElision> {
 public:
  explicit BytesIn(const std::string& in) : InputArchive(this), in_(in) {}

  template <std::integral T>
  void number(T& value) {
    std::uint64_t read = 0;
    for (int shift = 0;; shift += 7) {
      need(shift < 70 ? 1 : in_.size() + 1);
      const auto byte = static_cast<unsigned char>(in_[at_++]);
      read |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if constexpr (std::signed_integral<T>) read = (read >> 1) ^ (~(read & 1) + 1);
    value = static_cast<T>(read);
  }
  void bytes(void* data, std::size_t size) {
    need(size);
    std::memcpy(data, in_.data() + at_, size);
    at_ += size;
  }
  /// Throws unless so many bytes are left.
  void need(std::size_t size) const {
    if (in_.size() - at_ < size) throw cereal::Exception("the bytes end too soon");
  }

 private:
  const std::string& in_;
  std::size_t at_ = 0;
};

// What cereal calls, found by the archive's namespace.
template <std::integral T>
void CEREAL_SAVE_FUNCTION_NAME(BytesOut& archive, const T& value) {
  archive.number(value);
}
template <std::integral T>
void CEREAL_LOAD_FUNCTION_NAME(BytesIn& archive, T& value) {
  archive.number(value);
}
template <class T>
void CEREAL_SAVE_FUNCTION_NAME(BytesOut& archive, const cereal::BinaryData<T>& data) {
  archive.bytes(data.data, static_cast<std::size_t>(data.size));
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(BytesIn& archive, cereal::BinaryData<T>& data) {
  archive.bytes(data.data, static_cast<std::size_t>(data.size));
}
template <class Archive, class T>
  requires std::same_as<Archive, BytesOut> || std::same_as<Archive, BytesIn>
void CEREAL_SERIALIZE_FUNCTION_NAME(Archive& archive, cereal::NameValuePair<T>& pair) {
  archive(pair.value);
}
template <class T>
void CEREAL_SAVE_FUNCTION_NAME(BytesOut& archive, const cereal::SizeTag<T>& tag) {
  archive.number(tag.size);
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(BytesIn& archive, cereal::SizeTag<T>& tag) {
  archive.number(tag.size);
  archive.need(tag.size);  // each element takes a byte at least
}

template <class T>
std::string to_bytes(const T& value) {
  std::string bytes;
  BytesOut archive(bytes);
  archive(value);
  return bytes;
}

/// None when the bytes are not those of a T: a log never gives back such bytes, a torn file may.
template <class T>
std::optional<T> from_bytes(const std::string& bytes) {
  try {
    BytesIn archive(bytes);
    T value;
    archive(value);
    return value;
  } catch (const cereal::Exception&) {
    return std::nullopt;
  }
}

}  // namespace lockstep::raft

CEREAL_REGISTER_ARCHIVE(lockstep::raft::BytesOut)
CEREAL_REGISTER_ARCHIVE(lockstep::raft::BytesIn)
CEREAL_SETUP_ARCHIVE_TRAITS(lockstep::raft::BytesIn, lockstep::raft::BytesOut)
