#pragma once
// One simulated machine with one process on it: its tasks, its clocks, its kernel.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/env.hpp"
#include "sim/clock.hpp"
#include "sim/disk.hpp"
#include "sim/ring.hpp"

namespace lockstep::sim {

class Channel;
class ClockWatch;
class World;

enum class NodeState : std::uint8_t { up, paused, process_dead, without_power };
constexpr std::string_view name_of(NodeState state) {
  switch (state) {
    case NodeState::up: return "up";
    case NodeState::paused: return "paused";
    case NodeState::process_dead: return "process dead";
    case NodeState::without_power: return "without power";
  }
  return "?";
}

/// Invariant: no coroutine of a node that is not `up` ever runs.
class Node final : public Env, public Runtime {
 public:
  /// What the process runs from its start, and again after each restart.
  using Main = std::function<Task<void>(Env&)>;

  Node(World& world, NodeId id, std::string name, Main main, Clock steady, Clock wall);
  ~Node() override;

  // What may happen to it, from outside: never while one of its own coroutines runs. Each is
  // ignored when it makes no sense (pausing the dead).
  /// Stops the process where it stands; its clocks, kernel and sockets go on. Pauses count: each
  /// needs its resume, unless the process dies.
  void pause();
  /// Ends a pause. With the last, all that came due meanwhile happens now, in a random order.
  void resume();
  /// kill -9: memory is lost, the kernel closes the sockets (FIN), files keep what was written.
  void kill();
  /// Memory, unsynced writes and kernel state are lost; peers hear nothing.
  void power_off();
  /// Starts the process again (and the machine, when it was off).
  void start();
  /// The disk comes back empty.
  void wipe_disk() { disk_.wipe(); }
  void jump_wall(Duration by);
  void set_rate(ClockKind kind, std::int64_t ppb);
  /// Both clocks run `ppb` parts per billion too fast (negative: too slow; above -1e9) until that
  /// drift ends. Of drifts at the same time each changes what the others leave of true speed.
  void begin_drift(std::int64_t ppb);
  /// One that began.
  void end_drift(std::int64_t ppb);
  /// From now on it draws as in a world of that seed.
  void reseed(std::uint64_t seed);

  NodeState state() const { return state_; }
  bool powered() const { return state_ != NodeState::without_power; }
  bool alive() const { return state_ == NodeState::up || state_ == NodeState::paused; }
  /// Counts the lives of the process, from 1.
  std::uint64_t incarnation() const { return incarnation_; }
  const Clock& clock(ClockKind kind) const { return kind == ClockKind::steady ? steady_ : wall_; }

  // Env
  NodeId id() const override { return id_; }
  const std::string& name() const override { return name_; }
  SteadyTime steady_now() const override;
  WallTime wall_now() const override;
  Random& random() override { return random_; }
  Task<Result<ConnectionPtr>> connect(NodeId peer, Deadline until) override;
  void post(NodeId to, Frame frame) override;
  void spawn(Task<void> task) override;
  Disk& disk() override { return disk_; }
  void note(const Note& note) override;

  // For sockets and the world.
  /// Makes this node responsible for a waiter: it is woken here and forgotten here.
  void hold(Waiter& waiter);
  /// Wakes it at `until` on the clock that `until` names.
  void arm(Waiter& waiter, const Deadline& until);
  /// Lets it run now, or as soon as the node is no longer paused.
  void wake(Waiter& waiter);
  void deliver_connection(ConnectionPtr connection);
  void deliver_datagram(Datagram datagram);
  void add_watch(ClockWatch& watch) { watches_.push_back(&watch); }
  void remove_watch(ClockWatch& watch) { std::erase(watches_, &watch); }
  World& world() { return world_; }

  // Runtime
  void forget(Waiter& waiter) override;

 private:
  void wake_at(Waiter& waiter, const Deadline& until) override;
  void wake_after_step(Waiter& waiter, std::string_view name) override;
  bool connection_waiting() const override { return !backlog_.empty(); }
  void park_accept(Waiter& waiter) override;
  ConnectionPtr take_connection() override { return backlog_.pop(); }
  bool datagram_waiting() const override { return !datagrams_.empty(); }
  void park_datagram(Waiter& waiter) override;
  Datagram take_datagram() override { return datagrams_.pop(); }

  struct Root {
    Task<void> task;
    bool done = false;
  };
  Task<void> guard(Task<void> task, Root* root);
  static void fire(void* waiter);
  void run(Waiter& waiter);
  void resume_coroutine(std::coroutine_handle<> coroutine);
  void schedule(Waiter& waiter, WorldTime at);
  void disarm(Waiter& waiter);
  void end_process();
  void clock_changed(ClockKind kind);
  void drift();
  void enter(NodeState state);

  World& world_;
  NodeId id_;
  std::string name_;
  Main main_;
  Random random_;   // the node's own
  Random machine_;  // the machine's: how long each step takes
  Random waking_;   // the order in which things happen at the end of a pause
  Clock steady_;
  Clock wall_;
  std::vector<std::int64_t> drifts_;  // in force
  NodeState state_ = NodeState::process_dead;
  std::uint32_t pauses_ = 0;  // in force
  bool running_ = false;      // one of its coroutines runs just now
  std::uint64_t incarnation_ = 0;
  std::vector<std::unique_ptr<Root>> tasks_;
  std::size_t finished_ = 0;
  std::vector<Waiter*> parked_;
  Ring<ConnectionPtr> backlog_;
  Waiter* accepting_ = nullptr;
  Ring<Datagram> datagrams_;
  Waiter* listening_ = nullptr;
  std::vector<ClockWatch*> watches_;
  SimDisk disk_;
};

}  // namespace lockstep::sim
