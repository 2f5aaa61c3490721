// Compressed histories: the bytes as they are, the same compressed, and that with a byte damaged.
#include "formats/gzip.hpp"
#include "formats/history_edn.hpp"
#include "tests/fuzz/targets.hpp"

namespace lockstep::fuzz {

void edn_gzip(std::string_view bytes) {
  constexpr std::size_t most = std::size_t{1} << 20;
  if (is_gzip(bytes)) {
    const FileResult<std::string> unpacked = gunzip(bytes, most);
    if (read_or_told(unpacked, bytes)) read_or_told(read_history_edn(*unpacked), *unpacked);
  }
  std::string packed = gzipped(bytes);
  const FileResult<std::string> whole = gunzip(packed, bytes.size());
  ensure(whole && *whole == bytes, "what was packed is what is unpacked");
  ensure(bytes.empty() || !gunzip(packed, bytes.size() - 1), "no more is unpacked than asked for");
  read_or_told(read_history_edn(*whole), *whole);
  if (bytes.size() < 2) return;
  const auto place = static_cast<unsigned char>(bytes[0]) * std::size_t{7};
  packed[place % packed.size()] ^= bytes[1];
  const FileResult<std::string> damaged = gunzip(packed, most);
  if (read_or_told(damaged, packed)) read_or_told(read_history_edn(*damaged), *damaged);
}

}  // namespace lockstep::fuzz
