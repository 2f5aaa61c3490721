// Five properties by way of one number per entry, which stands for it and for all before it.
#include "tests/backends/raft/safety_checks.hpp"

#include <algorithm>

namespace lockstep::raft {
namespace {

std::string text(std::uint64_t number) {
  return std::to_string(number);
}

std::uint64_t chained(std::uint64_t before, const Entry& entry) {
  Digest digest;
  digest.fold(before);
  entry.fold(digest);
  return digest.value() | 1;
}

}  // namespace

void SafetyChecks::violated(std::string what) {
  if (violation_.empty()) violation_ = std::move(what);
}

SafetyChecks::Chain& SafetyChecks::chain_of(Index index, Term term) {
  if (index >= chains_.size()) chains_.resize(index + 1);
  for (auto& [known, chain] : chains_[index]) {
    if (known == term) return chain;
  }
  return chains_[index].emplace_back(term, Chain{0}).second;
}

void SafetyChecks::look(std::size_t server, std::uint64_t life, const Consensus& member) {
  Seen& seen = seen_[server];
  if (seen.life != life) {
    seen = Seen{};
    seen.life = life;
  }
  const Log& log = member.log();
  const bool log_changed = seen.base != log.base() || seen.last != log.last() ||
                           seen.truncations != member.truncations() || seen.chains.empty();
  const bool leads = member.role() == Consensus::Role::leader;
  const bool elected = leads && (seen.role != member.role() || seen.term != member.term());
  if (leads) check_leader(seen, member);
  if (log_changed) read_log(seen, member);
  if (elected) elected_.push_back(server);
  if (seen.term < member.term() && !leads) voters_.push_back(server);
  seen.term = member.term();
  seen.role = member.role();
  if (elected) {
    for (Index i = 1; i < committed_.size(); ++i) check_complete(seen, i);
  }
  if (seen.commit < member.commit()) read_commits(seen, member);
}

/// Election safety, and that a leader only ever appends.
void SafetyChecks::check_leader(const Seen& before, const Consensus& member) {
  const auto [known, first] = leaders_.emplace(member.term(), member.self());
  news_ |= first;
  if (known->second != member.self()) {
    violated("election safety: two leaders of term " + text(member.term()));
  }
  if (before.role != Consensus::Role::leader || before.term != member.term()) return;
  if (before.truncations != member.truncations() || member.log().last() < before.last) {
    violated("leader append-only: the leader of term " + text(member.term()) +
             " took entries away");
  }
}

/// Log matching: entries of one index and term are equal, and so are all before them.
void SafetyChecks::read_log(Seen& seen, const Consensus& member) {
  const Log& log = member.log();
  const bool anew = seen.chains.empty() || seen.truncations != member.truncations();
  if (seen.truncations != member.truncations()) ++truncations_;
  if (anew) {
    seen.chains = {log.base() == 0 ? 0 : chain_of(log.base(), log.base_term())};
    seen.last = log.base();
  } else if (log.base() != seen.base) {
    const auto gone = static_cast<std::ptrdiff_t>(log.base() - seen.base);
    if (gone >= static_cast<std::ptrdiff_t>(seen.chains.size())) {
      seen.chains = {chain_of(log.base(), log.base_term())};
      seen.last = log.base();
    } else {
      seen.chains.erase(seen.chains.begin(), seen.chains.begin() + gone);
    }
  }
  for (Index i = seen.last + 1; i <= log.last(); ++i) {
    const Entry& entry = log.at(i);
    const Chain chain = chained(seen.chains.back(), entry);
    seen.chains.push_back(chain);
    Chain& known = chain_of(i, entry.term);
    if (known == 0) {
      known = chain;
      if (entry.kind == EntryKind::configuration) {
        ++configurations_;
        news_ = true;
      }
    }
    if (known != chain) {
      violated("log matching: two logs differ at or before entry " + text(i) + " of term " +
               text(entry.term));
    }
  }
  seen.base = log.base();
  seen.last = log.last();
  seen.truncations = member.truncations();
}

/// State machine safety, as far as logs show it: nobody believes that another entry is committed.
void SafetyChecks::read_commits(Seen& seen, const Consensus& member) {
  const Index end = std::min(member.commit(), seen.last);
  for (Index i = std::max(seen.commit + 1, std::max<Index>(seen.base, 1)); i <= end; ++i) {
    commit(i, seen.chains[i - seen.base], member.term());
  }
  seen.commit = std::max(seen.commit, end);
}

void SafetyChecks::commit(Index index, Chain chain, Term term) {
  if (index >= committed_.size()) committed_.resize(index + 1);
  CommittedEntry& entry = committed_[index];
  if (entry.known && entry.chain != chain) {
    violated("state machine safety: two entries are committed at or before " + text(index));
  }
  if (entry.known && entry.in <= term) return;
  entry.chain = chain;
  entry.in = term;
  news_ |= !entry.known;
  entry.known = true;
  for (const Seen& seen : seen_) check_complete(seen, index);
}

/// Leader completeness: what was committed in an earlier term is in the log of every later leader.
void SafetyChecks::check_complete(const Seen& seen, Index index) {
  const CommittedEntry& entry = committed_[index];
  if (seen.role != Consensus::Role::leader || index < seen.base) return;
  if (!entry.known || entry.in >= seen.term) return;
  if (index > seen.last || seen.chains[index - seen.base] != entry.chain) {
    violated("leader completeness: the leader of term " + text(seen.term) + " lacks entry " +
             text(index) + ", which was committed in term " + text(entry.in));
  }
}

void SafetyChecks::applied(Index index, const std::string& command, std::uint64_t state) {
  const auto [known, first] = applied_.try_emplace(index, command, state);
  if (!first && known->second != std::make_pair(command, state)) {
    violated("state machine safety: two state machines differ after entry " + text(index));
  }
  const auto [at, new_here] = executed_.try_emplace(command, index);
  if (!new_here && at->second != index)
    violated("exactly once: '" + command + "' was executed twice");
}

}  // namespace lockstep::raft
