// What a member is told, out of a lock's settings.
#include <algorithm>

#include "backends/raft/member.hpp"

namespace lockstep::raft {

std::vector<Parameter> member_parameters(std::int64_t servers) {
  return {
      {"servers", servers, "how many servers the group begins with"},
      {"election_timeout", Duration(0),
       "how long without a leader until one stands (0: lease / 6)"},
      {"heartbeat", Duration(0), "between two signs of life of a leader (0: a third of that)"},
      {"snapshot_every", std::int64_t{1'000}, "commands between two snapshots"},
  };
}

std::vector<std::string> member_names(std::string_view product, const Settings& settings) {
  std::vector<std::string> names;
  for (std::int64_t i = 1; i <= settings.number("servers"); ++i) {
    names.push_back(std::string(product) + "-" + std::to_string(i));
  }
  return names;
}

MemberOptions member_options(const ServerOptions& options, Duration lease, Mistakes mistakes) {
  MemberOptions member;
  member.servers = options.servers;
  member.self = options.self;
  member.mistakes = mistakes;
  const Duration asked = options.settings.duration("election_timeout");
  member.election_timeout =
      asked > Duration::zero() ? asked : std::clamp<Duration>(lease / 6, 20ms, 2s);
  const Duration beat = options.settings.duration("heartbeat");
  member.heartbeat = beat > Duration::zero() ? beat : member.election_timeout / 3;
  const std::int64_t every = options.settings.number("snapshot_every");
  member.snapshot_every = static_cast<std::uint64_t>(std::max<std::int64_t>(every, 1));
  return member;
}

}  // namespace lockstep::raft
