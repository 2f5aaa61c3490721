// One pass, byte by byte. Whatever it does not know it leaves to the careful reader.
#include "formats/plain_line.hpp"

namespace lockstep {
namespace {

class PlainLine {
 public:
  explicit PlainLine(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  bool read(Op& op) {
    if (!eat('{')) return false;
    do {
      std::string_view name;
      if (!text(name) || !eat(':') || !field(name, op)) return false;
    } while (eat(','));
    if (!eat('}')) return false;
    blanks();
    return at_ == end_ && (seen_ & required) == required;
  }

 private:
  enum Field : unsigned {
    process = 1,
    type = 2,
    f = 4,
    index = 8,
    time = 16,
    key = 32,
    value = 64,
    owner = 128,
    token = 256,
    error = 512
  };
  static constexpr unsigned required = process | type | f;

  void blanks() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }
  bool eat(char c) {
    blanks();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool text(std::string_view& out) {
    if (!eat('"')) return false;
    const char* begin = at_;
    while (at_ < end_ && *at_ != '"') {
      if (*at_ < ' ' || *at_ == '\\') return false;  // and all beyond ASCII, being negative
      ++at_;
    }
    if (at_ == end_) return false;
    out = std::string_view(begin, static_cast<std::size_t>(at_ - begin));
    ++at_;
    return true;
  }
  bool number(std::int64_t& out) {
    const bool negative = eat('-');
    const char* begin = at_;
    if (!negative) {
      blanks();
      begin = at_;
    }
    std::int64_t magnitude = 0;
    while (at_ < end_ && *at_ >= '0' && *at_ <= '9' && at_ - begin < 18) {
      magnitude = magnitude * 10 + (*at_++ - '0');
    }
    if (at_ == begin || (*begin == '0' && at_ - begin > 1)) return false;
    out = negative ? -magnitude : magnitude;
    return true;
  }
  bool into(std::string& out) {
    std::string_view found;
    if (!text(found)) return false;
    out.assign(found);
    return true;
  }

  bool once(Field field) {
    const bool first = (seen_ & field) == 0;
    seen_ |= field;
    return first;
  }

  bool field(std::string_view name, Op& op) {
    std::int64_t amount = 0;
    if (name == "index") return once(index) && number(op.index);
    if (name == "time_ns") {
      if (!once(time) || !number(amount)) return false;
      op.time = WorldTime(Duration(amount));
      return true;
    }
    if (name == "process") return once(process) && number(op.process);
    if (name == "type") return once(type) && read_type(op.type);
    if (name == "f") return once(f) && into(op.f);
    if (name == "key") return once(key) && into(op.key);
    if (name == "owner") return once(owner) && into(op.owner);
    if (name == "error") return once(error) && into(op.error);
    if (name == "value") return once(value) && read_value(op.value);
    if (name != "token" || !once(token) || !number(amount) || amount < 0) return false;
    op.token = static_cast<std::uint64_t>(amount);
    return true;
  }
  bool read_type(OpType& out) {
    std::string_view name;
    if (!text(name)) return false;
    for (const OpType known : {OpType::ok, OpType::invoke, OpType::info, OpType::fail}) {
      if (name != name_of(known)) continue;
      out = known;
      return true;
    }
    return false;
  }
  bool read_value(OpValue& out) {
    blanks();
    if (at_ == end_) return false;
    if (*at_ == '"') return into(out.held.emplace<std::string>());
    if (*at_ != 'n') return number(out.held.emplace<std::int64_t>());
    if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).substr(0, 4) != "null") {
      return false;
    }
    at_ += 4;
    return true;
  }

  const char* at_;
  const char* end_;
  unsigned seen_ = 0;
};

}  // namespace

bool read_plain_line(std::string_view line, Op& op) {
  return PlainLine(line).read(op);
}

}  // namespace lockstep
