#pragma once
// What a holder makes of what happens to its session: when it stops to believe that it holds.

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "backends/zookeeper/client.hpp"
#include "core/lock.hpp"

namespace lockstep::zookeeper {

enum class Stops : std::uint8_t {
  never,              // nobody listens to what happens to the session
  at_lost,            // when it is told that the session is over
  at_suspended,       // when its connection is lost
  at_suspended_time,  // and by its own clock at the latest 2/3 of the session timeout after the
                      // last request that is known to have reached a server
};

/// The hold of one handle. Shared by the lock and its client, which tells it of the session.
class Belief : public std::enable_shared_from_this<Belief> {
 public:
  Belief(Env& env, Stops stops) : env_(env), stops_(stops) {}

  /// From now on it is told what happens to the client's session.
  void listen(Client& client);
  /// What else is to be done when the client has a connection again. Set it before `listen`.
  void on_resumed(std::function<void()> call) { on_resumed_ = std::move(call); }
  /// A hold begins: gives the lease, with a deadline where there is one.
  Lease begin(Lease lease, SessionId session, const Client& client);
  void end() { lease_.reset(); }
  bool holds(const Lease& lease) const;
  /// Of the session under which the last hold began.
  SessionId session() const { return session_; }

 private:
  void on_event(SessionEvent event);
  void on_heard(const Client& client);
  void lose();

  Env& env_;
  Stops stops_;
  std::function<void()> on_resumed_;
  std::optional<Lease> lease_;
  SessionId session_ = 0;
  bool lost_ = false;
};

}  // namespace lockstep::zookeeper
