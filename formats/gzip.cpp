// RFC 1952 by zlib, with an end to what it may give.
#include "formats/gzip.hpp"

#include <fmt/core.h>
#include <zlib.h>

#include <algorithm>
#include <stdexcept>

namespace lockstep {
namespace {

constexpr int gzip_window = 15 + 16;  // zlib: expect the header of gzip

/// A stream of zlib that is closed with its owner.
class Inflater {
 public:
  explicit Inflater(std::string_view bytes) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    ready_ = inflateInit2(&stream_, gzip_window) == Z_OK;
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }

  bool ready() const { return ready_; }
  std::size_t left() const { return stream_.avail_in; }
  bool restart() { return inflateReset(&stream_) == Z_OK; }
  /// Appends what comes next, at most as much again as there is; gives zlib's answer.
  int next(std::string& out) {
    const std::size_t before = out.size();
    const std::size_t piece = std::clamp<std::size_t>(before, 1U << 12, 1U << 18);
    out.resize(before + piece);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream_.avail_out = static_cast<uInt>(piece);
    const int answer = inflate(&stream_, Z_NO_FLUSH);
    out.resize(out.size() - stream_.avail_out);
    return answer;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

bool is_gzip(std::string_view bytes) {
  return bytes.starts_with("\x1f\x8b");
}

FileResult<std::string> gunzip(std::string_view bytes, std::size_t most) {
  Inflater inflater(bytes);
  if (!inflater.ready()) return misread(whole_file, "zlib cannot be set up");
  std::string content;
  while (true) {
    const int answer = inflater.next(content);
    if (content.size() > most) {
      return misread(
          whole_file,
          fmt::format("it unpacks to more than {} MiB, the most that is read", most >> 20));
    }
    if (answer == Z_STREAM_END && inflater.left() == 0) return content;
    const bool more = answer == Z_OK || (answer == Z_STREAM_END && inflater.restart());
    if (more) continue;
    const std::size_t at = bytes.size() - inflater.left();
    return misread(Place{0, 0, at}, inflater.left() == 0 ? "the compressed file ends too early"
                                                         : "the compressed file is damaged here");
  }
}

std::string gzipped(std::string_view content) {
  z_stream stream{};
  constexpr int memory = 8;
  if (deflateInit2(&stream, Z_BEST_SPEED + 5, Z_DEFLATED, gzip_window, memory,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib cannot be set up");
  }
  std::string out(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace lockstep
