#include "formats/edn.hpp"

#include <fmt/core.h>

#include <charconv>
#include <utility>

namespace lockstep {
namespace {

constexpr int deepest = 100;
constexpr std::size_t most_parts = 1'000'000;
constexpr std::size_t longest_token = 10'000;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == ',';
}

/// May `c` stand in a number, a keyword or a symbol?
bool is_token(char c) {
  const auto byte = static_cast<unsigned char>(c);
  const bool letter_or_digit =
      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || byte >= 0x80;
  return letter_or_digit ||
         std::string_view(".*+!-_?$%&=<>:#/'|").find(c) != std::string_view::npos;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// How a character is named in a message.
std::string shown(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f ? fmt::format("'{}'", c)
                                    : fmt::format("the byte 0x{:02x}", byte);
}

void append_utf8(std::string& out, std::uint32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  }
}

/// Four hexadecimal digits, which name no half of a surrogate pair.
std::optional<std::uint32_t> code_unit(std::string_view digits) {
  std::uint32_t point = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), point, 16);
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (digits.size() != 4 || read.ptr != digits.data() + 4 || surrogate) return std::nullopt;
  return point;
}

/// [+-] digits [. digits] [e digits] [M], or a ratio.
bool is_decimal(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i > from;
  };
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  if (!digits()) return false;
  if (i < text.size() && text[i] == '/') return ++i, digits() && i == text.size();
  if (i < text.size() && text[i] == '.') ++i, digits();
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!digits()) return false;
  }
  if (i < text.size() && (text[i] == 'M' || text[i] == 'N')) ++i;
  return i == text.size();
}

}  // namespace

FileResult<std::optional<Edn>> EdnReader::next() {
  parts_ = 0;
  if (FileResult<void> blanks = skip_blanks(0); !blanks) return misread(blanks.error());
  if (at_end()) return std::nullopt;
  FileResult<Edn> read = value(0);
  if (!read) return misread(read.error());
  return std::move(*read);
}

FileResult<std::optional<Edn>> EdnReader::next_item() {
  if (FileResult<void> blanks = skip_blanks(0); !blanks) return misread(blanks.error());
  if (at_end()) {
    return misread(here(), fmt::format("expected '{}', which ends what began at {}", close_,
                                       to_text(opened_)));
  }
  if (peek() != close_) return next();
  advance();
  return std::nullopt;
}

FileResult<bool> EdnReader::enter() {
  if (FileResult<void> blanks = skip_blanks(0); !blanks) return misread(blanks.error());
  if (at_end() || (peek() != '[' && peek() != '(')) return false;
  opened_ = here();
  close_ = peek() == '[' ? ']' : ')';
  advance();
  return true;
}

FileResult<Place> EdnReader::ahead() {
  if (FileResult<void> blanks = skip_blanks(0); !blanks) return misread(blanks.error());
  return here();
}

void EdnReader::advance() {
  if (text_[pos_] == '\n') {
    ++line_;
    line_start_ = pos_ + 1;
  }
  ++pos_;
}

FileResult<void> EdnReader::skip_blanks(int depth) {
  while (!at_end()) {
    if (is_blank(peek())) {
      advance();
    } else if (peek() == ';') {
      while (!at_end() && peek() != '\n') ++pos_;
    } else if (text_.substr(pos_, 2) == "#_") {
      const Place at = here();
      pos_ += 2;
      if (depth >= deepest) return misread(at, "#_ stands too deep here");
      if (FileResult<void> blanks = skip_blanks(depth + 1); !blanks) return blanks;
      if (at_end()) return misread(at, "expected a value after #_");
      if (FileResult<Edn> ignored = value(depth + 1); !ignored) return misread(ignored.error());
    } else {
      break;
    }
  }
  return {};
}

FileResult<Edn> EdnReader::value(int depth) {
  if (depth >= deepest) {
    return misread(here(), fmt::format("values are nested deeper than {} levels", deepest));
  }
  if (++parts_ > most_parts) {
    return misread(here(), fmt::format("one value with more than {} parts", most_parts));
  }
  const char c = peek();
  switch (c) {
    case '[': return sequence(']', depth);
    case '(': return sequence(')', depth);
    case '{': return map(depth);
    case '"': return text_literal();
    case '\\': return character();
    case '#': return dispatch(depth);
    default: break;
  }
  if (is_token(c)) return atom();
  return misread(here(), fmt::format("expected an EDN value, not {}", shown(c)));
}

FileResult<Edn> EdnReader::dispatch(int depth) {
  const Place at = here();
  advance();
  if (!at_end() && peek() == '{') return sequence('}', depth);
  const std::string tag = at_end() ? "" : token();
  if (tag.empty() || tag[0] == '#' || tag[0] == ':' || is_digit(tag[0])) {
    return misread(at, "expected #{, #_ or a tag after '#'");
  }
  if (FileResult<void> blanks = skip_blanks(depth + 1); !blanks) return misread(blanks.error());
  if (at_end()) return misread(at, fmt::format("expected a value after the tag #{}", tag));
  return value(depth + 1);
}

FileResult<Edn> EdnReader::text_literal() {
  const Place opened = here();
  std::string text;
  advance();
  while (!at_end() && peek() != '"') {
    if (peek() == '\\') {
      if (FileResult<void> read = escape(text); !read) return misread(read.error());
    } else {
      text += peek();
      advance();
    }
  }
  if (at_end()) return misread(opened, "this text has no closing quote");
  advance();
  return Edn{std::move(text), opened};
}

FileResult<void> EdnReader::escape(std::string& out) {
  const Place at = here();
  const char kind = pos_ + 1 < text_.size() ? text_[pos_ + 1] : '\0';
  pos_ += 2;
  switch (kind) {
    case 'n': out += '\n'; return {};
    case 't': out += '\t'; return {};
    case 'r': out += '\r'; return {};
    case 'b': out += '\b'; return {};
    case 'f': out += '\f'; return {};
    case '"':
    case '\\':
    case '/': out += kind; return {};
    default: break;
  }
  if (kind == 'u') {
    if (const auto point = code_unit(text_.substr(pos_, 4))) {
      append_utf8(out, *point);
      pos_ += 4;
      return {};
    }
  }
  return misread(at, "expected one of \\n \\t \\r \\b \\f \\\" \\\\ or \\u0000");
}

FileResult<Edn> EdnReader::character() {
  static constexpr std::pair<std::string_view, char> named[] = {
      {"newline", '\n'}, {"return", '\r'},   {"space", ' '},
      {"tab", '\t'},     {"formfeed", '\f'}, {"backspace", '\b'}};
  const Place at = here();
  ++pos_;
  if (at_end() || is_blank(peek())) return misread(at, "expected a character after '\\'");
  std::string text(1, peek());
  advance();
  while (!at_end() && is_token(peek()) && text.size() <= longest_token) {
    text += peek();
    ++pos_;
  }
  for (const auto& [name, meaning] : named) {
    if (text == name) return Edn{std::string(1, meaning), at};
  }
  if (text.size() == 5 && text[0] == 'u') {
    if (const auto point = code_unit(std::string_view(text).substr(1))) {
      std::string one;
      append_utf8(one, *point);
      return Edn{std::move(one), at};
    }
  }
  const bool one_character = text.size() == 1 || static_cast<unsigned char>(text[0]) >= 0x80;
  if (!one_character) return misread(at, fmt::format("there is no character \\{:.40}", text));
  return Edn{std::move(text), at};
}

std::string EdnReader::token() {
  const std::size_t from = pos_;
  while (!at_end() && is_token(peek())) ++pos_;
  return std::string(text_.substr(from, pos_ - from));
}

FileResult<Edn> EdnReader::atom() {
  const Place at = here();
  std::string text = token();
  if (text.size() > longest_token) {
    return misread(
        at, fmt::format("a word of {} letters; the limit is {}", text.size(), longest_token));
  }
  const bool sign = text[0] == '+' || text[0] == '-';
  if (is_digit(text[0]) || (sign && text.size() > 1 && is_digit(text[1]))) return number(text, at);
  if (text == "nil") return Edn{Edn::Nil{}, at};
  if (text == "true" || text == "false") return Edn{text == "true", at};
  if (text[0] != ':') return Edn{Edn::Symbol{std::move(text)}, at};
  text.erase(0, 1);
  if (text.empty() || text[0] == ':') return misread(at, "expected a keyword such as :invoke");
  return Edn{Edn::Keyword{std::move(text)}, at};
}

FileResult<Edn> EdnReader::number(const std::string& text, Place at) {
  if (!is_decimal(text)) return misread(at, fmt::format("\"{:.40}\" is no number", text));
  const char* begin = text.data() + (text[0] == '+' ? 1 : 0);
  const char* end = text.data() + text.size() - (text.back() == 'N' ? 1 : 0);
  std::int64_t integer = 0;
  const auto read = std::from_chars(begin, end, integer);
  if (read.ec == std::errc() && read.ptr == end) return Edn{integer, at};
  return Edn{Edn::Decimal{text}, at};
}

FileResult<std::vector<Edn>> EdnReader::items_until(char close, Place opened, int depth) {
  std::vector<Edn> items;
  while (true) {
    if (FileResult<void> blanks = skip_blanks(depth); !blanks) return misread(blanks.error());
    if (at_end()) {
      return misread(here(), fmt::format("expected '{}', which ends what began at {}", close,
                                         to_text(opened)));
    }
    if (peek() == close) break;
    FileResult<Edn> item = value(depth + 1);
    if (!item) return misread(item.error());
    items.push_back(std::move(*item));
  }
  advance();
  return items;
}

FileResult<Edn> EdnReader::sequence(char close, int depth) {
  const Place opened = here();
  advance();
  FileResult<std::vector<Edn>> items = items_until(close, opened, depth);
  if (!items) return misread(items.error());
  return Edn{Edn::Sequence{std::move(*items)}, opened};
}

FileResult<Edn> EdnReader::map(int depth) {
  const Place opened = here();
  advance();
  FileResult<std::vector<Edn>> items = items_until('}', opened, depth);
  if (!items) return misread(items.error());
  if (items->size() % 2 != 0) {
    return misread(items->back().at, "this key of a map has no value");
  }
  return Edn{Edn::Map{std::move(*items)}, opened};
}

namespace {

struct Shown {
  std::string operator()(const Edn::Nil&) const { return "nil"; }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(const Edn::Decimal& number) const { return number.text; }
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(const Edn::Keyword& keyword) const { return keyword.name; }
  std::string operator()(const Edn::Symbol& symbol) const { return symbol.name; }
  std::string operator()(const Edn::Sequence& sequence) const {
    std::string text;
    for (const Edn& item : sequence.items) text += (text.empty() ? "" : " ") + to_text(item);
    return text;
  }
  std::string operator()(const Edn::Map& map) const {
    std::string text;
    for (std::size_t i = 0; i < map.entries.size(); ++i) {
      const std::string_view gap = i == 0 ? "" : i % 2 == 0 ? ", " : " ";
      text += gap;
      text += to_text(map.entries[i]);
    }
    return text;
  }
};

}  // namespace

std::string to_text(const Edn& value) {
  return std::visit(Shown{}, value.held);
}

}  // namespace lockstep
