#include "reports/html.hpp"

#include <algorithm>
#include <cstdint>

namespace lockstep::reports {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      const bool there = i + k < bytes.size();
      group = group << 8 | (there ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += i + k <= bytes.size() ? letters[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return out;
}

std::string page_begin(std::string_view title, PageMay may) {
  const bool scripts = may != PageMay::nothing;
  const bool frames = may == PageMay::run_scripts_and_frame_pages;
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ";
  if (scripts) out += "script-src 'unsafe-inline'; ";
  out += "style-src 'unsafe-inline'; ";
  if (scripts) out += "img-src data:; ";
  if (frames) out += "frame-src 'self'; ";
  out +=
      "base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>";
  return out.append(title) + "</title>\n";
}

std::string filled(std::string_view page, const std::vector<PagePart>& parts) {
  std::string out;
  while (!page.empty()) {
    const auto part = std::ranges::find_if(
        parts, [&](const PagePart& one) { return page.starts_with(one.place); });
    if (part == parts.end()) {
      const std::size_t next = std::min(page.find('@', 1), page.size());
      out += page.substr(0, next);
      page.remove_prefix(next);
    } else {
      out += part->text;
      page.remove_prefix(part->place.size());
    }
  }
  return out;
}

}  // namespace lockstep::reports
