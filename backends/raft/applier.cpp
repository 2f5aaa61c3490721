// Exactly once, although a log may hold a proposal twice.
#include "backends/raft/applier.hpp"

#include <utility>

#include "backends/raft/encoding.hpp"

namespace lockstep::raft {
namespace {
// A proposal that was given up leaves a gap for ever; no member has this many under way.
constexpr std::size_t most_beyond = 4'096;
}  // namespace

bool Applier::Executed::add(const ProposalId& id) {
  if (id.boot < boot) return false;
  if (id.boot > boot) *this = Executed{id.boot, 0, {}};
  if (id.serial <= all_up_to || !beyond.insert(id.serial).second) return false;
  if (beyond.size() > most_beyond) all_up_to = *beyond.begin();
  while (!beyond.empty() && *beyond.begin() <= all_up_to + 1) {
    all_up_to = *beyond.begin();
    beyond.erase(beyond.begin());
  }
  return true;
}

std::optional<Frame> Applier::apply(Index index, const Entry& entry) {
  if (entry.kind != EntryKind::command || !executed_[entry.id.origin].add(entry.id)) {
    return std::nullopt;
  }
  return machine_.apply(Committed{index, entry.term, entry.bytes});
}

std::string Applier::snapshot() const {
  return to_bytes(std::make_pair(executed_, machine_.snapshot()));
}

void Applier::restore(const std::string& state) {
  auto both = from_bytes<std::pair<std::map<ServerId, Executed>, std::string>>(state);
  if (!both) return;
  executed_ = std::move(both->first);
  machine_.restore(both->second);
}

}  // namespace lockstep::raft
