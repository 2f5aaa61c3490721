#include "harness/recorder.hpp"

#include <algorithm>
#include <charconv>

namespace lockstep {

std::int64_t Recorder::begin_process(const sim::Node& node) {
  const auto number = static_cast<std::int64_t>(record_.processes.size());
  record_.processes.push_back(node.name());
  process_[node.id()] = number;
  return number;
}

std::int64_t Recorder::process_of(NodeId node) const {
  const auto at = process_.find(node);
  return at == process_.end() ? -1 : at->second;
}

// What clients do

std::int64_t Recorder::write(Op op) {
  op.index = static_cast<std::int64_t>(record_.history.size());
  op.time = world_.now();
  record_.history.push_back(std::move(op));
  const Op& written = record_.history.back();
  if (!acting_.empty() && written.type == OpType::ok && written.f == "read") {
    write_stored_read(written);
  }
  return written.index;
}

std::uint64_t Recorder::believe(std::int64_t process, const Lease& lease, std::int64_t op) {
  Belief belief;
  belief.process = process;
  belief.lock = lease.lock;
  belief.owner = lease.owner;
  belief.token = lease.token;
  belief.shared = lease.shared;
  belief.section = record_.beliefs.size() + 1;
  belief.op = op;
  belief.from = world_.now();
  const std::uint64_t section = belief.section;
  record_.beliefs.push_back(std::move(belief));
  OpenBelief& open = open_[section];
  for (const auto& [node, number] : process_) {
    if (number == process) open.node = node;
  }
  watch_deadline(section, lease.until);
  if (on_acquired_) on_acquired_(locks_held_by(process));
  return section;
}

std::int64_t Recorder::locks_held_by(std::int64_t process) const {
  std::vector<std::string_view> locks;
  for (const auto& [section, open] : open_) {
    const Belief& belief = record_.beliefs[section - 1];
    if (belief.process != process) continue;
    if (std::find(locks.begin(), locks.end(), belief.lock) == locks.end()) {
      locks.push_back(belief.lock);
    }
  }
  return static_cast<std::int64_t>(locks.size());
}

void Recorder::watch_deadline(std::uint64_t section, const std::optional<Deadline>& until) {
  OpenBelief& open = open_.at(section);
  open.deadline.reset();
  if (!until) return;
  open.deadline = std::make_unique<sim::ClockWatch>(
      world_.node(open.node), *until,
      [this, section] { end_belief(section, BeliefEnd::deadline); });
}

void Recorder::end_belief(std::uint64_t section, BeliefEnd end) {
  auto open = open_.extract(section);
  if (!open) return;
  if (end == BeliefEnd::deadline) lapsed_[section] = open.mapped().node;
  Belief& belief = record_.beliefs[section - 1];
  belief.to = world_.now();
  belief.end = end;
}

void Recorder::disbelieve(std::uint64_t section) {
  for (auto at = resumed_.find(section); at != resumed_.end(); at = resumed_.find(section)) {
    section = at->second;
  }
  lapsed_.erase(section);
  end_belief(section, BeliefEnd::released);
}

void Recorder::extend_belief(NodeId node, const BeliefExtended& extended) {
  const std::uint64_t section = open_belief(node, extended.lock, extended.owner);
  if (section == 0) return resume_belief(node, extended);
  watch_deadline(section, extended.until);
}

/// A client whose deadline had passed was told, all the same, that it may go on.
void Recorder::resume_belief(NodeId node, const BeliefExtended& extended) {
  const auto same = [&](const auto& lapsed) {
    const Belief& belief = record_.beliefs[lapsed.first - 1];
    return lapsed.second == node && belief.lock == extended.lock && belief.owner == extended.owner;
  };
  const auto lapsed = std::find_if(lapsed_.begin(), lapsed_.end(), same);
  if (lapsed == lapsed_.end()) return;
  Belief belief = record_.beliefs[lapsed->first - 1];
  const std::uint64_t section = record_.beliefs.size() + 1;
  resumed_[lapsed->first] = section;
  lapsed_.erase(lapsed);
  belief.section = section;
  belief.from = world_.now();
  belief.to = never;
  record_.beliefs.push_back(std::move(belief));
  open_[section].node = node;
  watch_deadline(section, extended.until);
}

std::uint64_t Recorder::open_belief(NodeId node, const std::string& lock,
                                    const std::string& owner) const {
  for (const auto& [section, open] : open_) {
    const Belief& belief = record_.beliefs[section - 1];
    if (open.node == node && belief.lock == lock && belief.owner == owner) return section;
  }
  return 0;
}

void Recorder::close() {
  while (!open_.empty()) end_belief(open_.begin()->first, BeliefEnd::run_ended);
}

// What nodes say

void Recorder::on_note(sim::Node& node, const Note& note) {
  if (const auto* extended = std::get_if<BeliefExtended>(&note)) {
    extend_belief(node.id(), *extended);
  } else if (const auto* lost = std::get_if<BeliefLost>(&note)) {
    const std::uint64_t section = open_belief(node.id(), lost->lock, lost->owner);
    if (section != 0) end_belief(section, BeliefEnd::told);
  } else if (const auto* change = std::get_if<KeyChange>(&note)) {
    write_key_change(node, *change);
  } else if (const auto* access = std::get_if<ResourceAccess>(&note)) {
    write_access(*access);
  }
}

/// A service that keeps resources in its own store (RP4) does not know whose section an access is.
void Recorder::write_access(const ResourceAccess& access) {
  ResourceEvent event{world_.now(), process_of(access.by), access};
  const auto acting = acting_.find({event.process, access.resource});
  if (access.section == 0 && acting != acting_.end()) {
    event.access.section = acting->second.section;
  }
  record_.resource.push_back(std::move(event));
}

void Recorder::set_servers(const std::vector<std::string>& names, const Settings& settings) {
  if (backend_.quorum == 1 || !backend_.stands_by) return;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t first = backend_.stands_by(settings, i);
    if (first < names.size()) quorum_.share_vote(names[i], names[first], first == i);
  }
}

/// Who takes clients' commands speaks for those that share its vote; whose data was replaced by
/// another's follows that one.
void Recorder::hear(const std::string& server, const KeyChange& change) {
  if (!quorum_.shares_vote(server)) return;
  const bool commanded = change.cause == ChangeCause::command && process_of(change.by) >= 0;
  const bool replaced = change.cause == ChangeCause::flushed;
  if (!commanded && !replaced) return;
  if (quorum_.speaks(server) == commanded) return;
  quorum_.let_speak(server, commanded);
  count_again(server);
}

/// What a server keeps counts from now on, or no longer does.
void Recorder::count_again(const std::string& server) {
  for (ServiceEvent& event : kept_by(server)) {
    event.at = world_.now();
    event.server = server;
    event.change = quorum_.speaks(server) ? GrantChange::granted : GrantChange::forgotten;
    write_grant_change(std::move(event));
  }
}

bool Recorder::told_before(const KeyChange& change) {
  if (change.position == 0) return false;
  std::vector<KeyChange>& told = told_[change.position];
  const auto same = [&change](const KeyChange& other) {
    return other.key == change.key && other.before == change.before && other.after == change.after;
  };
  if (std::find_if(told.begin(), told.end(), same) != told.end()) return true;
  told.push_back(change);
  return false;
}

void Recorder::write_key_change(const sim::Node& server, const KeyChange& change) {
  if (told_before(change)) return;
  if (change.position != 0 && group_.empty()) group_ = server.name();
  hear(server.name(), change);
  write_stored_effect(change);
  write_queue_change(change);
  grants_.clear();
  if (backend_.interpret) backend_.interpret(change, grants_);
  if (backend_.interpret_permits) backend_.interpret_permits(change, permits_, grants_);
  const std::string& name = change.position == 0 ? server.name() : group_;
  for (GrantNote& grant : grants_) write_grant(name, change, std::move(grant));
}

/// What one server did counts only with what the others did, where a grant takes several.
std::optional<GrantChange> Recorder::count(const std::string& server, const std::string& lock,
                                           const std::string& owner, GrantChange change) {
  if (backend_.quorum == 1) return change;
  return quorum_.count(server, lock, owner, change);
}

void Recorder::write_grant(const std::string& server, const KeyChange& change, GrantNote&& grant) {
  const std::int64_t by =
      change.cause == ChangeCause::command ? process_of(change.by) : std::int64_t{-1};
  if (grant.change == GrantChange::granted && change.cause != ChangeCause::restart) {
    holder_of(grant.lock, grant.owner) = grant.holder == no_node ? by : process_of(grant.holder);
  }
  ServiceEvent event;
  event.at = world_.now();
  event.by = by;
  event.shared = grant.shared;
  if (grant.owner.empty()) {
    event.server = server;
    event.lock = grant.lock;
    event.change = grant.change;
    if (!name_holder(event)) return;
  }
  if (grant.holder != no_node && grant.change == GrantChange::released) {
    const std::int64_t holder =
        grant.owner.empty() ? event.holder : holder_of(grant.lock, grant.owner);
    if (by != holder) grant.change = GrantChange::expired;
  }
  const auto counted = count(server, grant.lock, grant.owner, grant.change);
  if (!counted) return;
  event.change = *counted;
  if (!grant.owner.empty()) event.holder = holder_of(grant.lock, grant.owner);
  event.server = server;
  event.lock = std::move(grant.lock);
  event.owner = std::move(grant.owner);
  write_service_event(std::move(event));
}

/// Whose grant it is: a process, or -1.
std::int64_t& Recorder::holder_of(const std::string& lock, const std::string& owner) {
  return holders_.get({owner, lock}, -1);
}

/// A permit without an owner is that of the client whose command took it. Who gives one back gives
/// back his own oldest one, or, if he has none, somebody else's. False: nobody has any.
bool Recorder::name_holder(ServiceEvent& event) {
  const auto same = [&event](const ServiceEvent& other) {
    return other.owner.empty() && other.server == event.server && other.lock == event.lock;
  };
  event.holder = event.by;
  if (event.change == GrantChange::granted) {
    if (event.by >= 0) return true;
    const auto before = std::find_if(forgotten_.begin(), forgotten_.end(), same);
    if (before == forgotten_.end()) return true;  // nobody knows whose it was
    event.holder = before->holder;
    forgotten_.erase(before);
    return true;
  }
  const auto own = [&](const ServiceEvent& other) {
    return same(other) && other.holder == event.by;
  };
  auto grant = std::find_if(live_.begin(), live_.end(), own);
  if (grant == live_.end()) grant = std::find_if(live_.begin(), live_.end(), same);
  if (grant == live_.end()) return false;
  event.holder = grant->holder;
  return true;
}

/// For what a server kept before, which counts from now on or no longer does.
void Recorder::write_grant_change(ServiceEvent&& event) {
  const auto counted = count(event.server, event.lock, event.owner, event.change);
  if (!counted) return;
  event.change = *counted;
  write_service_event(std::move(event));
}

void Recorder::write_queue_change(const KeyChange& change) {
  if (!backend_.interpret_queue) return;
  std::vector<QueueNote> notes;
  backend_.interpret_queue(change, notes);
  for (QueueNote& note : notes) {
    const std::string key = note.lock + '\0' + note.owner;
    if (note.joined && change.cause == ChangeCause::command) waiters_[key] = process_of(change.by);
    QueueEvent event;
    event.at = world_.now();
    event.lock = std::move(note.lock);
    event.owner = std::move(note.owner);
    const auto waiter = waiters_.find(key);
    event.waiter = waiter == waiters_.end() ? -1 : waiter->second;
    event.joined = note.joined;
    if (change.cause == ChangeCause::command) event.by = process_of(change.by);
    record_.queue.push_back(std::move(event));
  }
}

void Recorder::write_service_event(ServiceEvent&& event) {
  if (event.change != GrantChange::renewed) {
    bool ended = false;  // of several without an owner, one
    std::erase_if(live_, [&](const ServiceEvent& grant) {
      const bool there = backend_.quorum > 1 || !told_.empty() || grant.server == event.server;
      if (!there || grant.lock != event.lock || grant.owner != event.owner) return false;
      if (!event.owner.empty()) return true;
      const bool this_one = !ended && event.change != GrantChange::granted;
      if (!this_one || grant.holder != event.holder) return false;
      return ended = true;
    });
  }
  if (event.change == GrantChange::granted) live_.push_back(event);
  record_.service.push_back(std::move(event));
}

/// The grants, or votes for one, that a server keeps.
std::vector<ServiceEvent> Recorder::kept_by(const std::string& server) {
  std::vector<ServiceEvent> kept;
  if (backend_.quorum == 1) {
    for (const ServiceEvent& grant : live_) {
      if (grant.server == server) kept.push_back(grant);
    }
    return kept;
  }
  for (auto& [lock, owner] : quorum_.kept_by(server)) {
    ServiceEvent& event = kept.emplace_back();
    event.holder = holder_of(lock, owner);
    event.lock = lock;
    event.owner = owner;
  }
  return kept;
}

/// A server that dies forgets all it had granted; what it reads back from its disk when it starts
/// again is granted anew, by itself.
void Recorder::forget_grants(const std::string& server) {
  if (!told_.empty()) return;  // the other members remember
  std::erase_if(forgotten_, [&](const ServiceEvent& old) { return old.server == server; });
  for (ServiceEvent& event : kept_by(server)) {
    event.at = world_.now();
    event.server = server;
    event.change = GrantChange::forgotten;
    event.by = -1;
    if (event.owner.empty()) forgotten_.push_back(event);
    write_grant_change(std::move(event));
  }
  if (quorum_.shares_vote(server)) quorum_.let_speak(server, false);
}

void Recorder::act(std::int64_t process, std::uint64_t section, const std::string& resource) {
  acting_[{process, resource}].section = section;
}

/// Which version of a value in the lock's own store (RP4) a client saw: the last that had it.
void Recorder::write_stored_read(const Op& read) {
  const auto acting = acting_.find({read.process, read.key});
  const auto* value = std::get_if<std::int64_t>(&read.value.held);
  if (acting == acting_.end() || value == nullptr) return;
  const std::vector<std::int64_t>& values = stored_[read.key];
  std::uint64_t version = values.size();
  while (version > 0 && values[version - 1] != *value) --version;
  acting->second.seen = version;
}

/// A value in the lock's own store (RP4) was written.
void Recorder::write_stored_effect(const KeyChange& change) {
  constexpr std::string_view prefix = "resource:";
  if (!change.key.starts_with(prefix) || !change.after) return;
  if (change.cause != ChangeCause::command) return;
  ResourceEvent event;
  event.at = world_.now();
  event.process = process_of(change.by);
  ResourceAccess& access = event.access;
  access.resource = change.key.substr(prefix.size());
  access.by = change.by;
  access.write = true;
  const std::string& text = *change.after;
  std::from_chars(text.data(), text.data() + text.size(), access.value);
  std::vector<std::int64_t>& values = stored_[access.resource];
  values.push_back(access.value);
  access.version = values.size();
  Acting& acting = acting_[{event.process, access.resource}];
  access.section = acting.section;
  access.based_on = acting.seen;
  acting.seen = access.version;
  record_.resource.push_back(std::move(event));
}

void Recorder::on_step(sim::Node& node, std::string_view step) {
  if (nemesis_) nemesis_->on_step(node, step);
}

void Recorder::on_state(sim::Node& node) {
  record_.nodes.push_back({node.name(), std::string(name_of(node.state())), world_.now()});
  if (node.alive()) return;
  std::vector<std::uint64_t> gone;
  for (const auto& [section, open] : open_) {
    if (open.node == node.id()) gone.push_back(section);
  }
  for (const std::uint64_t section : gone) end_belief(section, BeliefEnd::crashed);
  std::erase_if(lapsed_, [&](const auto& lapsed) { return lapsed.second == node.id(); });
  forget_grants(node.name());
}

}  // namespace lockstep
