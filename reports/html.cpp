#include "reports/html.hpp"

#include <algorithm>

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
