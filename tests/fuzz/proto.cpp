// Histories as Protocol Buffers: what was read reads the same after it was written, and by the
// generated parser alone.
#include "formats/history_proto.hpp"

#include "tests/fuzz/targets.hpp"

namespace lockstep::fuzz {
namespace {

/// A record's content, behind its length.
std::string_view content_of(std::string_view record) {
  while ((record.front() & 0x80) != 0) record.remove_prefix(1);
  return record.substr(1);
}

/// The same records, each with a field that nobody knows, so that none is plain.
std::string with_unknown_fields(std::string_view bytes, const HistoryFile& file) {
  const std::size_t header = file.places.empty() ? bytes.size() : file.places.front().byte;
  std::string all(bytes.substr(0, header));
  for (std::size_t i = 0; i < file.places.size(); ++i) {
    const std::size_t from = file.places[i].byte;
    const std::size_t to = i + 1 < file.places.size() ? file.places[i + 1].byte : bytes.size();
    const std::string record = std::string(content_of(bytes.substr(from, to - from))) + "\x78\x01";
    std::size_t length = record.size();
    for (; length >= 0x80; length >>= 7) all += static_cast<char>(length | 0x80);
    all += static_cast<char>(length);
    all += record;
  }
  return all;
}

}  // namespace

void proto(std::string_view bytes) {
  begins_as_history_proto(bytes);
  const FileResult<HistoryFile> file = read_history_proto(bytes);
  if (!read_or_told(file, bytes)) return;
  check_calls(*file);
  const FileResult<HistoryFile> careful = read_history_proto(with_unknown_fields(bytes, *file));
  ensure(careful && careful->history == file->history, "both readers read the same");
  const FileResult<HistoryFile> again = read_history_proto(write_history_proto(file->history));
  ensure(again && again->history == file->history, "what was written is what was read");
}

}  // namespace lockstep::fuzz
