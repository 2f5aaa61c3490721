// Replies as RESP2 bytes and as text.
#include "backends/redis/reply.hpp"

namespace lockstep::redis {
namespace {

void append_line(std::string& out, char type, std::string_view text) {
  out += type;
  out.append(text);
  out += "\r\n";
}

void append_bulk(std::string& out, std::string_view text) {
  append_line(out, '$', std::to_string(text.size()));
  out.append(text);
  out += "\r\n";
}

void append_reply(std::string& out, const Reply& reply) {
  switch (reply.kind) {
    case Reply::Kind::nil: out += "$-1\r\n"; return;
    case Reply::Kind::nil_array: out += "*-1\r\n"; return;
    case Reply::Kind::status: append_line(out, '+', reply.text); return;
    case Reply::Kind::error: append_line(out, '-', reply.text); return;
    case Reply::Kind::integer: append_line(out, ':', std::to_string(reply.number)); return;
    case Reply::Kind::bulk: append_bulk(out, reply.text); return;
    case Reply::Kind::array:
      append_line(out, '*', std::to_string(reply.elements.size()));
      for (const Reply& element : reply.elements) append_reply(out, element);
      return;
  }
}

std::string quoted(std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      out += "\\x";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

std::string to_resp(const Reply& reply) {
  std::string out;
  append_reply(out, reply);
  return out;
}

void append_resp(std::string& out, const std::vector<std::string>& words) {
  append_line(out, '*', std::to_string(words.size()));
  for (const std::string& word : words) append_bulk(out, word);
}

std::string describe(const Reply& reply) {
  switch (reply.kind) {
    case Reply::Kind::nil: return "(nil)";
    case Reply::Kind::nil_array: return "(nil array)";
    case Reply::Kind::status: return reply.text;
    case Reply::Kind::error: return "(error) " + reply.text;
    case Reply::Kind::integer: return std::to_string(reply.number);
    case Reply::Kind::bulk: return quoted(reply.text);
    case Reply::Kind::array: break;
  }
  std::string out = "[";
  for (const Reply& element : reply.elements) {
    if (out.size() > 1) out += ", ";
    out += describe(element);
  }
  return out + "]";
}

}  // namespace lockstep::redis
