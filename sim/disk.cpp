#include "sim/disk.hpp"

namespace lockstep::sim {
namespace {
// A data-centre SSD: a write reaches the page cache at once, a flush takes about a millisecond.
constexpr Duration read_min = 50us, read_max = 200us;
constexpr Duration write_min = 2us, write_max = 20us;
constexpr Duration sync_min = 300us, sync_max = 3ms;
}  // namespace

std::string SimDisk::File::content() const {
  std::string all = durable;
  for (const Write& write : unsynced) apply(all, write);
  return all;
}

void SimDisk::apply(std::string& content, const Write& write) {
  if (write.replaces) content.clear();
  content += write.bytes;
}

void SimDisk::settle(File& file, std::size_t writes) {
  for (std::size_t i = 0; i < writes; ++i) apply(file.durable, file.unsynced[i]);
  file.unsynced.erase(file.unsynced.begin(),
                      file.unsynced.begin() + static_cast<std::ptrdiff_t>(writes));
}

void SimDisk::write(const std::string& file, std::string bytes, bool replaces) {
  File& target = files_[file];
  target.size = (replaces ? 0 : target.size) + bytes.size();
  target.unsynced.push_back({std::move(bytes), replaces, ++writes_});
}

Task<Result<std::string>> SimDisk::read(std::string file) {
  const Duration takes = latencies_.between(read_min, read_max);
  co_await env_.sleep_for(takes);
  const auto at = files_.find(file);
  if (at == files_.end()) co_return std::string();
  co_return at->second.content();
}

Task<Result<void>> SimDisk::append(std::string file, std::string bytes) {
  write(file, std::move(bytes), false);
  const Duration takes = latencies_.between(write_min, write_max);
  co_await env_.sleep_for(takes);
  co_return Result<void>();
}

Task<Result<void>> SimDisk::replace(std::string file, std::string bytes) {
  write(file, std::move(bytes), true);
  const Duration takes = latencies_.between(write_min, write_max);
  co_await env_.sleep_for(takes);
  co_return Result<void>();
}

Task<Result<void>> SimDisk::sync(std::string file) {
  const std::uint64_t last = writes_;
  const Duration takes = latencies_.between(sync_min, sync_max);
  co_await env_.sleep_for(takes);
  const auto at = files_.find(file);
  if (at == files_.end()) co_return Result<void>();  // wiped meanwhile
  const std::vector<Write>& unsynced = at->second.unsynced;
  std::size_t before = 0;  // what was written later is not covered
  while (before < unsynced.size() && unsynced[before].number <= last) ++before;
  settle(at->second, before);
  co_return Result<void>();
}

std::size_t SimDisk::size(const std::string& file) const {
  const auto at = files_.find(file);
  return at == files_.end() ? 0 : at->second.size;
}

void SimDisk::lose_unsynced() {
  for (auto& [name, file] : files_) {
    const std::size_t kept = static_cast<std::size_t>(losses_.below(file.unsynced.size() + 1));
    settle(file, kept);
    if (!file.unsynced.empty() && !file.unsynced.front().replaces) {
      std::string& torn = file.unsynced.front().bytes;
      torn.resize(static_cast<std::size_t>(losses_.below(torn.size() + 1)));
      settle(file, 1);
    }
    file.unsynced.clear();
    file.size = file.durable.size();
  }
}

}  // namespace lockstep::sim
