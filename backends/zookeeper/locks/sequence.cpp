#include "backends/zookeeper/locks/sequence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/join.hpp"

namespace lockstep::zookeeper {
namespace {

constexpr std::string_view reader_mark = "__READ__";
constexpr std::string_view writer_mark = "-lock-";

bool is_reader(std::string_view name) {
  return name.find(reader_mark) != std::string_view::npos;
}

ClientOptions options_of(const LockOptions& options, const SequenceRules& rules) {
  ClientOptions client = client_options(options.settings);
  client.declares_loss = rules.declares_loss;
  client.rearms_watches = options.settings.flag("rearm_watches");
  return client;
}

SequenceSlips slips_of(const Settings& settings) {
  SequenceSlips slips;
  slips.compares_as_integers = settings.flag("compare_as_integers");
  slips.releases_once = settings.flag("release_once");
  slips.withdraws_once = settings.flag("withdraw_once");
  slips.misses_early_events = settings.flag("miss_early_events");
  if (settings.contains("reset_after")) slips.resets_after = settings.duration("reset_after");
  return slips;
}

}  // namespace

std::string lock_path(const std::string& name) {
  return "/locks/" + name;
}

std::int64_t sequence_in(std::string_view name) {
  constexpr std::size_t digits = 10;
  if (name.size() < digits) return 0;
  std::size_t from = name.size() - digits;
  // -2147483648 has eleven characters; a smaller one is filled up with zeroes behind its sign.
  if (from >= 2 && name[from] != '-' && name[from - 1] == '-' && name[from - 2] == '-') --from;
  std::int64_t number = 0;
  std::from_chars(name.data() + from, name.data() + name.size(), number);
  return number;
}

SequenceLock::SequenceLock(Env& env, LockOptions options, SequenceRules rules)
    : env_(env),
      rules_(rules),
      slips_(slips_of(options.settings)),
      belief_(std::make_shared<Belief>(env, rules.stops)),
      standing_(std::make_shared<Place>()),
      guid_(env.random().token()) {
  ClientOptions own = options_of(options, rules);
  client_ = Client::start(env, options.servers, own);
  if (slips_.resets_after > Duration::zero()) reset_when_back(slips_.resets_after);
  belief_->listen(*client_);
  reader_ = client_;
  if (rules.lists_elsewhere) reader_ = Client::start(env, options.servers, own);
}

Task<Result<Lease>> SequenceLock::acquire(std::string name, Duration patience) {
  return contend(std::move(name), patience, false);
}

Task<Result<Lease>> SequenceLock::acquire_shared(std::string name, Duration patience) {
  if (rules_.readers) return contend(std::move(name), patience, true);
  return Lock::acquire_shared(std::move(name), patience);
}

Task<Result<Lease>> SequenceLock::contend(std::string name, Duration patience, bool shared) {
  const Deadline give_up = env_.steady_now() + patience;
  for (;;) {
    const auto session = co_await client_->connected(give_up);
    if (!session) co_return fail(ErrorCode::held, "no server in time");
    if (!rules_.trusts_old_nodes) guid_ = env_.random().token();
    auto place = co_await stand_in_line(lock_path(name), *session, give_up, shared);
    if (place) {
      const auto first = co_await wait_for_turn(*place, give_up, shared);
      if (first && rules_.announces) co_await announce(*place);
      if (first) co_return believe(std::move(name), *place, shared);
      if (first.error().code == ErrorCode::held) {
        const auto removed = co_await remove(*place, slips_.withdraws_once);
        (void)removed;  // gone, or its session is; or the slip lets it stand there
        co_return fail(ErrorCode::held);
      }
    } else if (place.error().code != ErrorCode::lost) {
      co_return fail(place.error());
    }
    // The session is over, and its node with it: once more with a new one.
    if (nanos(env_.steady_now()) >= nanos(give_up)) co_return fail(ErrorCode::held);
  }
}

std::string SequenceLock::node_prefix(SessionId session, bool shared) {
  if (rules_.orders_by_name) return fmt::format("x-{:016x}-", session);
  return guid_ + std::string(shared ? reader_mark : writer_mark);
}

Task<Result<Place>> SequenceLock::stand_in_line(std::string parent, SessionId session,
                                                Deadline until, bool shared) {
  const std::string prefix = node_prefix(session, shared);
  bool in_doubt = rules_.trusts_old_nodes;
  for (;;) {
    if (in_doubt) {
      auto found = co_await find_again(session, parent, prefix);
      if (found || found.error().code != ErrorCode::held) co_return found;
      in_doubt = false;
    }
    const std::vector<Operation> creation(1, create(parent + "/" + prefix, "", true, true));
    const auto created = co_await client_->call(session, creation, until);
    if (!created && created.error().code == ErrorCode::disconnected) {
      in_doubt = rules_.has_guid;
      continue;
    }
    if (!created) co_return fail(created.error());
    if (created->code == Code::no_node) {
      const auto made = co_await client_->insist(session, create(parent, "", false, false));
      if (!made) co_return fail(made.error());
      continue;
    }
    if (created->code != Code::ok) co_return fail(ErrorCode::refused, created->describe());
    Place place;
    place.session = session;
    place.path = created->answers.front().path;
    place.czxid = created->answers.front().stat.czxid;
    *standing_ = place;
    co_await env_.step("created");
    co_return place;
  }
}

/// After a connection loss: is a node of ours in line? Ends in `held` when there is none.
Task<Result<Place>> SequenceLock::find_again(SessionId session, std::string parent,
                                             std::string prefix) {
  const auto listed = co_await client_->insist(session, children(parent));
  if (!listed) co_return fail(listed.error());
  for (const std::string& child : listed->answers.front().children) {
    if (!child.starts_with(prefix)) continue;
    Place place;
    place.session = session;
    place.path = parent + "/" + child;
    const auto found = co_await client_->insist(session, exists(place.path));
    if (!found) co_return fail(found.error());
    if (found->code != Code::ok) break;
    place.czxid = found->answers.front().stat.czxid;
    co_return place;
  }
  co_return fail(ErrorCode::held, "no node of ours");
}

bool SequenceLock::before(const std::string& a, const std::string& b) const {
  if (rules_.orders_by_name) return a < b;
  const std::int64_t first = sequence_in(a);
  const std::int64_t second = sequence_in(b);
  if (slips_.compares_as_integers) return first < second;
  // The counter wraps: what is less than half of its range behind comes first.
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(first) -
                                   static_cast<std::uint32_t>(second)) < 0;
}

std::optional<std::string> SequenceLock::predecessor(const std::vector<std::string>& line,
                                                     const std::string& own, bool shared) const {
  std::optional<std::string> last;
  for (const std::string& other : line) {
    if (other == own || (shared && is_reader(other))) continue;
    const bool counts = before(other, own) || (shared && rules_.reads_wait_for_all_writers);
    if (counts && (!last || before(*last, other))) last = other;
  }
  return last;
}

Task<Result<std::vector<std::string>>> SequenceLock::list(Place place, WatchPtr watch) {
  const std::optional<Deadline> never;
  for (;;) {
    SessionId session = place.session;
    if (reader_ != client_) {
      const auto other = co_await reader_->connected(never);
      if (!other) co_return fail(other.error());
      session = *other;
    }
    const auto listed = co_await reader_->insist(session, children(parent_of(place.path)), watch);
    if (!listed && reader_ != client_) continue;  // the second handle's session is not the node's
    if (!listed) co_return fail(listed.error());
    if (listed->code != Code::ok && reader_ == client_) co_return fail(ErrorCode::lost);
    co_return listed->answers.front().children;
  }
}

Task<Result<void>> SequenceLock::wait_for_turn(Place place, Deadline until, bool shared) {
  const std::string own(name_in(place.path));
  const std::string parent = parent_of(place.path);
  for (;;) {
    const auto watch = std::make_shared<Watch>();
    WatchPtr herd;
    if (rules_.watches_everybody) herd = watch;
    const auto line = co_await list(place, herd);
    if (!line) co_return fail(ErrorCode::lost);
    const bool there = std::find(line->begin(), line->end(), own) != line->end();
    if (!there && reader_ == client_) co_return fail(ErrorCode::lost, "our node is gone");
    const auto last = predecessor(*line, own, shared);
    if (!last) co_return Result<void>();
    co_await env_.step("listed");
    if (!rules_.watches_everybody) {
      const auto seen =
          co_await client_->insist(place.session, exists(parent + "/" + *last), watch);
      if (!seen) co_return fail(ErrorCode::lost);
      if (seen->code == Code::no_node) continue;
    }
    co_await env_.step("watching");
    if (slips_.misses_early_events) watch->event.reset();
    const bool woken = co_await wait_for_event(place, watch, until);
    if (!woken) co_return fail(ErrorCode::held);
    if (client_->session() != place.session) co_return fail(ErrorCode::lost);
    if (!rules_.rechecks) co_return Result<void>();
  }
}

namespace {

Task<bool> event_of(ClientPtr client, SessionId session, WatchPtr watch, bool any) {
  while (!watch->event && client->session() == session) {
    co_await watch->changed.wait();
    if (any) co_return true;
  }
  co_return true;
}

}  // namespace

/// False when patience ran out.
Task<bool> SequenceLock::wait_for_event(Place place, WatchPtr watch, Deadline until) {
  auto event = event_of(client_, place.session, std::move(watch), rules_.any_event_wakes);
  const auto woken = co_await within(env_, until, std::move(event));
  co_return woken.has_value();
}

namespace {

Task<void> reset(Env& env, ClientPtr client, std::shared_ptr<Place> standing, Duration after) {
  co_await env.sleep_for(after);
  if (standing->path.empty()) co_return;
  const auto removed = co_await client->insist(standing->session, erase(standing->path));
  (void)removed;  // it may have gone otherwise
}

}  // namespace

/// As LeaderLatch did: what it is told of its place in line and what it does about its connection
/// happen on two threads, and the node that it takes out may be the one that it leads by.
void SequenceLock::reset_when_back(Duration after) {
  const std::weak_ptr<Client> client = client_;  // which owns the belief
  belief_->on_resumed([&env = env_, client, standing = standing_, after] {
    if (const ClientPtr alive = client.lock()) env.spawn(reset(env, alive, standing, after));
  });
}

Task<void> SequenceLock::announce(Place place) {
  const auto written = co_await client_->insist(place.session, set(place.path, "held"));
  (void)written;
}

Lease SequenceLock::believe(std::string name, const Place& place, bool shared) {
  held_ = place;
  Lease lease;
  lease.lock = std::move(name);
  lease.owner = std::to_string(place.czxid);
  lease.token = place.czxid;
  lease.shared = shared;
  if (rules_.token_is_sequence) {
    lease.token = static_cast<std::uint64_t>(sequence_in(place.path)) + 1;
  }
  return belief_->begin(std::move(lease), place.session, *client_);
}

Task<Result<void>> SequenceLock::remove(Place place, bool once) {
  const std::vector<Operation> deletion(1, erase(place.path));
  for (bool sent = false;; sent = true) {
    const auto removed = co_await client_->call(place.session, deletion);
    if (!removed && removed.error().code != ErrorCode::disconnected) {
      co_return fail(ErrorCode::lost, "the session is over");
    }
    if (!removed && once) co_return fail(removed.error());
    if (!removed) continue;
    const bool gone = removed->code == Code::no_node && !sent;
    if (gone) co_return fail(ErrorCode::lost, "the node was gone");
    co_return Result<void>();
  }
}

Task<void> SequenceLock::remove_parent(Place place) {
  const auto removed = co_await client_->insist(place.session, erase(parent_of(place.path)));
  (void)removed;  // others may stand in line there
}

Task<Result<void>> SequenceLock::release(Lease) {
  belief_->end();
  const Place place = held_;
  auto removed = co_await remove(place, slips_.releases_once);
  if (removed && rules_.removes_parent) co_await remove_parent(place);
  co_return removed;
}

bool SequenceLock::still_held(const Lease& lease) const {
  return belief_->holds(lease);
}

}  // namespace lockstep::zookeeper
