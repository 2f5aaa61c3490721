// Histories that come in pieces: they read as the whole file does.
#include "formats/history_stream.hpp"

#include "tests/fuzz/targets.hpp"

namespace lockstep::fuzz {

void stream(std::string_view bytes) {
  if (bytes.empty()) return;
  const std::size_t size = 1 + static_cast<unsigned char>(bytes.front());
  const std::string_view text = bytes.substr(1);
  HistoryStream stream;
  for (std::size_t at = 0; at < text.size(); at += size) {
    if (!read_or_told(stream.add(text.substr(at, size)), text)) return;
  }
  if (!read_or_told(stream.end(), text) || stream.file().history.empty()) return;
  const FileResult<HistoryFile> whole = read_history(text);
  if (!whole) return;
  ensure(whole->history == stream.file().history, "pieces read as the whole file does");
  ensure(whole->places == stream.file().places, "what is read in pieces has its places");
}

}  // namespace lockstep::fuzz
