// zk-rw: readers share the lock, a writer has it alone; the line of zk-seq with two kinds of nodes.
//
// A writer waits for whoever stands before it, a reader for the nearest writer before it. Claims
// that no writer meets anyone, in the order of asking, while the sessions live.
// Source: Curator, InterProcessReadWriteLock; ZooKeeper Recipes, "Shared Locks". Fencing token: the
// node's czxid.
//
// zk-rw-kazoo: a reader waits for writers that came later, too, and these wait for it.

#include "backends/zookeeper/locks/entry.hpp"
#include "backends/zookeeper/locks/sequence.hpp"

namespace lockstep::zookeeper {
namespace {

constexpr SequenceRules curator{.readers = true};
constexpr SequenceRules kazoo{.readers = true, .reads_wait_for_all_writers = true};

template <const SequenceRules& rules>
std::unique_ptr<Lock> make(Env& client, LockOptions options) {
  return std::make_unique<SequenceLock>(client, std::move(options), rules);
}

template <const SequenceRules& rules>
Backend shared_entry(EntryText text) {
  Backend lock = entry(text);
  for (Parameter& parameter : slip_parameters()) lock.parameters.push_back(std::move(parameter));
  lock.claims.readers = true;
  lock.claims.fifo = !rules.reads_wait_for_all_writers;
  lock.connect = make<rules>;
  return lock;
}

}  // namespace
}  // namespace lockstep::zookeeper

namespace lockstep {

Backend backends::zk_rw() {
  return zookeeper::shared_entry<zookeeper::curator>(
      {"zk-rw", "readers and writers in one line; a reader waits for the writer before it",
       "Curator, InterProcessReadWriteLock"});
}

Backend backends::zk_rw_kazoo() {
  return zookeeper::shared_entry<zookeeper::kazoo>(
      {"zk-rw-kazoo", "zk-rw whose readers also wait for writers behind them",
       "python-zk/kazoo#649"});
}

}  // namespace lockstep
