#pragma once
// Histories of a lock that works: clients that think, acquire, hold and release, and a server that
// grants in random order. Some operations may be lost on their way, and holds may be planted that
// overlap.

#include <cstdint>
#include <functional>
#include <queue>
#include <string>
#include <tuple>
#include <vector>

#include "core/history.hpp"
#include "core/random.hpp"

namespace lockstep::bench {

struct LockHistory {
  std::uint64_t operations = 1000;
  std::uint32_t clients = 20;
  std::uint32_t permits = 1;
  std::uint64_t lost = 0;  // operations whose end is never known
  bool overlap = false;    // near the end strangers hold, one more than there are permits
  std::uint64_t seed = 1;
};

/// One event as it is recorded. `token` is that of a grant.
struct LockEvent {
  std::uint32_t client;
  OpType type;
  bool acquire;
  std::uint64_t token;
};

/// Plays a history into `sink`, event by event.
class LockServer {
 public:
  using Sink = std::function<void(const LockEvent&)>;

  LockServer(const LockHistory& asked, Sink sink)
      : asked_(asked),
        sink_(std::move(sink)),
        random_(asked.seed, "lock-history"),
        clients_(asked.clients) {}

  void play() {
    for (std::uint32_t i = 0; i < asked_.clients; ++i) after(think, i, Step::call_acquire);
    while (!agenda_.empty()) {
      const auto [at, number, client, step] = agenda_.top();
      agenda_.pop();
      now_ = at;
      move(client, step);
    }
  }

 private:
  static constexpr std::uint64_t think = 50'000;
  static constexpr std::uint64_t hold = 100'000;
  static constexpr std::uint64_t net = 20'000;
  enum class Step : std::uint8_t { call_acquire, arrive, granted, call_release, released };
  struct Client {
    std::uint64_t token = 0;
    bool lost_acquire = false;
    bool lost_release = false;
  };
  using Entry = std::tuple<std::uint64_t, std::uint64_t, std::uint32_t, Step>;

  void after(std::uint64_t mean, std::uint32_t client, Step step) {
    agenda_.emplace(now_ + 1 + random_.below(2 * mean), ++number_, client, step);
  }
  bool loses() {
    const bool due = lost_ < asked_.lost && begun_ * asked_.lost > lost_ * asked_.operations;
    lost_ += due ? 1 : 0;
    return due;
  }
  void tell(std::uint32_t client, OpType type, bool acquire, std::uint64_t token = 0) {
    sink_({client, type, acquire, token});
  }

  void move(std::uint32_t id, Step step) {
    Client& client = clients_[id];
    switch (step) {
      case Step::call_acquire:
        if (begun_ >= asked_.operations) return;
        ++begun_;
        tell(id, OpType::invoke, true);
        client.lost_acquire = loses();
        if (client.lost_acquire && random_.below(2) == 0) {  // it never arrives
          tell(id, OpType::info, true);
          return after(think, id, Step::call_acquire);
        }
        return after(net, id, Step::arrive);
      case Step::arrive: waiting_.push_back(id); return grant();
      case Step::granted:
        tell(id, client.lost_acquire ? OpType::info : OpType::ok, true, client.token);
        return after(hold, id, Step::call_release);
      case Step::call_release:
        if (asked_.overlap && !planted_ && begun_ * 20 > asked_.operations * 19) plant();
        ++begun_;
        tell(id, OpType::invoke, false);
        client.lost_release = loses();
        return after(net, id, Step::released);
      case Step::released:
        --taken_;
        tell(id, client.lost_release ? OpType::info : OpType::ok, false);
        after(think, id, Step::call_acquire);
        return grant();
    }
  }

  void grant() {
    while (taken_ < asked_.permits && !waiting_.empty()) {
      const std::size_t place = random_.below(waiting_.size());
      const std::uint32_t id = waiting_[place];
      waiting_[place] = waiting_.back();
      waiting_.pop_back();
      ++taken_;
      clients_[id].token = ++tokens_;
      after(net, id, Step::granted);
    }
  }

  // Nothing of the strangers is lost, so that no choice of what happened explains them.
  void plant() {
    planted_ = true;
    const std::uint32_t strangers = asked_.permits + 1;
    for (std::uint32_t i = 0; i < strangers; ++i) {
      tell(asked_.clients + i, OpType::invoke, true);
      tell(asked_.clients + i, OpType::ok, true, ++tokens_);
    }
    for (std::uint32_t i = 0; i < strangers; ++i) {
      tell(asked_.clients + i, OpType::invoke, false);
      tell(asked_.clients + i, OpType::ok, false);
    }
  }

  LockHistory asked_;
  Sink sink_;
  Random random_;
  std::vector<Client> clients_;
  std::vector<std::uint32_t> waiting_;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> agenda_;
  std::uint64_t now_ = 0;
  std::uint64_t number_ = 0;
  std::uint64_t begun_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t tokens_ = 0;
  std::uint32_t taken_ = 0;
  bool planted_ = false;
};

inline History history_of(const LockHistory& asked) {
  History history;
  history.reserve(2 * asked.operations + 64);
  LockServer(asked, [&](const LockEvent& event) {
    Op op;
    op.index = static_cast<std::int64_t>(history.size());
    op.time = WorldTime(Duration(op.index * 1000));
    op.process = event.client;
    op.type = event.type;
    op.f = event.acquire ? "acquire" : "release";
    op.key = "lock-1";
    op.token = event.type == OpType::ok ? event.token : 0;
    history.push_back(std::move(op));
  }).play();
  return history;
}

}  // namespace lockstep::bench
