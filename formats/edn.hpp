#pragma once
// A strict reader of EDN (github.com/edn-format/edn), the notation of Jepsen's histories.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "formats/file_error.hpp"

namespace lockstep {

/// One value as it stands in the file.
struct Edn {
  struct Nil {};
  struct Keyword {
    std::string name;  // without its colon
  };
  struct Symbol {
    std::string name;
  };
  /// A number that is no 64-bit integer: a float, a ratio, a big integer. Kept as written.
  struct Decimal {
    std::string text;
  };
  struct Sequence {
    std::vector<Edn> items;  // of a vector, a list or a set
  };
  struct Map {
    std::vector<Edn> entries;  // key, value, key, value, in the order of the file
  };

  std::variant<Nil, bool, std::int64_t, Decimal, std::string, Keyword, Symbol, Sequence, Map> held;
  Place at{};
};

/// Reads one value after the other. Comments and #_ forms are skipped; of a tagged value the tag
/// is dropped and the value kept. Nesting is limited to 100 levels, and a value to a million
/// parts, so that no file can exhaust the stack or the memory.
class EdnReader {
 public:
  explicit EdnReader(std::string_view text) : text_(text) {}

  /// The next value, or nothing where the file ends.
  FileResult<std::optional<Edn>> next();
  /// The same inside a sequence that enter() opened: nothing at its end, which is passed.
  FileResult<std::optional<Edn>> next_item();

  /// Passes the opening bracket of a vector or a list, if one comes next.
  FileResult<bool> enter();

  /// The place of what comes next, after blanks and comments.
  FileResult<Place> ahead();

 private:
  FileResult<void> skip_blanks(int depth);
  FileResult<Edn> value(int depth);
  FileResult<Edn> dispatch(int depth);
  FileResult<Edn> text_literal();
  FileResult<void> escape(std::string& out);
  FileResult<Edn> character();
  FileResult<Edn> atom();
  FileResult<Edn> number(const std::string& token, Place at);
  FileResult<std::vector<Edn>> items_until(char close, Place opened, int depth);
  FileResult<Edn> sequence(char close, int depth);
  FileResult<Edn> map(int depth);

  bool at_end() const { return pos_ >= text_.size(); }
  char peek() const { return text_[pos_]; }
  Place here() const { return Place{line_, pos_ - line_start_ + 1, pos_}; }
  void advance();
  std::string token();

  std::string_view text_;
  std::size_t pos_ = 0;
  std::size_t line_ = 1;
  std::size_t line_start_ = 0;
  std::size_t parts_ = 0;  // of the value that is being read
  char close_ = 0;         // of the sequence that enter() opened
  Place opened_{};
};

/// The value as text, the way Clojure prints it, for messages.
std::string to_text(const Edn& value);

}  // namespace lockstep
