#include "formats/detect.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "formats/gzip.hpp"
#include "formats/history_csv.hpp"
#include "formats/history_jsonl.hpp"
#include "formats/history_log.hpp"
#include "formats/history_proto.hpp"

namespace lockstep {
namespace {

constexpr std::size_t head_size = std::size_t{1} << 16;

constexpr std::string_view known_formats =
    "histories are read from JSON Lines, Jepsen's EDN and logs, CSV with a header, and Protocol "
    "Buffers (proto/history.proto)";

Place place_of(std::string_view text, std::size_t offset) {
  Place at{1, 1, offset};
  for (const char c : text.substr(0, offset)) {
    ++at.column;
    if (c == '\n') at = Place{at.line + 1, 1, offset};
  }
  return at;
}

FileResult<HistoryFile> read_as(HistoryFormat format, std::string_view content, EdnKeys keys) {
  switch (format) {
    case HistoryFormat::jsonl: return read_history_jsonl(content);
    case HistoryFormat::edn: return read_history_edn(content, keys);
    case HistoryFormat::proto: return read_history_proto(content);
    case HistoryFormat::log: return read_history_log(content);
    case HistoryFormat::csv: return read_history_csv(content);
  }
  return misread(Place{1, 1, 0}, "no such format");
}

}  // namespace

FileResult<HistoryFormat> detect_history(std::string_view beginning) {
  if (begins_as_history_proto(beginning)) return HistoryFormat::proto;
  const std::size_t first = beginning.find_first_not_of(" \t\r\n\f,");
  if (first == std::string_view::npos) {
    return misread(Place{1, 1, 0}, "there is no history in this file", std::string(known_formats));
  }
  const char c = beginning[first];
  if (c == '[' || c == '(' || c == ';' || c == '#') return HistoryFormat::edn;
  if (c == '{') {
    const std::size_t next = beginning.find_first_not_of(" \t\r\n", first + 1);
    const bool json = next != std::string_view::npos && beginning[next] == '"';
    return json ? HistoryFormat::jsonl : HistoryFormat::edn;
  }
  if (begins_as_history_log(beginning)) return HistoryFormat::log;
  if (begins_as_history_csv(beginning.substr(first))) return HistoryFormat::csv;
  return misread(place_of(beginning, first), "this is no history in any format known here",
                 std::string(known_formats));
}

FileResult<std::string> read_file(
    const std::filesystem::path& path,
    const std::function<FileResult<void>(std::string_view)>& beginning_ok) {
  std::error_code problem;
  const std::filesystem::file_status status = std::filesystem::status(path, problem);
  if (!std::filesystem::exists(status)) return misread(whole_file, "there is no such file");
  if (std::filesystem::is_directory(status))
    return misread(whole_file, "this is a directory, not a file");
  if (std::filesystem::is_regular_file(status) &&
      std::filesystem::file_size(path, problem) > largest_file) {
    return misread(whole_file, fmt::format("the file is larger than {} MiB, the most that is read",
                                           largest_file >> 20));
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return misread(whole_file, fmt::format("it can't be opened: {}", std::strerror(errno)));
  std::string content(head_size, '\0');
  std::size_t size = 0;
  while (in.read(content.data() + size, static_cast<std::streamsize>(content.size() - size)),
         in.gcount() > 0) {
    const bool first = size == 0;
    size += static_cast<std::size_t>(in.gcount());
    if (first && beginning_ok) {
      const FileResult<void> ok = beginning_ok(std::string_view(content).substr(0, size));
      if (!ok) return misread(ok.error());
    }
    if (size > largest_file) return misread(whole_file, "the file is larger than what is read");
    if (size == content.size()) content.resize(content.size() * 2);
  }
  if (in.bad()) return misread(whole_file, "it can't be read to its end");
  content.resize(size);
  return content;
}

FileResult<HistoryFile> read_history(std::string_view content, EdnKeys keys) {
  const FileResult<HistoryFormat> format = detect_history(content);
  if (!format) return misread(format.error());
  FileResult<HistoryFile> file = read_as(*format, content, keys);
  if (!file) return file;
  if (file->history.empty()) {
    return misread(Place{1, 1, 0}, "there is no operation in this history");
  }
  const FileResult<void> calls = check_calls(*file);
  if (!calls) return misread(calls.error());
  return file;
}

FileResult<std::string> read_history_content(const std::filesystem::path& path) {
  const auto begins_well = [](std::string_view beginning) {
    if (is_gzip(beginning)) return FileResult<void>();
    const FileResult<HistoryFormat> format = detect_history(beginning);
    return format ? FileResult<void>() : FileResult<void>(misread(format.error()));
  };
  FileResult<std::string> content = read_file(path, begins_well);
  if (!content || !is_gzip(*content)) return content;
  FileResult<std::string> unpacked = gunzip(*content, largest_file);
  if (!unpacked) return unpacked;
  const FileResult<HistoryFormat> format = detect_history(*unpacked);
  if (!format) return misread(format.error());
  return unpacked;
}

FileResult<HistoryFile> read_history_file(const std::filesystem::path& path, EdnKeys keys) {
  const FileResult<std::string> content = read_history_content(path);
  if (!content) return misread(content.error());
  return read_history(*content, keys);
}

}  // namespace lockstep
