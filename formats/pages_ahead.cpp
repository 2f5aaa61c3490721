// What the kernel is asked for.
#include "formats/pages_ahead.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>

namespace lockstep {

void have_pages(void* begin, std::size_t bytes) {
#ifdef MADV_POPULATE_WRITE
  constexpr std::uintptr_t page = 4096;
  constexpr std::size_t many = std::size_t{1} << 20;
  constexpr std::size_t most = std::size_t{1} << 30;  // a file may yet prove to be nonsense
  if (bytes < many) return;
  bytes = std::min(bytes, most);
  const auto first = (reinterpret_cast<std::uintptr_t>(begin) + page - 1) / page * page;
  const auto last = (reinterpret_cast<std::uintptr_t>(begin) + bytes) / page * page;
  static_cast<void>(::madvise(reinterpret_cast<void*>(first), last - first, MADV_POPULATE_WRITE));
#else
  static_cast<void>(begin);
  static_cast<void>(bytes);
#endif
}

}  // namespace lockstep
