// What is done to the group: each fault by itself, one after the other and on top of each other.
#include <algorithm>

#include "tests/backends/raft/safety_group.hpp"

namespace lockstep::raft {
namespace {
// Stop, pause, cut, trouble, clock (k), group, disk; as often as they stand there.
constexpr std::string_view faults_by_temper[] = {"ssspcctkgd", "sssspccccct", "ggggccccstd",
                                                 "kkccccspt"};
}  // namespace

/// Half of the time the one that leads.
std::size_t SafetyGroup::whom() {
  if (random_.below(2) == 0) return any();
  const Member* const first = leader();
  return first == nullptr ? any() : index_of(first->consensus()->self().node);
}

void SafetyGroup::strike() {
  if (healed_) return;
  // Faults that an election brings are further to those that come by themselves.
  const Duration next = random_.between(between_faults_ / 2, between_faults_ * 2);
  if (random_.below(2) == 0) later(next, [this] { strike(); });
  const std::size_t place = whom();
  switch (random_.pick(faults_by_temper[static_cast<std::size_t>(temper_)])) {
    case 's': stop_server(place); break;
    case 'p': pause(place); break;
    case 'c': cut_links(); break;
    case 't': trouble_links(); break;
    case 'k': change_clock(place); break;
    case 'g': change_group(); break;
    default:
      if (may_lose_disk(place)) lose_disk(place);
  }
  if (random_.below(2) == 0) later(next, [this] { strike(); });
}

void SafetyGroup::pause(std::size_t place) {
  ++report_.pauses;
  node(place).pause();
  const Duration lasts = a_while();
  later(lasts, [this, place] { node(place).resume(); });
}

void SafetyGroup::stop_server(std::size_t place) {
  const bool power = random_.below(2) == 0;
  const bool all = random_.below(12) == 0;
  for (std::size_t i = all ? 0 : place; i < (all ? nodes_ : place + 1); ++i) {
    power ? node(i).power_off() : node(i).kill();
    ++(power ? report_.power_losses : report_.deaths);
    const Duration after = a_while();
    later(after, [this, i] { node(i).start(); });
  }
}

/// Nobody who votes is gone for good: else it is the wrong time to take another one out.
bool SafetyGroup::whole(const Configuration& now) {
  return std::all_of(now.voters.begin(), now.voters.end(), [&](const ServerId& voter) {
    const Member* member = alive(index_of(voter.node));
    return member != nullptr && member->consensus()->self() == voter;
  });
}

/// One member at a time: the group was told of the last one's new identity, and has taken it in.
/// And whoever began the group can still learn that there is one.
bool SafetyGroup::may_lose_disk(std::size_t place) {
  const Member* const first = leader();
  if (first == nullptr) return false;
  const Consensus& core = *first->consensus();
  const Configuration& now = core.configuration();
  if (core.log().configuration_index() > core.commit() || now.voters.size() < 3) return false;
  if (core.commit() < core.term_start() || !now.learners.empty()) return false;
  bool founder_left = false;
  for (std::size_t i = 1; i < founders_; ++i) founder_left |= now.votes(now.from(node(i).id()));
  if (!now.votes(now.from(node(place).id())) || (place == 0 && !founder_left)) return false;
  return whole(now);
}

void SafetyGroup::lose_disk(std::size_t place) {
  ++report_.lost_disks;
  node(place).power_off();
  node(place).wipe_disk();
  const Duration after = a_while();
  later(after, [this, place] { node(place).start(); });
}

void SafetyGroup::cut_links() {
  ++report_.cuts;
  std::vector<std::size_t> side(nodes_);
  for (std::size_t& s : side) s = static_cast<std::size_t>(random_.below(2));
  if (random_.below(2) == 0) {
    side.assign(nodes_, 0);
    side[whom()] = 1;
  }
  const std::uint64_t which = random_.below(4);  // 0, 1: one way only
  const Duration lasts = a_while();
  for (std::size_t a = 0; a < nodes_; ++a) {
    for (std::size_t b = 0; b < nodes_; ++b) {
      if (side[a] == side[b] || (which < 2 && side[a] != which)) continue;
      const NodeId from = node(a).id();
      const NodeId to = node(b).id();
      world_.cut(from, to);
      later(lasts, [this, from, to] { world_.mend(from, to); });
    }
  }
}

void SafetyGroup::trouble_links() {
  ++report_.troubles;
  sim::Trouble trouble;
  trouble.loss_millionths = static_cast<std::uint32_t>(random_.below(400'000));
  trouble.duplicate_millionths = static_cast<std::uint32_t>(random_.below(400'000));
  trouble.reorder_millionths = static_cast<std::uint32_t>(random_.below(400'000));
  trouble.delay_max = random_.below(2) == 0 ? Duration::zero() : a_while() / 4;
  const Duration lasts = a_while();
  const std::size_t one = any();
  for (std::size_t i = 0; i < nodes_; ++i) {
    if (i == one) continue;
    sim::Link* const link = random_.below(2) == 0 ? &world_.link(node(one).id(), node(i).id())
                                                  : &world_.link(node(i).id(), node(one).id());
    link->trouble.loss_millionths = trouble.loss_millionths;
    link->trouble.duplicate_millionths = trouble.duplicate_millionths;
    link->trouble.reorder_millionths = trouble.reorder_millionths;
    link->trouble.delay_max = trouble.delay_max;
    later(lasts, [link] {
      link->trouble.loss_millionths = link->trouble.duplicate_millionths = 0;
      link->trouble.reorder_millionths = 0;
      link->trouble.delay_max = Duration::zero();
    });
  }
}

void SafetyGroup::change_clock(std::size_t place) {
  ++report_.clock_changes;
  if (random_.below(2) == 0) {
    node(place).jump_wall(random_.between(-1h, 1h));
  } else {
    node(place).set_rate(ClockKind::steady, random_.between(-700'000'000, 2'000'000'000));
  }
}

void SafetyGroup::change_group() {
  const std::size_t first = any();
  const bool adds = random_.below(3) != 0;
  const std::size_t most = random_.below(2) == 0 ? 1 : nodes_;
  for (std::size_t i = 0; i < nodes_; ++i) {
    Member* const member = alive(i);
    if (member == nullptr || member->consensus()->role() != Consensus::Role::leader ||
        node(i).state() != sim::NodeState::up)
      continue;
    if (!adds && !whole(member->consensus()->configuration())) continue;
    const std::vector<NodeId> now = member->members();
    std::size_t asked = 0;
    for (std::size_t n = 0; n < nodes_ && asked < most; ++n) {
      const std::size_t other = (first + n) % nodes_;
      const bool in = std::find(now.begin(), now.end(), node(other).id()) != now.end();
      if (in == adds || (!adds && now.size() <= 2)) continue;
      ask_change(i, other, adds);
      ++asked;
    }
  }
}

void SafetyGroup::ask_change(std::size_t place, std::size_t other, bool adds) {
  Member* const member = alive(place);
  if (member == nullptr || node(place).state() != sim::NodeState::up) return;
  const Deadline until = node(place).steady_now() + 300ms;
  node(place).spawn(change(*member, node(other).id(), adds, until));
}

Task<void> SafetyGroup::change(Member& member, NodeId server, bool adds, Deadline until) {
  auto result = Result<void>();
  if (adds) {
    result = co_await member.add_server(server, until);
  } else {
    result = co_await member.remove_server(server, until);
  }
}

void SafetyGroup::heal() {
  healed_ = true;
  for (std::size_t i = 0; i < nodes_; ++i) {
    while (node(i).state() == sim::NodeState::paused) node(i).resume();
    if (!node(i).alive()) node(i).start();
    node(i).set_rate(ClockKind::steady, 0);
  }
  // Cuts and troubles end by themselves, within the longest while.
}

}  // namespace lockstep::raft
