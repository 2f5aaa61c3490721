#include "backends/chubby/caches.hpp"

namespace lockstep::chubby {

void Caches::begin_term(raft::Term term, const std::vector<SessionId>& sessions) {
  if (term == term_) return;
  term_ = term;
  unheard_ = std::set<SessionId>(sessions.begin(), sessions.end());
  keepers_.clear();
  writes_.clear();
}

bool Caches::keep(SessionId session, const std::string& file) {
  if (writes_.contains(file)) return false;
  keepers_[file][session] = ++kept_so_far_;
  return true;
}

void Caches::end_write(const std::string& file) {
  const auto write = writes_.find(file);
  if (write != writes_.end() && --write->second == 0) writes_.erase(write);
}

bool Caches::kept(const std::string& file) const {
  const auto keepers = keepers_.find(file);
  return !unheard_.empty() || (keepers != keepers_.end() && !keepers->second.empty());
}

std::vector<std::string> Caches::to_drop(SessionId session) const {
  std::vector<std::string> files;
  for (const auto& [file, count] : writes_) {
    const auto keepers = keepers_.find(file);
    if (keepers != keepers_.end() && keepers->second.contains(session)) files.push_back(file);
  }
  return files;
}

void Caches::dropped(SessionId session, const std::vector<std::string>& files, raft::Term known,
                     std::uint64_t told_at) {
  if (known == term_) unheard_.erase(session);
  if (known != term_) return;
  for (const std::string& file : files) {
    const auto kept = keepers_[file].find(session);
    if (kept != keepers_[file].end() && kept->second <= told_at) keepers_[file].erase(kept);
  }
}

void Caches::forget(SessionId session) {
  unheard_.erase(session);
  for (auto& [file, keepers] : keepers_) keepers.erase(session);
}

}  // namespace lockstep::chubby
