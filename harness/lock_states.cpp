#include "harness/lock_states.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "core/digest.hpp"

namespace lockstep {
namespace {

/// What changes an abstract state, on true time.
struct Change {
  enum class Kind : std::uint8_t { belief, grant, op, access, node, fault };
  WorldTime at{};
  Kind kind{};
  std::int64_t process = -1;  // whose state changes; -1: nobody's
  std::int64_t by = 0;        // +1 or -1, or what it does from now on
};

enum Doing : std::int64_t { idle, asking, holding, releasing, reading, wrote };

/// Some more than this are as good as this many.
constexpr std::int64_t many = 2;

std::uint64_t bits(std::int64_t count) {
  return static_cast<std::uint64_t>(std::clamp<std::int64_t>(count, -1, many) + 1);
}

/// One process and what it is up to.
struct Client {
  std::int64_t beliefs = 0;
  std::int64_t grants = 0;
  std::int64_t doing = idle;
  std::int64_t node = 0;  // 0 up, 1 paused, 2 gone

  std::uint64_t hash() const {
    return bits(beliefs) | bits(grants) << 2 | static_cast<std::uint64_t>(doing) << 4 |
           static_cast<std::uint64_t>(node) << 8;
  }
};

/// A record's changes in the order of time, those of one instant in the record's order.
class Changes {
 public:
  explicit Changes(const Record& record) : record_(record) {
    all_.reserve(2 * record.beliefs.size() + record.service.size() + record.history.size() +
                 record.resource.size() + 2 * record.faults.size() + record.nodes.size());
    for (const Belief& belief : record.beliefs) {
      put(belief.from, Change::Kind::belief, belief.process, 1);
      if (belief.to != never) put(belief.to, Change::Kind::belief, belief.process, -1);
    }
    for (const ServiceEvent& event : record.service) add(event);
    for (const Op& op : record.history) add(op);
    for (const ResourceEvent& event : record.resource) {
      const std::int64_t what = event.access.write ? wrote : reading;
      if (event.access.accepted) put(event.at, Change::Kind::access, event.process, what);
    }
    for (const FaultSpan& span : record.faults) {
      put(span.from, Change::Kind::fault, -1, 1);
      if (span.to != never) put(span.to, Change::Kind::fault, -1, -1);
    }
    add_nodes();
    std::stable_sort(all_.begin(), all_.end(),
                     [](const Change& a, const Change& b) { return a.at < b.at; });
  }
  const std::vector<Change>& all() const { return all_; }

 private:
  void put(WorldTime at, Change::Kind kind, std::int64_t process, std::int64_t by) {
    all_.push_back({at, kind, process, by});
  }

  void add(const ServiceEvent& event) {
    if (event.change == GrantChange::renewed) return;
    const bool begins = event.change == GrantChange::granted;
    put(event.at, Change::Kind::grant, event.holder, begins ? 1 : -1);
  }

  void add(const Op& op) {
    const bool begins = op.type == OpType::invoke;
    if (op.f == "acquire") {
      const bool got = op.type == OpType::ok;
      put(op.time, Change::Kind::op, op.process, begins ? asking : got ? holding : idle);
    } else if (op.f == "release") {
      put(op.time, Change::Kind::op, op.process, begins ? releasing : idle);
    }
  }

  /// Clients' nodes by the last process that they ran.
  void add_nodes() {
    std::map<std::string, std::int64_t> process_of;
    for (std::size_t i = 0; i < record_.processes.size(); ++i) {
      process_of.emplace(record_.processes[i], static_cast<std::int64_t>(i));
    }
    for (const NodeSpan& span : record_.nodes) {
      const auto client = process_of.find(span.node);
      const std::int64_t state = span.state == "up" ? 0 : span.state == "paused" ? 1 : 2;
      put(span.from, Change::Kind::node, client == process_of.end() ? -1 : client->second, state);
    }
  }

  const Record& record_;
  std::vector<Change> all_;
};

/// The state of all, as it changes.
class State {
 public:
  void apply(const Change& change) {
    if (change.process < 0) {  // nobody, or a server
      some_nobody_ = true;
      apply(change, nobody_);
      return;
    }
    const auto process = static_cast<std::size_t>(change.process);
    if (process >= clients_.size()) clients_.resize(process + 1);
    const std::uint64_t before = clients_[process].hash();
    apply(change, clients_[process]);
    const std::uint64_t now = clients_[process].hash();
    if (now == before) return;
    if (before != idle_) busy_.erase(std::lower_bound(busy_.begin(), busy_.end(), before));
    if (now != idle_) busy_.insert(std::lower_bound(busy_.begin(), busy_.end(), now), now);
  }

  std::uint64_t hash() const {
    Digest digest;
    digest.fold(some_nobody_ ? nobody_.hash() : 0);
    digest.fold(static_cast<std::uint64_t>(faults_ > 0));
    for (const std::uint64_t one : busy_) digest.fold(one);
    return digest.value();
  }

 private:
  void apply(const Change& change, Client& client) {
    switch (change.kind) {
      case Change::Kind::belief: client.beliefs += change.by; break;
      case Change::Kind::grant: client.grants += change.by; break;
      case Change::Kind::op: client.doing = change.by; break;
      case Change::Kind::access: client.doing = change.by; break;
      case Change::Kind::node: client.node = change.by; break;
      case Change::Kind::fault: faults_ += change.by; break;
    }
  }

  const std::uint64_t idle_ = Client().hash();
  std::vector<Client> clients_;      // by process
  std::vector<std::uint64_t> busy_;  // hashes of those that are not idle, sorted
  Client nobody_;
  bool some_nobody_ = false;
  std::int64_t faults_ = 0;
};

}  // namespace

std::vector<std::uint64_t> lock_states(const Outcome& outcome) {
  const Changes changes(outcome.record);
  State state;
  std::vector<std::uint64_t> seen;
  seen.reserve(2 * changes.all().size());
  std::uint64_t before = state.hash();
  for (const Change& change : changes.all()) {
    state.apply(change);
    const std::uint64_t now = state.hash();
    if (now == before) continue;
    Digest step;
    step.fold(before);
    step.fold(now);
    seen.push_back(now);
    seen.push_back(step.value());
    before = now;
  }
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  return seen;
}

}  // namespace lockstep
