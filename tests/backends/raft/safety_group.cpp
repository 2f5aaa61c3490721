// A group of members that is asked to commit and to read while everything happens to it.
#include "tests/backends/raft/safety_group.hpp"

#include <algorithm>

#include "backends/raft/encoding.hpp"

namespace lockstep::raft {
namespace {

struct Place {
  Index index = 0;
  void fold(Digest& digest) const { digest.fold(index); }
  std::string describe() const { return std::to_string(index); }
};

/// Its state is a digest of all that it executed.
class Machine final : public StateMachine {
 public:
  Machine(SafetyChecks& checks, SafetyReport& report) : checks_(checks), report_(report) {}

  Frame apply(const Committed& entry) override {
    Digest digest;
    digest.fold(state_);
    digest.fold(entry.index);
    digest.fold(entry.command);
    state_ = digest.value();
    checks_.applied(entry.index, entry.command, state_);
    return make_frame(Place{entry.index});
  }
  std::string snapshot() const override { return to_bytes(state_); }
  void restore(const std::string& bytes) override {
    state_ = from_bytes<std::uint64_t>(bytes).value_or(0);
    ++report_.restores;
  }

 private:
  SafetyChecks& checks_;
  SafetyReport& report_;
  std::uint64_t state_ = 0;
};

constexpr Duration length = 450ms;
constexpr Duration patience = 150ms;

}  // namespace

struct SafetyGroup::Server {
  Server(Env& env, const MemberOptions& options, SafetyChecks& checks, SafetyReport& report)
      : machine(checks, report), member(env, options, machine) {}
  Machine machine;
  Member member;
};

sim::World::Options SafetyGroup::world_options(Random random, std::uint64_t seed) {
  sim::World::Options world;
  world.seed = seed;
  world.network.latency_max = random.scale_between(200us, 8ms);
  world.network.tail_millionths = random.below(3) == 0 ? 50'000 : 0;
  world.network.duplicate_millionths = random.below(4) == 0 ? 50'000 : 0;
  return world;
}

SafetyGroup::SafetyGroup(const SafetyOptions& options)
    : options_(options),
      random_(options.seed, "safety"),
      temper_(options.temper.value_or(static_cast<Temper>(random_.below(4)))),
      founders_(draw_founders()),
      nodes_(founders_ + static_cast<std::size_t>(random_.below(3))),
      checks_(nodes_),
      world_(world_options(Random(options.seed, "safety network"), options.seed)),
      servers_(nodes_) {
  member_options_.election_timeout = random_.scale_between(12ms, 50ms);
  member_options_.heartbeat = member_options_.election_timeout / random_.between(3, 6);
  member_options_.snapshot_every = random_.below(2) == 0 ? 1'000 : 1 + random_.below(20);
  member_options_.most_entries = random_.below(2) == 0 ? 64 : 1 + random_.below(3);
  member_options_.mistakes = options.mistakes;
  aim_millionths_ = static_cast<std::uint32_t>(random_.below(150'000));
  if (temper_ == Temper::elections) aim_millionths_ *= 3;
  if (temper_ == Temper::changes) aim_millionths_ *= 2;
  between_faults_ = random_.scale_between(10ms, 150ms);
  if (temper_ != Temper::mixed && random_.below(2) == 0) {  // its plots alone
    between_faults_ = length;
    aim_millionths_ = 0;
  }
  for (std::size_t i = 0; i < founders_; ++i) {
    member_options_.servers.push_back(NodeId{static_cast<std::uint32_t>(i)});
  }
  for (std::size_t i = 0; i < nodes_; ++i) {
    world_.add("server-" + std::to_string(i + 1), [this, i](Env& env) { return serve(env, i); });
    if (temper_ == Temper::clocks) change_clock(i);
  }
}

SafetyGroup::~SafetyGroup() = default;

/// Mostly three: what goes wrong, goes wrong with few.
std::size_t SafetyGroup::draw_founders() {
  const auto drawn = static_cast<std::size_t>(random_.between(1, 9));
  if (temper_ == Temper::elections) return drawn < 5 ? 3 : 5;
  if (temper_ == Temper::changes) return drawn < 3 ? 3 : 4;
  return drawn <= 5 ? drawn : 3;
}

Task<void> SafetyGroup::serve(Env& env, std::size_t place) {
  MemberOptions options = member_options_;
  options.self = place;
  auto server = std::make_unique<Server>(env, options, checks_, report_);
  servers_[place] = server.get();
  co_await server->member.run();
}

Member* SafetyGroup::alive(std::size_t place) {
  if (!node(place).alive() || servers_[place]->member.consensus() == nullptr) return nullptr;
  return &servers_[place]->member;
}

Member* SafetyGroup::leader() {
  Member* found = nullptr;
  for (std::size_t i = 0; i < nodes_; ++i) {
    Member* const member = alive(i);
    if (member == nullptr || member->consensus()->role() != Consensus::Role::leader) continue;
    if (found == nullptr || member->term() > found->term()) found = member;
  }
  return found;
}

SafetyReport SafetyGroup::play() {
  const WorldTime end = world_.now() + length;
  // Half of the runs let the group begin in peace.
  const Duration calm = random_.below(2) == 0 ? Duration::zero() : Duration(40ms);
  later(20ms, [this] { work(); });
  later(calm + a_while(), [this] { strike(); });
  run_until(end);
  heal();
  if (options_.ends_well && checks_.violation().empty()) check_goes_on();
  report_.violation = checks_.violation();
  report_.events = world_.events();
  report_.elections = checks_.elections();
  report_.commits = checks_.committed();
  report_.truncations = checks_.truncations();
  report_.configurations = checks_.configurations();
  return report_;
}

void SafetyGroup::run_until(WorldTime end) {
  bool over = false;
  world_.call_at(end, [&over] { over = true; });
  while (!over && checks_.violation().empty() && world_.run_next()) look();
}

void SafetyGroup::look() {
  for (std::size_t i = 0; i < nodes_; ++i) {
    if (const Member* member = alive(i)) {
      checks_.look(i, node(i).incarnation(), *member->consensus());
    } else {
      checks_.gone(i);
    }
  }
  const bool news = checks_.take_news();
  const auto elected = checks_.take_elected();
  const auto voters = checks_.take_voters();
  if (healed_) return;
  for (const std::size_t place : elected) meet_leader(place);
  for (const std::size_t place : voters) meet_voter(place);
  if (news) meet_commit();
  if (!news || !random_.chance(aim_millionths_)) return;
  const Duration soon = random_.between(0ns, 4ms);
  later(soon, [this] { strike(); });
}

// What clients ask

void SafetyGroup::work() {
  const Duration next = random_.scale_between(500us, 30ms);
  later(next, [this] { work(); });
  const std::size_t place = any();
  Member* const member = alive(place);
  if (member == nullptr || node(place).state() != sim::NodeState::up) return;
  const Deadline until = node(place).steady_now() + patience;
  if (random_.below(3) == 0) {
    node(place).spawn(read(*member, until));
  } else {
    node(place).spawn(propose(*member, std::to_string(++commands_), until));
  }
}

Task<void> SafetyGroup::propose(Member& member, std::string command, Deadline until) {
  const auto reply = co_await member.propose(std::move(command), until);
  if (reply) ++report_.answers;
}

Task<void> SafetyGroup::read(Member& member, Deadline until) {
  const Index committed = checks_.committed();
  const auto done = co_await member.read_barrier(until);
  if (!done) co_return;
  ++report_.reads;
  if (member.applied() < committed) checks_.violated("a read that missed what was committed");
}

/// Whatever happened, a group whose majority has its disks elects and commits once all is well.
void SafetyGroup::check_goes_on() {
  const std::uint64_t answers = report_.answers;
  run_until(world_.now() + 2s);
  if (checks_.violation().empty() && report_.answers == answers) {
    checks_.violated("liveness: nothing was answered for 2 s after all was healed");
  }
}

}  // namespace lockstep::raft
