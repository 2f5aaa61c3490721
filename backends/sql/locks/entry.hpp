#pragma once
// What the entries of the locks on a SQL server have in common: parameters, servers, what its
// notes mean for grants and queues, and the time in which somebody must get the lock.

#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

#include "backends/backend.hpp"

namespace lockstep::sql {

struct EntryText {
  std::string_view name;
  std::string_view summary;
  std::string_view source;
};

/// An entry with everything but `connect` and `steps`: a session of PostgreSQL whose holder is
/// given up after "keepalive". `own` are parameters of this lock alone, or other defaults.
Backend entry(EntryText text, std::initializer_list<Parameter> own = {});

template <class L>
std::unique_ptr<Lock> make_lock(Env& client, LockOptions options) {
  return std::make_unique<L>(client, std::move(options));
}

/// Holds of locks that statements named in their remarks: the owner is the session.
void interpret_holds(const KeyChange& change, std::vector<GrantNote>& out);
/// The same of their queues.
void interpret_queue(const KeyChange& change, std::vector<QueueNote>& out);

/// Backend::fail_over: a standby takes over from a primary that dies, and lacks, where replication
/// was asynchronous, what was committed last.
void fail_over(Scenario& scenario, Random& random);
/// The same with synchronous replication, which loses nothing.
void fail_over_synchronously(Scenario& scenario, Random& random);

/// Keepalive, failover, deadlock timeout, longest pause between tries and the timeouts of a few
/// statements.
Duration waiting_bound(const Settings& settings);
/// The same for clients that wait for one answer for as long as they have patience: what TCP sends
/// again may come that much later.
Duration bound_of_a_wait(const Settings& settings);

/// The servers of a deployment of another product than PostgreSQL.
std::vector<std::string> deployment_of(std::string_view product, const Settings& settings);

}  // namespace lockstep::sql
