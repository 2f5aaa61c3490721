#pragma once
// Text for a terminal: nothing that comes out of a run may steer it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/settings.hpp"

namespace lockstep::reports {

/// `text` with control characters written out ("\x1b") and what is no UTF-8 replaced by U+FFFD.
std::string printable(std::string_view text);

/// How many columns `text` takes: its characters, not its bytes.
std::size_t columns(std::string_view text);

/// `text` filled up with blanks to `width` columns.
std::string padded(std::string_view text, std::size_t width);

/// `text` broken between words into lines of at most `width` columns; every line but the first
/// begins with `indent` blanks, and the first is taken to begin there too.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width = 96);

/// A length of time for reading: at most three decimals, "16.814 s".
std::string brief(Duration length);

/// "lease=16.814s retries=0": settings for reading, with brief lengths.
std::string brief(const Settings& settings);

/// "1,234,567".
std::string grouped(std::uint64_t number);

/// "1 run", "2,000 runs".
std::string counted(std::uint64_t number, std::string_view noun);

/// `text` for a line or a table's cell of Markdown, in which nothing of it means anything.
std::string in_markdown(std::string_view text);

/// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& names);

}  // namespace lockstep::reports
