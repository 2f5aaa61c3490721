#pragma once
// ZooKeeper's encoding of records: big-endian numbers, texts and lists after their lengths.

#include <cstdint>
#include <stdexcept>
#include <string>

namespace lockstep::zookeeper::jute {

class Writer {
 public:
  Writer& number(std::int32_t value) { return bytes(static_cast<std::uint32_t>(value), 4); }
  Writer& big_number(std::int64_t value) { return bytes(static_cast<std::uint64_t>(value), 8); }
  Writer& flag(bool value) { return bytes(value ? 1 : 0, 1); }
  Writer& text(const std::string& value) {
    number(static_cast<std::int32_t>(value.size()));
    out_ += value;
    return *this;
  }
  const std::string& str() const { return out_; }

 private:
  Writer& bytes(std::uint64_t value, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
      out_ += static_cast<char>(value >> shift & 0xff);
    }
    return *this;
  }
  std::string out_;
};

class Reader {
 public:
  explicit Reader(const std::string& in) : in_(in) {}

  std::int32_t number() { return static_cast<std::int32_t>(bytes(4)); }
  std::int64_t big_number() { return static_cast<std::int64_t>(bytes(8)); }
  bool flag() { return bytes(1) != 0; }
  std::string text() {
    const std::int32_t size = number();
    if (size <= 0) return {};
    need(static_cast<std::size_t>(size));
    std::string value = in_.substr(at_, static_cast<std::size_t>(size));
    at_ += static_cast<std::size_t>(size);
    return value;
  }
  bool at_end() const { return at_ >= in_.size(); }

 private:
  void need(std::size_t size) const {
    if (in_.size() - at_ < size) throw std::runtime_error("ZooKeeper's answer is too short");
  }
  std::uint64_t bytes(std::size_t size) {
    need(size);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value = value << 8 | static_cast<unsigned char>(in_[at_++]);
    }
    return value;
  }
  const std::string& in_;
  std::size_t at_ = 0;
};

}  // namespace lockstep::zookeeper::jute
