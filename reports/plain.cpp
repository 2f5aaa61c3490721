// Text for a terminal: nothing that comes out of a run may steer it.
#include "reports/plain.hpp"

#include <fmt/core.h>

#include "formats/utf8.hpp"

namespace lockstep::reports {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
}

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u;
}

/// The length of the sequence at `i` of valid UTF-8.
std::size_t sequence_at(std::string_view text, std::size_t i) {
  std::size_t length = 1;
  while (i + length < text.size() && continues(text[i + length])) ++length;
  return length;
}

/// C0, DEL, C1, and the characters that reverse the direction of what follows.
bool steers(std::string_view sequence) {
  const unsigned first = byte_at(sequence, 0);
  if (sequence.size() == 1) return first < 0x20u || first == 0x7Fu;
  if (sequence.size() == 2) return first == 0xC2u && byte_at(sequence, 1) < 0xA0u;
  if (sequence.size() != 3 || first != 0xE2u) return false;
  const unsigned low = byte_at(sequence, 1) << 8 | byte_at(sequence, 2);
  return (low >= 0x80AAu && low <= 0x80AEu) || (low >= 0x81A6u && low <= 0x81A9u) ||
         low == 0x80A8u || low == 0x80A9u;
}

}  // namespace

std::string printable(std::string_view anything) {
  const std::string valid = valid_utf8(anything);
  const std::string_view text = valid;
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_at(text, i);
    const std::string_view sequence = text.substr(i, length);
    if (sequence == "\n") {
      out += "\\n";
    } else if (steers(sequence)) {
      for (const char c : sequence) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += sequence;
    }
    i += length;
  }
  return out;
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += continues(c) ? 0u : 1u;
  return count;
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t taken = columns(text);
  return std::string(text) + std::string(taken < width ? width - taken : 0, ' ');
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = indent;
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t length = columns(word);
    if (!first && column + 1 + length > width) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += length;
    first = false;
  }
  return out;
}

std::string brief(Duration length) {
  const std::int64_t count = length.count();
  std::int64_t grain = 1;
  for (const std::int64_t unit : {1'000'000'000, 1'000'000, 1'000}) {
    if (count < unit) continue;
    grain = unit / 1000;
    break;
  }
  return to_text(Duration((count + grain / 2) / grain * grain));
}

std::string brief(const Settings& settings) {
  std::string out;
  for (const Settings::Entry& entry : settings.entries()) {
    std::string value = to_text(entry.value);
    if (const auto* length = std::get_if<Duration>(&entry.value)) {
      value = brief(*length);
      std::erase(value, ' ');
    }
    out += fmt::format("{}{}={}", out.empty() ? "" : " ", entry.name, value);
  }
  return out;
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, ",");
  return digits;
}

std::string counted(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

std::string in_markdown(std::string_view text) {
  std::string escaped;
  for (const char c : printable(text)) {
    if (std::string_view("\\`*_[]<>#|~&@").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
    out += names[i];
  }
  return out;
}

}  // namespace lockstep::reports
