#pragma once
// The simulated universe: true time, all nodes, all links, and what is going to happen.

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.hpp"
#include "core/outcome.hpp"
#include "core/scenario.hpp"
#include "core/trace.hpp"
#include "sim/agenda.hpp"
#include "sim/link.hpp"
#include "sim/node.hpp"

namespace lockstep::sim {

/// A world has let as many events happen as it was allowed to.
class GaveUp : public std::runtime_error {
 public:
  explicit GaveUp(std::uint64_t events)
      : std::runtime_error("gave up after " + std::to_string(events) + " events") {}
};

/// Who is told what happens in a world: the recorder, and faults that wait for a step.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_note(Node& node, const Note& note) = 0;
  /// A client reached a named step. What is scheduled for now happens before it goes on.
  virtual void on_step(Node& node, std::string_view step) = 0;
  virtual void on_state(Node& node) = 0;
};

/// Calls back when a node's clock shows a reading, even while the node is paused or dead: the
/// instant at which a lease ends by its holder's own clock. Destroying it cancels it.
class ClockWatch {
 public:
  ClockWatch(Node& node, Deadline until, std::function<void()> call);
  ~ClockWatch();
  ClockWatch(const ClockWatch&) = delete;
  ClockWatch& operator=(const ClockWatch&) = delete;

 private:
  friend class Node;
  static void fire(void* watch);
  ClockKind clock() const { return clock_of(until_); }
  void arm();

  Node& node_;
  Deadline until_;
  std::function<void()> call_;
  Agenda::Slot slot_ = Agenda::none;
};

class World {
 public:
  struct Options {
    std::uint64_t seed = 1;
    NetworkProfile network{};
    Duration step_max = 20us;
    bool trace = false;
    std::uint64_t event_limit = 0;  // then GaveUp is thrown; 0: never
  };
  static constexpr std::uint64_t checkpoint_interval = 1024;

  explicit World(Options options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// Adds a machine and starts `main` on it. Its wall clock reads `wall_offset` at true time 0;
  /// its two clocks run `ppb` too fast.
  Node& add(std::string name, Node::Main main, Duration wall_offset = {}, std::int64_t ppb = 0);
  Node& node(NodeId id) { return *nodes_[index_of(id)]; }
  Node* find(std::string_view name);
  const std::vector<std::unique_ptr<Node>>& nodes() const { return nodes_; }

  /// Lets everything happen that is due by `end`, and stands at `end` afterwards unless stopped.
  /// Throws what a task of a node threw: a bug in a lock or in the simulator.
  void run_until(WorldTime end);
  /// Lets the next event happen; false when nothing is going to. Throws as run_until does.
  bool run_next();
  /// Ends run_until after the event under way.
  void stop() { stopped_ = true; }

  WorldTime now() const { return now_; }
  Digest& digest() { return digest_; }
  std::uint64_t events() const { return events_; }
  std::uint64_t messages() const { return messages_; }
  const std::vector<Checkpoint>& checkpoints() const { return checkpoints_; }
  /// A stream of random numbers of its own, by purpose.
  Random random(std::string_view purpose) const { return Random(options_.seed, purpose); }

  /// From now on all that is drawn, but for faults, is drawn as in a world of that seed.
  void reseed(std::uint64_t seed);

  /// The directed link between two nodes; made on first use.
  Link& link(NodeId from, NodeId to);
  /// Cuts one direction. Cuts count: each needs its mend.
  void cut(NodeId from, NodeId to);
  void mend(NodeId from, NodeId to);

  /// Calls `what` at `at`, or now when that has passed.
  void call_at(WorldTime at, std::function<void()> what);
  void set_observer(Observer* observer) { observer_ = observer; }

  // Tracing costs time and memory; a run that is only judged goes without.
  bool tracing() const { return options_.trace; }
  std::uint32_t trace(TraceKind kind, Node& node, NodeId peer, std::string text,
                      std::uint32_t cause);
  std::uint32_t trace(TraceKind kind, Node& node, NodeId peer, std::string text) {
    return trace(kind, node, peer, std::move(text), cause_);
  }
  std::uint32_t cause() const { return cause_; }
  void set_cause(std::uint32_t cause) { cause_ = cause; }
  Trace take_trace();

  // For nodes and channels.
  Agenda& agenda() { return agenda_; }
  Observer* observer() { return observer_; }
  const Options& options() const { return options_; }
  bool closing() const { return closing_; }
  void count_message() { ++messages_; }
  std::uint64_t next_channel_id() { return ++channels_made_; }
  void adopt(Channel& channel);
  void disown(Channel& channel);
  void reset_channels_of(Node& node);
  void send_datagram(Node& from, NodeId to, Frame frame);
  void keep_failure(std::exception_ptr failure) {
    if (!failure_) failure_ = std::move(failure);
  }

 private:
  struct Call;
  struct Flight;

  void throw_failure();
  Random draws_of(NodeId from, NodeId to) const;

  Options options_;
  WorldTime now_{};
  Agenda agenda_;
  Digest digest_;
  std::uint64_t events_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t channels_made_ = 0;
  std::uint32_t cause_ = 0;
  bool stopped_ = false;
  bool closing_ = false;
  std::exception_ptr failure_;
  Observer* observer_ = nullptr;
  std::vector<Checkpoint> checkpoints_;
  Trace trace_;
  std::vector<std::vector<std::unique_ptr<Link>>> links_;  // by sender, then by receiver
  Channel* channels_ = nullptr;                            // live ones, newest first
  std::map<std::uint64_t, std::unique_ptr<Call>> calls_;
  std::map<std::uint64_t, std::unique_ptr<Flight>> flights_;
  std::uint64_t calls_made_ = 0;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace lockstep::sim
