#include "sim/node.hpp"

#include <algorithm>
#include <cassert>

#include "sim/channel.hpp"
#include "sim/world.hpp"

namespace lockstep::sim {
namespace {

/// Awaits the answer to a SYN, or the deadline.
struct Handshake {
  Socket& socket;
  Deadline until;
  Waiter waiter;
  Handshake(Socket& s, Deadline u) : socket(s), until(u) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> who) {
    waiter.coroutine = who;
    socket.park(waiter, until);
  }
  void await_resume() const noexcept {}
};

constexpr std::uint64_t identity(std::uint64_t kind, NodeId id) {
  return kind << 56 | index_of(id);
}
constexpr std::uint64_t wake_kind = 0xa1;
constexpr std::uint64_t state_kind = 0xa2;
constexpr std::uint64_t clock_kind = 0xa3;

}  // namespace

Node::Node(World& world, NodeId id, std::string name, Main main, Clock steady, Clock wall)
    : world_(world),
      id_(id),
      name_(std::move(name)),
      main_(std::move(main)),
      random_(Random(world.options().seed, name_).fork(1)),
      machine_(Random(world.options().seed, name_).fork(2)),
      waking_(Random(world.options().seed, name_).fork(4)),
      steady_(steady),
      wall_(wall),
      disk_(*this, Random(world.options().seed, name_).fork(3)) {}

void Node::reseed(std::uint64_t seed) {
  const Random draws(seed, name_);
  random_ = draws.fork(1);
  machine_ = draws.fork(2);
  disk_.reseed(draws.fork(3));
  waking_ = draws.fork(4);
}

Node::~Node() {
  end_process();
}

SteadyTime Node::steady_now() const {
  return SteadyTime(Duration(steady_.read(world_.now())));
}
WallTime Node::wall_now() const {
  return WallTime(Duration(wall_.read(world_.now())));
}

void Node::note(const Note& note) {
  if (world_.observer()) world_.observer()->on_note(*this, note);
}

// Life and death

void Node::enter(NodeState state) {
  state_ = state;
  world_.digest().fold(identity(state_kind, id_));
  world_.digest().fold(static_cast<std::uint64_t>(state));
  if (world_.tracing()) {
    world_.trace(TraceKind::node, *this, id_, std::string(name_of(state)));
  }
  if (world_.observer()) world_.observer()->on_state(*this);
}

void Node::pause() {
  if (!alive()) return;
  if (++pauses_ == 1) enter(NodeState::paused);
}

void Node::resume() {
  if (pauses_ == 0 || --pauses_ > 0) return;
  enter(NodeState::up);
  std::vector<Waiter*> due = std::move(parked_);
  parked_.clear();
  waking_.shuffle(due);
  for (Waiter* waiter : due) {
    waiter->parked = false;
    schedule(*waiter, world_.now());
  }
}

void Node::kill() {
  if (!alive()) return;
  enter(NodeState::process_dead);
  end_process();
}

void Node::power_off() {
  if (!powered()) return;
  enter(NodeState::without_power);
  end_process();
  disk_.lose_unsynced();
}

void Node::start() {
  if (alive()) return;
  const bool boots = !powered();
  ++incarnation_;
  enter(NodeState::up);
  if (boots) world_.reset_channels_of(*this);
  spawn(main_(*this));
}

void Node::end_process() {
  assert(!running_ && "a node is not ended by its own coroutine: see World::call_at");
  pauses_ = 0;
  // Newest first: a task may hold references into one that was spawned before it.
  while (!tasks_.empty()) tasks_.pop_back();
  finished_ = 0;
  parked_.clear();
  backlog_.clear();
  datagrams_.clear();
}

// Clocks

void Node::jump_wall(Duration by) {
  wall_.jump(world_.now(), by);
  world_.digest().fold(identity(clock_kind, id_));
  world_.digest().fold(static_cast<std::uint64_t>(by.count()));
  if (world_.tracing()) {
    world_.trace(TraceKind::clock, *this, id_, "wall clock jumps by " + to_text(by));
  }
  clock_changed(ClockKind::wall);
}

void Node::set_rate(ClockKind kind, std::int64_t ppb) {
  (kind == ClockKind::steady ? steady_ : wall_).set_rate(world_.now(), ppb);
  world_.digest().fold(identity(clock_kind, id_));
  world_.digest().fold(static_cast<std::uint64_t>(ppb));
  if (world_.tracing()) {
    world_.trace(TraceKind::clock, *this, id_,
                 std::string(name_of(kind)) + " clock runs at " +
                     std::to_string(1'000'000'000 + ppb) + " ns a second");
  }
  clock_changed(kind);
}

void Node::begin_drift(std::int64_t ppb) {
  drifts_.push_back(ppb);
  drift();
}

void Node::end_drift(std::int64_t ppb) {
  drifts_.erase(std::find(drifts_.begin(), drifts_.end(), ppb));
  drift();
}

/// Of several the product of their speeds: added up, two that halve it would stop the clock.
void Node::drift() {
  constexpr std::int64_t true_speed = 1'000'000'000;
  constexpr std::int64_t fastest = 1'001 * true_speed;  // what one drift can do
  __int128 speed = true_speed;
  for (const std::int64_t ppb : drifts_) {
    speed = std::clamp<__int128>(speed * (true_speed + ppb) / true_speed, 1, fastest);
  }
  const auto ppb = static_cast<std::int64_t>(speed) - true_speed;
  set_rate(ClockKind::steady, ppb);
  set_rate(ClockKind::wall, ppb);
}

void Node::clock_changed(ClockKind kind) {
  for (void* who : world_.agenda().scheduled_for(&Node::fire)) {
    Waiter& waiter = *static_cast<Waiter*>(who);
    if (waiter.runtime != this || !waiter.timed || waiter.clock != kind) continue;
    world_.agenda().remove(waiter.slot);
    schedule(waiter, std::max(world_.now(), clock(kind).when(waiter.until)));
  }
  for (ClockWatch* watch : watches_) {
    if (watch->clock() == kind) watch->arm();
  }
}

// Waiting and waking

void Node::hold(Waiter& waiter) {
  waiter.runtime = this;
  waiter.cause = world_.cause();
}

void Node::arm(Waiter& waiter, const Deadline& until) {
  waiter.timed = true;
  waiter.clock = clock_of(until);
  waiter.until = nanos(until);
  schedule(waiter, std::max(world_.now(), clock(waiter.clock).when(waiter.until)));
}

void Node::schedule(Waiter& waiter, WorldTime at) {
  waiter.slot = world_.agenda().add(at, &waiter, &Node::fire, identity(wake_kind, id_));
}

void Node::disarm(Waiter& waiter) {
  if (waiter.slot == Waiter::no_slot) return;
  world_.agenda().remove(waiter.slot);
  waiter.slot = Waiter::no_slot;
}

void Node::forget(Waiter& waiter) {
  disarm(waiter);
  if (waiter.parked) std::erase(parked_, &waiter);
}

void Node::fire(void* who) {
  Waiter& waiter = *static_cast<Waiter*>(who);
  waiter.slot = Waiter::no_slot;
  Node& node = *static_cast<Node*>(waiter.runtime);
  node.world_.set_cause(waiter.cause);
  node.wake(waiter);
}

void Node::wake(Waiter& waiter) {
  if (waiter.parked) return;
  waiter.timed = false;
  disarm(waiter);
  if (world_.tracing()) waiter.cause = world_.cause();
  if (state_ == NodeState::paused) {
    waiter.parked = true;
    parked_.push_back(&waiter);
    return;
  }
  run(waiter);
}

void Node::run(Waiter& waiter) {
  if (waiter.listed_at) {
    *waiter.listed_at = nullptr;
    waiter.listed_at = nullptr;
  }
  waiter.runtime = nullptr;
  resume_coroutine(waiter.coroutine);
  if (finished_ != 0) {
    std::erase_if(tasks_, [](const std::unique_ptr<Root>& root) { return root->done; });
    finished_ = 0;
  }
}

void Node::resume_coroutine(std::coroutine_handle<> coroutine) {
  const bool nested = std::exchange(running_, true);  // a task spawned by another
  coroutine.resume();
  running_ = nested;
}

void Node::wake_at(Waiter& waiter, const Deadline& until) {
  hold(waiter);
  arm(waiter, until);
}

void Node::wake_after_step(Waiter& waiter, std::string_view step) {
  if (world_.tracing()) {
    world_.set_cause(world_.trace(TraceKind::step, *this, id_, std::string(step)));
  }
  if (world_.observer()) world_.observer()->on_step(*this, step);
  hold(waiter);
  const Duration takes = machine_.between(1us, world_.options().step_max);
  schedule(waiter, world_.now() + takes);
}

void Node::park_accept(Waiter& waiter) {
  assert(accepting_ == nullptr && "one accept at a time");
  accepting_ = &waiter;
  waiter.listed_at = &accepting_;
  hold(waiter);
}

void Node::park_datagram(Waiter& waiter) {
  assert(listening_ == nullptr && "one receive_datagram at a time");
  listening_ = &waiter;
  waiter.listed_at = &listening_;
  hold(waiter);
}

void Node::deliver_connection(ConnectionPtr connection) {
  backlog_.push(std::move(connection));
  if (accepting_) wake(*accepting_);
}

void Node::deliver_datagram(Datagram datagram) {
  if (!alive()) return;
  datagrams_.push(std::move(datagram));
  if (listening_) wake(*listening_);
}

// Tasks, connections, datagrams

Task<void> Node::guard(Task<void> task, Root* root) {
  try {
    co_await std::move(task);
  } catch (...) {
    world_.keep_failure(std::current_exception());
  }
  root->done = true;
  ++finished_;
}

void Node::spawn(Task<void> task) {
  auto root = std::make_unique<Root>(Root{Task<void>(nullptr), false});
  Root* place = root.get();
  root->task = guard(std::move(task), place);
  tasks_.push_back(std::move(root));
  resume_coroutine(place->task.frame());
}

Task<Result<ConnectionPtr>> Node::connect(NodeId peer, Deadline until) {
  auto* channel = new Channel(world_, *this, world_.node(peer));
  auto socket = std::make_unique<Socket>(*channel, 0);
  channel->send(0, SegmentKind::open, Frame());
  co_await Handshake(*socket, until);
  if (socket->ended()) co_return fail(ErrorCode::refused, "nobody listens there");
  if (!socket->established()) co_return fail(ErrorCode::timeout, "could not connect in time");
  co_return ConnectionPtr(std::move(socket));
}

void Node::post(NodeId to, Frame frame) {
  world_.send_datagram(*this, to, std::move(frame));
}

}  // namespace lockstep::sim
