#pragma once
// Text inside HTML, and pages made of a template.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::reports {

/// Text as it may stand between tags and in quoted attributes.
std::string escaped(std::string_view text);

/// Bytes as letters that may stand anywhere in a page (RFC 4648).
std::string base64(std::string_view bytes);

/// What a page may do besides showing itself.
enum class PageMay : std::uint8_t { nothing, run_scripts, run_scripts_and_frame_pages };

/// How every page begins, up to its title, which is HTML: whatever a page may do, it loads nothing.
std::string page_begin(std::string_view title, PageMay may = PageMay::nothing);

struct PagePart {
  std::string_view place;  // "@DATA@"
  std::string text;
};

/// The template with each place filled. What is put in is not looked at again, so that no content
/// can name a place.
std::string filled(std::string_view page, const std::vector<PagePart>& parts);

}  // namespace lockstep::reports
