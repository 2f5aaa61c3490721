// Entries by index, whatever a snapshot has replaced.
#include "backends/raft/log.hpp"

#include <algorithm>

#include "backends/raft/encoding.hpp"

namespace lockstep::raft {

bool Log::matches(Index index, Term term) const {
  return index >= base_ && index <= last() && term_at(index) == term;
}

std::vector<Entry> Log::slice(Index first, std::size_t count) const {
  const auto from = entries_.begin() + static_cast<std::ptrdiff_t>(first - base_ - 1);
  const auto left = static_cast<std::size_t>(entries_.end() - from);
  return {from, from + static_cast<std::ptrdiff_t>(std::min(count, left))};
}

void Log::append(Entry entry) {
  if (entry.kind == EntryKind::configuration) {
    auto configuration = from_bytes<Configuration>(entry.bytes);
    if (configuration) configurations_.emplace_back(last() + 1, std::move(*configuration));
  }
  entries_.push_back(std::move(entry));
}

void Log::truncate(Index index) {
  entries_.resize(static_cast<std::size_t>(index - base_));
  while (configurations_.size() > 1 && configurations_.back().first > index) {
    configurations_.pop_back();
  }
}

void Log::compact(Index index) {
  base_term_ = term_at(index);
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(index - base_));
  base_ = index;
  while (configurations_.size() > 1 && configurations_[1].first <= index) {
    configurations_.erase(configurations_.begin());
  }
}

void Log::reset(const Snapshot& snapshot) {
  entries_.clear();
  base_ = snapshot.index;
  base_term_ = snapshot.term;
  configurations_ = {{snapshot.index, snapshot.configuration}};
}

const Configuration& Log::configuration_at(Index index) const {
  auto found = configurations_.begin();
  for (auto next = found; next != configurations_.end() && next->first <= index; ++next) {
    found = next;
  }
  return found->second;
}

}  // namespace lockstep::raft
