#pragma once
// Reads a history whatever its format: what a file is, its content says, not its name.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "formats/history_edn.hpp"
#include "formats/history_file.hpp"

namespace lockstep {

enum class HistoryFormat { jsonl, edn, proto, log, csv };
constexpr std::string_view name_of(HistoryFormat format) {
  switch (format) {
    case HistoryFormat::jsonl: return "JSON Lines";
    case HistoryFormat::edn: return "EDN";
    case HistoryFormat::proto: return "Protocol Buffers";
    case HistoryFormat::log: return "Jepsen's log";
    case HistoryFormat::csv: return "CSV";
  }
  return "?";
}

/// Judges by the beginning of the content. Fails at the first byte that fits no format.
FileResult<HistoryFormat> detect_history(std::string_view beginning);

/// Any text of at most this many bytes is read; more is refused before it is.
constexpr std::uintmax_t largest_file = std::uintmax_t{512} << 20;

/// The whole content of a regular file. `beginning_ok`, where given, is asked once about the first
/// bytes, so that a large file of nonsense is refused without reading it.
FileResult<std::string> read_file(
    const std::filesystem::path& path,
    const std::function<FileResult<void>(std::string_view)>& beginning_ok = {});

/// The whole content of a file that begins as a history does, unpacked where it is gzip's.
FileResult<std::string> read_history_content(const std::filesystem::path& path);

/// Reads a history of any format and checks its calls and replies (check_calls).
FileResult<HistoryFile> read_history(std::string_view content, EdnKeys keys = EdnKeys::none);
FileResult<HistoryFile> read_history_file(const std::filesystem::path& path,
                                          EdnKeys keys = EdnKeys::none);

}  // namespace lockstep
