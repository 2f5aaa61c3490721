// One pass over the wire format: a byte of tag, then a varint or a length and its bytes. Whatever
// it does not know it leaves to the generated parser.
#include "formats/plain_record.hpp"

#include <algorithm>
#include <cstdint>

namespace lockstep {
namespace {

/// The number of a field and how it is written, as the wire has them.
constexpr unsigned varint_field(unsigned number) {
  return number << 3;
}
constexpr unsigned bytes_field(unsigned number) {
  return number << 3 | 2;
}

constexpr std::int64_t zigzag(std::uint64_t coded) {
  return static_cast<std::int64_t>(coded >> 1 ^ (~(coded & 1) + 1));
}

class PlainRecord {
 public:
  explicit PlainRecord(std::string_view record)
      : at_(record.data()), end_(record.data() + record.size()) {}

  bool read(Op& op) {
    bool typed = false;
    while (at_ != end_) {
      const auto tag = static_cast<unsigned char>(*at_++);
      if (!field(tag, op)) return false;
      typed = typed || tag == varint_field(4);
    }
    return typed && !op.f.empty();
  }

 private:
  bool field(unsigned tag, Op& op) {
    std::uint64_t amount = 0;
    switch (tag) {
      case varint_field(1): return varint(amount);  // its place tells the index
      case varint_field(2):
        if (!varint(amount)) return false;
        op.time = WorldTime(Duration(static_cast<std::int64_t>(amount)));
        return true;
      case varint_field(3):
        if (!varint(amount)) return false;
        op.process = zigzag(amount);
        return true;
      case varint_field(4): return varint(amount) && type(amount, op.type);
      case bytes_field(5): return text(op.f);
      case bytes_field(6): return text(op.key);
      case bytes_field(7): return value(op.value);
      case bytes_field(8): return text(op.owner);
      case varint_field(9): return varint(op.token);
      case bytes_field(10): return text(op.error);
      default: return false;
    }
  }

  static bool type(std::uint64_t number, OpType& out) {
    static constexpr OpType types[] = {OpType::invoke, OpType::ok, OpType::fail, OpType::info};
    if (number < 1 || number > 4) return false;
    out = types[number - 1];
    return true;
  }

  bool varint(std::uint64_t& out) {
    out = 0;
    for (unsigned shift = 0; at_ != end_ && shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      if (shift == 63 && byte > 1) return false;
      out |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  bool bytes(std::string_view& out) {
    std::uint64_t length = 0;
    if (!varint(length) || length > static_cast<std::uint64_t>(end_ - at_)) return false;
    out = std::string_view(at_, static_cast<std::size_t>(length));
    at_ += length;
    return true;
  }

  bool text(std::string& out) {
    std::string_view found;
    if (!bytes(found)) return false;
    const bool ascii = std::all_of(found.begin(), found.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (ascii) out.assign(found);
    return ascii;
  }

  bool value(OpValue& out) {
    std::string_view inner;
    if (!bytes(inner)) return false;
    PlainRecord fields(inner);
    while (fields.at_ != fields.end_) {
      const auto tag = static_cast<unsigned char>(*fields.at_++);
      std::uint64_t amount = 0;
      if (tag == varint_field(1) && fields.varint(amount)) {
        out.held = zigzag(amount);
      } else if (tag != bytes_field(2) || !fields.text(out.held.emplace<std::string>())) {
        return false;
      }
    }
    return true;
  }

  const char* at_;
  const char* end_;
};

}  // namespace

bool read_plain_record(std::string_view record, Op& op) {
  return PlainRecord(record).read(op);
}

}  // namespace lockstep
