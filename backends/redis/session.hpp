#pragma once
// What the server keeps for one connection.

#include <cstdint>
#include <string>
#include <vector>

#include "backends/redis/reply.hpp"
#include "backends/redis/words.hpp"

namespace lockstep::redis {

/// One client's conversation. Lives as long as its connection; hand it to Database::disconnect
/// before it dies.
struct Session {
  struct Watch {
    std::string key;
    bool expired = false;  // it was dead but not yet removed when WATCH saw it
  };

  explicit Session(std::uint64_t number = 0) : id(number) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  bool subscribed() const { return !channels.empty() || !patterns.empty(); }

  std::uint64_t id;
  // MULTI
  bool in_transaction = false;
  bool transaction_broken = false;  // a command was refused while queueing: EXEC must abort
  bool watched_changed = false;     // a watched key changed: EXEC must do nothing
  std::vector<Words> queued;
  std::vector<Watch> watched;
  // SUBSCRIBE, PSUBSCRIBE, in the order of subscription
  std::vector<std::string> channels;
  std::vector<std::string> patterns;
  // What the server layer acts upon after each command
  std::vector<Reply> pushes;  // to send after the reply, in order
  bool close = false;         // QUIT: close once the reply is out
  // WAIT: keep the reply back until hold_replicas have received the stream up to hold_upto, for
  // hold_ms at most (0: for ever)
  bool held_back = false;
  std::int64_t hold_ms = 0;
  std::int64_t hold_replicas = 0;
  std::int64_t hold_upto = 0;
  std::int64_t written_upto = 0;  // the replication stream after its last command
  std::uint64_t born = 0;         // CLIENT KILLs before it came, or survived
};

}  // namespace lockstep::redis
