#pragma once
// A group of members in a World, whose state machine is the list of commands it was given.

#include <memory>
#include <string>
#include <vector>

#include "backends/raft/consensus.hpp"
#include "backends/raft/encoding.hpp"
#include "backends/raft/member.hpp"
#include "sim/world.hpp"

namespace lockstep::raft {

struct Applied {
  std::string text;
  void fold(Digest& digest) const { digest.fold(text); }
  std::string describe() const { return text; }
};

/// Replies with the number of commands so far and the command.
class CommandList final : public StateMachine {
 public:
  Frame apply(const Committed& entry) override {
    commands.push_back(entry.command);
    return make_frame(Applied{std::to_string(commands.size()) + " " + entry.command});
  }
  std::string snapshot() const override { return to_bytes(commands); }
  void restore(const std::string& state) override {
    commands = from_bytes<std::vector<std::string>>(state).value_or(std::vector<std::string>());
    ++restored;
  }

  std::vector<std::string> commands;
  int restored = 0;
};

/// One server's process: what is in memory dies with it.
struct Server {
  Server(Env& env, const MemberOptions& options) : member(env, options, machine) {}
  CommandList machine;
  Member member;
};

class Group {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::size_t servers = 3;
    std::size_t spare = 0;  // further nodes, which are in no group until they are added
    bool start = true;
    MemberOptions member = defaults();
    bool trace = false;
  };
  static MemberOptions defaults() {
    MemberOptions member;
    member.election_timeout = 100ms;
    member.heartbeat = 25ms;
    return member;
  }

  explicit Group(Options options)
      : world(world_options(options)), servers(options.servers + options.spare) {
    for (std::size_t i = 0; i < options.servers; ++i) {
      options.member.servers.push_back(NodeId{static_cast<std::uint32_t>(i)});
    }
    for (std::size_t i = 0; i < servers.size(); ++i) {
      MemberOptions member = options.member;
      member.self = i;
      Server** const place = &servers[i];
      world.add("server-" + std::to_string(i + 1),
                [place, member](Env& env) { return serve(env, member, place); });
    }
  }

  sim::Node& node(std::size_t server) { return *world.nodes()[server]; }
  /// Null while it is not alive.
  Server* alive(std::size_t server) { return node(server).alive() ? servers[server] : nullptr; }
  Member& member(std::size_t server) { return servers[server]->member; }
  const std::vector<std::string>& commands(std::size_t server) {
    return servers[server]->machine.commands;
  }
  void run_for(Duration length) { world.run_until(world.now() + length); }
  /// Which living server leads in the highest term; none: servers.size().
  std::size_t leader() {
    std::size_t found = servers.size();
    Term term = 0;
    for (std::size_t i = 0; i < servers.size(); ++i) {
      if (alive(i) == nullptr || !member(i).leads() || member(i).term() <= term) continue;
      found = i;
      term = member(i).term();
    }
    return found;
  }
  /// Runs a task on a node beside its server.
  void ask(std::size_t server, Task<void> task) { node(server).spawn(std::move(task)); }
  void isolate(std::size_t server, bool cut = true) {
    for (std::size_t i = 0; i < servers.size(); ++i) {
      if (i == server) continue;
      const NodeId one = node(server).id();
      const NodeId other = node(i).id();
      cut ? world.cut(one, other) : world.mend(one, other);
      cut ? world.cut(other, one) : world.mend(other, one);
    }
  }

  sim::World world;
  std::vector<Server*> servers;

 private:
  static sim::World::Options world_options(const Options& options) {
    sim::World::Options world;
    world.seed = options.seed;
    world.trace = options.trace;
    return world;
  }
  static Task<void> serve(Env& env, MemberOptions options, Server** place) {
    auto server = std::make_unique<Server>(env, options);
    *place = server.get();
    co_await server->member.run();
  }
};

/// Proposes a command and writes down the reply, or the name of the error.
inline Task<void> propose(Member& member, std::string command, Deadline until, std::string& reply) {
  const auto result = co_await member.propose(std::move(command), until);
  if (!result) {
    reply = std::string(name_of(result.error().code));
  } else {
    const auto* applied = content_of<Applied>(*result);
    reply = applied->text;
  }
}

inline Task<void> read(Member& member, Deadline until, std::string& reply) {
  const auto result = co_await member.read_barrier(until);
  reply = result ? "ok" : std::string(name_of(result.error().code));
}

}  // namespace lockstep::raft
