#include "backends/etcd/lessor.hpp"

#include <algorithm>
#include <utility>

#include "backends/raft/encoding.hpp"

namespace lockstep::etcd {
namespace {

constexpr Duration duration_of(std::int64_t ms) {
  return std::chrono::milliseconds(ms);
}
std::int64_t ms_of(Duration length) {
  return std::chrono::ceil<std::chrono::milliseconds>(length).count();
}

std::string command_of(Request request) {
  return raft::to_bytes(Command(std::move(request), no_node));
}

}  // namespace

std::vector<Parameter> lessor_parameters() {
  return {
      {"expiry_check", Duration(0),
       "how often the leader looks for expired leases (0: lease / 20)"},
      {"checkpoint", Duration(0), "how often it logs what is left of leases; 0: never"},
      {"lease_unit", Duration(0),
       "leases last whole units, and no less than 1.5 election timeouts"},
      {"deposed_after", Duration(0), "how long a deposed leader's lessor may go on (0: 2 leases)"},
  };
}

LessorOptions lessor_options(const Settings& settings, Duration lease, Duration election_timeout) {
  const auto set_or = [&settings](std::string_view name, Duration otherwise) {
    const Duration set = settings.duration(name);
    return set > Duration::zero() ? set : otherwise;
  };
  LessorOptions options;
  options.election_timeout = election_timeout;
  options.check_every = set_or("expiry_check", std::max<Duration>(lease / 20, 1ms));
  options.checkpoint_every = settings.duration("checkpoint");
  options.unit = set_or("lease_unit", 1ms);
  options.floor = election_timeout * 3 / 2;
  options.patience = election_timeout * 7;  // 5 s and two election timeouts of 1 s
  options.deposed_after = set_or("deposed_after", lease * 2);
  return options;
}

Lessor::Lessor(Env& env, raft::Member& member, Machine& machine, LessorOptions options)
    : env_(env), member_(member), machine_(machine), options_(options) {
  machine_.on_grant = [this](LeaseId id) {
    if (promoted_) start(id, duration_of(machine_.store().leases().at(id).ttl_ms));
  };
}

std::int64_t Lessor::granted_ms(std::int64_t asked_ms) const {
  const std::int64_t unit = std::max<std::int64_t>(ms_of(options_.unit), 1);
  const std::int64_t most = std::max(asked_ms, ms_of(options_.floor));
  return (most + unit - 1) / unit * unit;
}

bool Lessor::primary() const {
  if (options_.outlives_leader) return promoted_;
  return promoted_ && member_.leads() && member_.term() == term_;
}

Task<void> Lessor::run() {
  for (;;) {
    while (!member_.leads()) co_await member_.changed().wait();
    promote();
    while (!deposed()) {
      revoke_what_ran_out();
      checkpoint_all();
      co_await env_.sleep_for(options_.check_every);
    }
    promoted_ = false;
    clocks_.clear();
  }
}

void Lessor::promote() {
  promoted_ = true;
  term_ = member_.term();
  deposed_at_.reset();
  checkpoint_at_ = env_.steady_now() + options_.checkpoint_every;
  for (const auto& [id, lease] : machine_.store().leases()) {
    const std::int64_t left = lease.left_ms > 0 ? lease.left_ms : lease.ttl_ms;
    start(id, duration_of(left) + options_.election_timeout);
  }
}

void Lessor::start(LeaseId id, Duration length) {
  clocks_[id] = Clock{env_.steady_now() + length, env_.wall_now() + length};
}

bool Lessor::deposed() {
  if (member_.leads() && member_.term() == term_) return false;
  if (!options_.outlives_leader || member_.leads()) return true;
  if (!deposed_at_) deposed_at_ = env_.steady_now();
  return env_.steady_now() >= *deposed_at_ + options_.deposed_after;
}

bool Lessor::ran_out(Clock& clock) {
  const bool over = env_.steady_now() >= clock.ends;
  if (!options_.wall_heap) return over;
  if (env_.wall_now() < clock.heap_at) return false;
  if (!over) clock.heap_at = env_.wall_now() + options_.check_every * 6;  // looked at again in 3 s
  return over;
}

void Lessor::revoke_what_ran_out() {
  const auto& leases = machine_.store().leases();
  std::erase_if(clocks_, [&leases](const auto& one) { return leases.count(one.first) == 0; });
  for (auto& [id, clock] : clocks_) {
    if (!ran_out(clock) || !revoking_.insert(id).second) continue;
    env_.spawn(revoke(id, term_));
  }
}

/// A leader that does not know that it was deposed must not revoke what its successor's clients
/// renewed: it asks whether it still leads, and the command counts in its own term alone.
Task<void> Lessor::revoke(LeaseId id, raft::Term term) {
  LeaseRevoke command;
  command.id = id;
  command.expired = true;
  const Deadline until = env_.steady_now() + options_.patience;
  if (!options_.outlives_leader) {
    command.term = term;
    const auto leads = co_await member_.read_barrier(until);
    if (!leads || !primary()) {
      revoking_.erase(id);
      co_return;
    }
  }
  const auto revoked = co_await member_.propose(command_of(Request(command)), until);
  (void)revoked;  // if it was not, it is found again
  revoking_.erase(id);
}

bool Lessor::running_out(LeaseId id) const {
  const auto clock = clocks_.find(id);
  if (clock == clocks_.end() || machine_.store().leases().count(id) == 0) return false;
  return revoking_.count(id) != 0 || env_.steady_now() >= clock->second.ends;
}

std::optional<Duration> Lessor::renew(LeaseId id) {
  const auto lease = machine_.store().leases().find(id);
  if (lease == machine_.store().leases().end()) return std::nullopt;
  if (running_out(id)) return std::nullopt;
  const Duration length = duration_of(lease->second.ttl_ms);
  start(id, length);
  if (lease->second.left_ms > 0) env_.spawn(checkpoint(id, Duration(0)));
  return length;
}

std::optional<Duration> Lessor::left(LeaseId id) const {
  const auto clock = clocks_.find(id);
  if (clock == clocks_.end() || machine_.store().leases().count(id) == 0) return std::nullopt;
  return clock->second.ends - env_.steady_now();
}

void Lessor::checkpoint_all() {
  const bool due = options_.checkpoint_every > Duration::zero();
  if (!due || env_.steady_now() < checkpoint_at_) return;
  checkpoint_at_ = env_.steady_now() + options_.checkpoint_every;
  for (const auto& [id, clock] : clocks_) {
    const Duration left = clock.ends - env_.steady_now();
    if (left > Duration::zero()) env_.spawn(checkpoint(id, left));
  }
}

Task<void> Lessor::checkpoint(LeaseId id, Duration left) {
  LeaseCheckpoint command;
  command.id = id;
  command.left_ms = ms_of(left);
  const Deadline until = env_.steady_now() + options_.patience;
  const auto told = co_await member_.propose(command_of(Request(command)), until);
  (void)told;
}

}  // namespace lockstep::etcd
