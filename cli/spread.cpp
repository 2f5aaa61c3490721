#include "cli/spread.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace lockstep {

void spread(unsigned workers, std::size_t count, const std::function<void(std::size_t)>& task) {
  if (workers == 0) workers = std::max(1u, std::thread::hardware_concurrency());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) task(i);
  };
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < std::min<std::size_t>(workers, count); ++i)
    threads.emplace_back(work);
  work();
}

}  // namespace lockstep
