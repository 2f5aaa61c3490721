#pragma once
// A lease that is kept alive for as long as its client lives: etcd's concurrency.Session, and the
// client's lessor below it (client/v3/concurrency/session.go, client/v3/lease.go).

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "backends/etcd/client.hpp"
#include "core/env.hpp"
#include "core/result.hpp"

namespace lockstep::etcd {

class Session {
 public:
  /// A new lease, or the one of that id, which others may have made and use, too.
  static Task<Result<std::shared_ptr<Session>>> open(std::shared_ptr<Client> client, Duration ttl,
                                                     LeaseId shared_id);

  LeaseId lease() const { return lease_; }
  /// Session.Done(): it is closed, the service said that the lease is over, or it was not renewed
  /// for its time by this client's steady clock.
  bool done() const;
  /// When that would be: the time counts from the request of the last renewal that was answered.
  SteadyTime deadline() const { return deadline_; }
  /// It is renewed no more: the service will let it end.
  void abandon() { abandoned_ = true; }

  /// Notes for the record that the holder of a lock follows Done.
  void follow(std::string lock, std::string owner);
  void unfollow() { followed_.reset(); }

 private:
  struct Stream;
  struct Hold {
    std::string lock;
    std::string owner;
  };

  Session(std::shared_ptr<Client> client, LeaseId lease, Duration ttl, SteadyTime asked)
      : client_(std::move(client)),
        endpoint_(client_->current()),
        lease_(lease),
        ttl_(ttl),
        deadline_(asked + ttl) {}

  static Task<void> keep_alive(std::shared_ptr<Session> session);
  static Task<void> renew_elsewhere(std::shared_ptr<Session> session);
  static Task<void> hear_answers(std::shared_ptr<Session> session, std::shared_ptr<Stream> stream);
  void renew_on(Stream& stream);
  void extend(SteadyTime until);
  void lose();

  std::shared_ptr<Client> client_;
  std::shared_ptr<Stream> stream_;  // that answered last, or was opened first
  std::size_t endpoint_;            // where the next stream goes
  LeaseId lease_;
  Duration ttl_;
  SteadyTime deadline_;
  bool abandoned_ = false;
  bool lost_ = false;
  std::optional<Hold> followed_;
};

}  // namespace lockstep::etcd
