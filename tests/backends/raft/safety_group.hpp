#pragma once
// The group of one random run, what is asked of it, and what is done to it.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backends/raft/member.hpp"
#include "sim/world.hpp"
#include "tests/backends/raft/safety_checks.hpp"
#include "tests/backends/raft/safety_run.hpp"

namespace lockstep::raft {

class SafetyGroup {
 public:
  explicit SafetyGroup(const SafetyOptions& options);
  ~SafetyGroup();
  SafetyReport play();

 private:
  struct Server;

  // safety_group.cpp
  static sim::World::Options world_options(Random random, std::uint64_t seed);
  std::size_t draw_founders();
  Task<void> serve(Env& env, std::size_t place);
  Member* alive(std::size_t place);
  Member* leader();
  sim::Node& node(std::size_t place) { return *world_.nodes()[place]; }
  std::size_t any() { return static_cast<std::size_t>(random_.below(servers_.size())); }
  void run_until(WorldTime end);
  void look();
  void work();
  Task<void> propose(Member& member, std::string command, Deadline until);
  Task<void> read(Member& member, Deadline until);
  void check_goes_on();

  // safety_faults.cpp
  std::size_t whom();
  void strike();
  void pause(std::size_t place);
  void stop_server(std::size_t place);
  void lose_disk(std::size_t place);
  bool whole(const Configuration& now);
  bool may_lose_disk(std::size_t place);
  void cut_links();
  void trouble_links();
  void change_clock(std::size_t place);
  void change_group();
  void ask_change(std::size_t place, std::size_t other, bool adds);
  Task<void> change(Member& member, NodeId server, bool adds, Deadline until);
  void heal();

  // safety_plots.cpp
  void meet_leader(std::size_t place);
  void meet_voter(std::size_t place);
  void meet_commit();
  void lose_vote(std::size_t place);
  void mute(std::size_t place);
  void let_die_half_heard(std::size_t place);
  void let_change_unheard(std::size_t place);
  void let_read_unheard(std::size_t place);
  void cut_off(const std::vector<std::size_t>& side, Duration lasts);
  std::size_t other_than(std::size_t place);

  Duration a_while() { return random_.scale_between(2ms, 300ms); }
  void later(Duration after, std::function<void()> what) {
    world_.call_at(world_.now() + after, std::move(what));
  }

  SafetyOptions options_;
  Random random_;
  SafetyReport report_;
  Temper temper_;
  std::size_t founders_;
  std::size_t nodes_;
  MemberOptions member_options_;
  std::uint32_t aim_millionths_ = 0;  // how often an election or a commit brings a fault with it
  Duration between_faults_{};
  SafetyChecks checks_;
  sim::World world_;
  std::vector<Server*> servers_;
  std::uint64_t commands_ = 0;
  bool healed_ = false;
};

}  // namespace lockstep::raft
