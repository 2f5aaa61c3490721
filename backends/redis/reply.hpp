#pragma once
// What a Redis server answers to one command: a value, so that it can be compared and digested.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep::redis {

/// One RESP2 value. `text` holds the bytes of a status, an error (its code first, without the
/// leading '-') or a bulk string; `integer` and `elements` are used by their kinds alone.
struct Reply {
  enum class Kind : std::uint8_t { nil, nil_array, status, error, integer, bulk, array };

  Kind kind = Kind::nil;
  std::int64_t number = 0;
  std::string text;
  std::vector<Reply> elements;

  static Reply nil() { return {}; }
  static Reply nil_array() { return make(Kind::nil_array, {}); }
  static Reply ok() { return make(Kind::status, "OK"); }
  static Reply status(std::string text) { return make(Kind::status, std::move(text)); }
  static Reply error(std::string text) { return make(Kind::error, std::move(text)); }
  static Reply bulk(std::string text) { return make(Kind::bulk, std::move(text)); }
  static Reply integer(std::int64_t number) {
    Reply reply;
    reply.kind = Kind::integer;
    reply.number = number;
    return reply;
  }
  static Reply array(std::vector<Reply> elements) {
    Reply reply;
    reply.kind = Kind::array;
    reply.elements = std::move(elements);
    return reply;
  }

  bool is_nil() const { return kind == Kind::nil || kind == Kind::nil_array; }
  bool is_error() const { return kind == Kind::error; }
  bool is_ok() const { return kind == Kind::status && text == "OK"; }
  bool is(std::int64_t value) const { return kind == Kind::integer && number == value; }

  bool operator==(const Reply&) const = default;

 private:
  static Reply make(Kind kind, std::string text) {
    Reply reply;
    reply.kind = kind;
    reply.text = std::move(text);
    return reply;
  }
};

/// The bytes a server would put on the wire (RESP2).
std::string to_resp(const Reply& reply);

/// A command as a client puts it on the wire: an array of bulk strings (RESP2).
void append_resp(std::string& out, const std::vector<std::string>& words);

/// For people, logs and digests: `OK`, `"value"`, `3`, `(nil)`, `(error) ERR ...`, `[1, "a"]`.
/// Equal replies have equal texts and different ones different texts.
std::string describe(const Reply& reply);

}  // namespace lockstep::redis
