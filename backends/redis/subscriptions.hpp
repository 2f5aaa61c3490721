#pragma once
// Who listens to which channel: at most once, to those connected at that moment, never stored.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "backends/redis/session.hpp"

namespace lockstep::redis {

class Subscriptions {
 public:
  /// Adds a channel (or a glob pattern) to a session; twice is once.
  void add(Session& session, const std::string& name, bool pattern);
  /// Takes it off; false when it was not there.
  bool remove(Session& session, const std::string& name, bool pattern);
  void remove_all(Session& session);
  bool empty() const { return channels_.empty() && patterns_.empty(); }

  /// Appends the message to the pushes of everybody who listens: subscribers of the channel in
  /// the order in which they came, then those of matching patterns. Calls `wake` for each and
  /// gives their number.
  std::int64_t publish(std::string_view channel, std::string_view message,
                       const std::function<void(Session&)>& wake);

 private:
  using Listeners = std::map<std::string, std::vector<Session*>, std::less<>>;
  static void unlist(Listeners& listeners, std::string_view name, const Session& session);

  Listeners channels_;
  Listeners patterns_;
};

}  // namespace lockstep::redis
