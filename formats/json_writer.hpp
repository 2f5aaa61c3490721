#pragma once
// Writes JSON in the order in which it is told, the same bytes every time.

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace lockstep {

/// "text" with quotes and escapes; bytes that are not UTF-8 become U+FFFD.
std::string json_quoted(std::string_view text);

/// One JSON document. Calls nest as the document does: object(); key("a"); value(1); end();
class JsonWriter {
 public:
  /// With indent 0 everything stays on one line.
  explicit JsonWriter(int indent = 2) : indent_(indent) {}

  JsonWriter& object() { return open('{', '}'); }
  JsonWriter& array() { return open('[', ']'); }
  JsonWriter& end();

  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text) { return put(json_quoted(text)); }
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(bool flag) { return put(flag ? "true" : "false"); }
  JsonWriter& null() { return put("null"); }
  template <class Number>
    requires(std::is_integral_v<Number> && !std::is_same_v<Number, bool>)
  JsonWriter& value(Number number) {
    return put(std::to_string(number));
  }
  /// Digits behind the point are the caller's: "12.345".
  JsonWriter& raw(std::string_view json) { return put(json); }

  template <class Value>
  JsonWriter& field(std::string_view name, const Value& content) {
    key(name);
    return value(content);
  }
  JsonWriter& field(std::string_view name, const std::vector<std::string>& texts);

  /// The document so far.
  const std::string& text() const { return text_; }

 private:
  struct Level {
    char close;
    bool empty = true;
  };
  JsonWriter& open(char begin, char close);
  JsonWriter& put(std::string_view json);
  void separate();
  void new_line();

  int indent_;
  bool after_key_ = false;
  std::vector<Level> levels_;
  std::string text_;
};

}  // namespace lockstep
