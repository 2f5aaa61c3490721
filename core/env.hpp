#pragma once
// All that one node may know and do. Lock clients and servers are written against nothing else,
// so the same file runs in the simulator and, later, against real servers.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/message.hpp"
#include "core/note.hpp"
#include "core/random.hpp"
#include "core/result.hpp"
#include "core/task.hpp"
#include "core/time.hpp"
#include "core/waiter.hpp"

namespace lockstep {

class Connection;
class Disk;
class Env;

/// Awaits an instant on one of the node's own clocks. Early or late by exactly as much as that
/// clock drifts and jumps; late when the node is paused.
class [[nodiscard]] Sleep {
 public:
  Sleep(Env& env, Deadline until) : env_(env), until_(until) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> who);
  void await_resume() const noexcept {}

 private:
  Env& env_;
  Deadline until_;
  Waiter waiter_;
};

/// Awaits the end of one local step of a client: a named point of its protocol at which a fault
/// can strike. See Env::step.
class [[nodiscard]] Step {
 public:
  Step(Env& env, std::string_view name) : env_(env), name_(name) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> who);
  void await_resume() const noexcept {}

 private:
  Env& env_;
  std::string_view name_;
  Waiter waiter_;
};

/// Awaits one frame. Ends in `timeout` when the deadline passes first, in `disconnected` when the
/// connection is over and everything that had arrived was taken.
class [[nodiscard]] Receive {
 public:
  Receive(Connection& connection, std::optional<Deadline> until)
      : connection_(connection), until_(until) {}
  bool await_ready();
  void await_suspend(std::coroutine_handle<> who);
  Result<Frame> await_resume();

 private:
  Connection& connection_;
  std::optional<Deadline> until_;
  Waiter waiter_;
};

/// One end of a connection as TCP gives it: frames arrive in order and once, late if need be,
/// until one side ends it. Destroying it closes it: what was sent still goes out, then a FIN.
class Connection {
 public:
  virtual ~Connection() = default;

  /// Queues a frame. Fails with `disconnected` when the end of the connection is already known
  /// here; success promises nothing about arrival.
  virtual Result<void> send(Frame frame) = 0;
  /// The next frame, whenever it comes. One receive at a time.
  Receive receive() { return Receive(*this, std::nullopt); }
  Receive receive(Deadline until) { return Receive(*this, until); }
  virtual NodeId peer() const = 0;
  /// Lets this machine's kernel probe the peer's (SO_KEEPALIVE): once it has got no answer for
  /// `idle`, because a link is cut, either way, or the peer's machine is dead, the connection ends
  /// here. A process that is paused is answered for by its kernel. Zero: never, as without a call.
  virtual void keep_alive(Duration idle) { (void)idle; }

 protected:
  friend class Receive;
  virtual bool readable() const = 0;
  virtual void park(Waiter& waiter, const std::optional<Deadline>& until) = 0;
  virtual Result<Frame> take() = 0;
};

using ConnectionPtr = std::unique_ptr<Connection>;

/// Awaits the next connection that a peer opens to this node.
class [[nodiscard]] Accept {
 public:
  explicit Accept(Env& env) : env_(env) {}
  bool await_ready();
  void await_suspend(std::coroutine_handle<> who);
  ConnectionPtr await_resume();

 private:
  Env& env_;
  Waiter waiter_;
};

/// A datagram that arrived: it may have been lost, doubled, or overtaken on its way.
struct Datagram {
  NodeId from{};
  Frame frame;
};

/// Awaits the next datagram for this node.
class [[nodiscard]] ReceiveDatagram {
 public:
  explicit ReceiveDatagram(Env& env) : env_(env) {}
  bool await_ready();
  void await_suspend(std::coroutine_handle<> who);
  Datagram await_resume();

 private:
  Env& env_;
  Waiter waiter_;
};

class Env {
 public:
  virtual ~Env() = default;

  virtual NodeId id() const = 0;
  virtual const std::string& name() const = 0;

  virtual SteadyTime steady_now() const = 0;
  virtual WallTime wall_now() const = 0;

  Sleep sleep_until(Deadline until) { return Sleep(*this, until); }
  /// Sleeps by the monotonic clock, as every runtime's relative timers do.
  Sleep sleep_for(Duration length) { return Sleep(*this, steady_now() + length); }

  /// Marks a named step of the client's protocol ("granted", "checked", "renewing", ...) and takes
  /// a moment of processor time. A pause, crash or cut may be aimed at it, and falls after what
  /// came before and before what comes next. `name` must be a string literal.
  Step step(std::string_view name) { return Step(*this, name); }

  /// This node's own random numbers.
  virtual Random& random() = 0;

  /// Opens a connection. Ends in `refused` when nobody listens there, in `timeout` when no answer
  /// came by `until`.
  virtual Task<Result<ConnectionPtr>> connect(NodeId peer, Deadline until) = 0;
  Accept accept() { return Accept(*this); }

  /// Sends one datagram: no connection, no order, no promise.
  virtual void post(NodeId to, Frame frame) = 0;
  ReceiveDatagram receive_datagram() { return ReceiveDatagram(*this); }

  /// Runs a task beside the caller until it ends or the node dies. Its first stretch runs at once.
  virtual void spawn(Task<void> task) = 0;

  virtual Disk& disk() = 0;

  /// Says something for the record (what a client believes, what a server changed). Never read by
  /// the code under test.
  virtual void note(const Note& note) = 0;

 protected:
  friend class Sleep;
  friend class Step;
  friend class Accept;
  friend class ReceiveDatagram;
  virtual void wake_at(Waiter& waiter, const Deadline& until) = 0;
  virtual void wake_after_step(Waiter& waiter, std::string_view name) = 0;
  virtual bool connection_waiting() const = 0;
  virtual void park_accept(Waiter& waiter) = 0;
  virtual ConnectionPtr take_connection() = 0;
  virtual bool datagram_waiting() const = 0;
  virtual void park_datagram(Waiter& waiter) = 0;
  virtual Datagram take_datagram() = 0;
};

/// A node's disk. What was written survives the death of the process at once, and the loss of
/// power only once synced. Names are flat.
class Disk {
 public:
  virtual ~Disk() = default;
  /// The content of a file; empty when there is none.
  virtual Task<Result<std::string>> read(std::string file) = 0;
  virtual Task<Result<void>> append(std::string file, std::string bytes) = 0;
  /// Replaces the whole content at once (write to a new file and rename): never torn.
  virtual Task<Result<void>> replace(std::string file, std::string bytes) = 0;
  /// Returns when everything written to the file so far would survive the loss of power.
  virtual Task<Result<void>> sync(std::string file) = 0;
  /// The length of a file in bytes, 0 when there is none.
  virtual std::size_t size(const std::string& file) const = 0;
};

inline void Sleep::await_suspend(std::coroutine_handle<> who) {
  waiter_.coroutine = who;
  env_.wake_at(waiter_, until_);
}
inline void Step::await_suspend(std::coroutine_handle<> who) {
  waiter_.coroutine = who;
  env_.wake_after_step(waiter_, name_);
}
inline bool Receive::await_ready() { return connection_.readable(); }
inline void Receive::await_suspend(std::coroutine_handle<> who) {
  waiter_.coroutine = who;
  connection_.park(waiter_, until_);
}
inline Result<Frame> Receive::await_resume() { return connection_.take(); }
inline bool Accept::await_ready() { return env_.connection_waiting(); }
inline void Accept::await_suspend(std::coroutine_handle<> who) {
  waiter_.coroutine = who;
  env_.park_accept(waiter_);
}
inline ConnectionPtr Accept::await_resume() { return env_.take_connection(); }
inline bool ReceiveDatagram::await_ready() { return env_.datagram_waiting(); }
inline void ReceiveDatagram::await_suspend(std::coroutine_handle<> who) {
  waiter_.coroutine = who;
  env_.park_datagram(waiter_);
}
inline Datagram ReceiveDatagram::await_resume() { return env_.take_datagram(); }

}  // namespace lockstep
