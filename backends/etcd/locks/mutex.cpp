// etcd-mutex: a key under a session's lease for each contender, in the order of their create
// revisions; whoever comes first holds the lock, the others wait for the key before theirs to go.
//
// Claims that no two keys are first at once, in the order of asking. A holder whose lease runs out
// is not told: its application has to watch Session.Done, and this one does not (etcd-session-done
// does). After the wait the contender looks whether its session and its own key are still there,
// for its lease may have run out while it waited. Source: etcd,
// client/v3/concurrency/{mutex,key,session}.go, 3.5 and later. There Unlock deletes whatever key
// has that name; here only the one of this hold (etcd#22082). A contender that can't reach etcd
// tries again while its caller has patience; one whose Unlock fails gives up its session. Fencing
// token: the key's create revision.

#include "backends/etcd/locks/mutex.hpp"

#include <charconv>
#include <utility>

#include "backends/etcd/machine.hpp"

namespace lockstep::etcd {
namespace {

constexpr LeaseId everybodys_lease = 0x694d71ddacfda227;

std::string resource_key(const std::string& resource) {
  return "resource:" + resource;
}

std::string who_of(const Lease& lease) {
  return lease.owner.substr(0, lease.owner.find('@'));
}

Compare still_ours(const Lease& lease) {
  return created_at(line_key(lease.lock, who_of(lease)), static_cast<Revision>(lease.token));
}

/// A number kept in etcd; zero when it was never written.
StoredValue stored_in(const OperationResult& result) {
  StoredValue stored;
  if (result.kvs.empty()) return stored;
  const KeyValue& kv = result.kvs.front();
  std::from_chars(kv.value.data(), kv.value.data() + kv.value.size(), stored.value);
  stored.version = static_cast<std::uint64_t>(kv.version);
  return stored;
}

Range first_of(const std::string& prefix) {
  Range range(with_prefix(prefix));
  range.order = Order::first_created;
  range.limit = 1;
  return range;
}

/// Some locks let settings say so, too.
MutexRules with_settings(MutexRules rules, const Settings& settings, const std::string& client) {
  if (settings.contains("one_lease")) {
    const std::string clients = "," + settings.text("one_lease") + ",";
    rules.shares_session |= clients.find("," + client + ",") != std::string::npos;
  }
  if (settings.contains("resign_by_name")) rules.guards_release &= !settings.flag("resign_by_name");
  return rules;
}

}  // namespace

Mutex::Mutex(Env& env, LockOptions options, MutexRules rules)
    : env_(env),
      rules_(with_settings(rules, options.settings, env.name())),
      ttl_(options.settings.duration("session")),
      permits_(options.settings.contains("permits") ? options.settings.number("permits") : 1),
      client_(std::make_shared<Client>(env, options)) {}

Task<Result<Lease>> Mutex::acquire(std::string name, Duration patience) {
  const SteadyTime give_up = env_.steady_now() + patience;
  who_.clear();
  standing_.reset();
  for (;;) {
    auto lease = co_await attempt(name, give_up);
    if (lease) co_return lease;
    const ErrorCode code = lease.error().code;
    if (code == ErrorCode::lost) drop_session();  // and with it everything that was ours
    const bool over = code == ErrorCode::held;
    if (over || env_.steady_now() + client_->options().backoff >= give_up) break;
    co_await env_.sleep_for(client_->options().backoff);
  }
  const bool gone = co_await withdraw();
  if (gone) co_return fail(ErrorCode::held);
  co_return fail(ErrorCode::timeout, "a key of ours may stand in line");
}

Task<Result<void>> Mutex::open_session() {
  if (session_ && !session_->done()) co_return Result<void>();
  session_.reset();
  const LeaseId shared = rules_.shares_session ? everybodys_lease : LeaseId{0};
  auto session = co_await Session::open(client_, ttl_, shared);
  if (!session) co_return fail(ErrorCode::refused, "no session: " + session.error().text);
  session_ = std::move(*session);
  co_return Result<void>();
}

/// Ends in `lost` when the session is over, in `held` when the caller's patience is.
Task<Result<Lease>> Mutex::attempt(std::string name, SteadyTime give_up) {
  const auto session = co_await open_session();
  if (!session) co_return fail(session.error());
  auto place = co_await stand_in_line(name);
  if (!place) co_return fail(place.error());
  if (!place->first) {
    const auto turn = co_await wait_turn(*place, give_up);
    if (!turn) co_return fail(turn.error());
    if (rules_.checks_own_key) {
      const auto ours = co_await check_own_key(*place);
      if (!ours) co_return fail(ours.error());
    }
  }
  if (rules_.checks_own_key && session_->done()) co_return fail(ErrorCode::lost);
  if (rules_.cancelled_yet_held && env_.steady_now() >= give_up) {
    const bool gone = co_await withdraw();
    (void)gone;
  }
  co_return lease_of(*place);
}

std::string Mutex::new_name() {
  const std::string name = hex(session_->lease());
  return rules_.random_key ? name + "-" + env_.random().token() : name;
}

Task<Result<Mutex::Place>> Mutex::stand_in_line(std::string name) {
  who_ = new_name();
  standing_.reset();
  const std::string key = line_key(name, who_);
  Txn txn;
  txn.compares.push_back(created_at(key, 0));
  txn.success.push_back(Put(key, env_.name(), session_->lease()));
  txn.success.push_back(first_of(line_key(name, {})));
  txn.failure.push_back(Range(KeySpan(key)));
  txn.failure.push_back(first_of(line_key(name, {})));
  Request request(std::move(txn));
  const auto put = co_await client_->call(std::move(request));
  if (!put) co_return fail(put.error());
  if (put->status == Status::lease_not_found) co_return fail(ErrorCode::lost, "session expired");
  if (put->status != Status::ok) co_return fail(ErrorCode::refused);
  // With names that nobody else has: whose key is it? Another name may be free.
  if (rules_.random_key && !put->succeeded) co_return fail(ErrorCode::refused, "key exists");
  Place place;
  place.lock = std::move(name);
  place.who = who_;
  place.created = put->revision;
  if (!put->succeeded) place.created = put->results[0].kvs.front().create_revision;
  const bool looks = !rules_.campaigns && permits_ == 1;
  place.first = looks && put->results[1].kvs.front().create_revision == place.created;
  standing_ = place;
  co_return place;
}

/// Waits for the last key before ours to go, and looks again, until there are few enough.
Task<Result<void>> Mutex::wait_turn(Place place, SteadyTime give_up) {
  if (rules_.waits_at_revision) {
    auto waited = co_await wait_for_all_before(std::move(place), give_up);
    co_return waited;
  }
  const KeySpan line = with_prefix(line_key(place.lock, {}));
  for (;;) {
    Range before(line);
    before.order = Order::last_created;
    before.limit = 1;
    before.max_create = place.created - 1;
    before.serializable = rules_.serializable;
    if (rules_.serializable) client_->turn_to_next();  // as clientv3's round robin does
    Request request(std::move(before));
    const auto seen = co_await client_->call(std::move(request));
    if (!seen && env_.steady_now() >= give_up) co_return fail(ErrorCode::held);
    if (!seen) co_return fail(ErrorCode::timeout, "the line could not be read");
    const OperationResult& others = seen->results.front();
    if (others.count < permits_) co_return Result<void>();
    co_await env_.step("waiting");
    KeySpan awaited = permits_ == 1 ? KeySpan(others.kvs.front().key) : line;
    const auto gone =
        co_await client_->wait_deleted(std::move(awaited), seen->revision + 1, give_up);
    if (!gone && gone.error().code == ErrorCode::held) co_return gone;
    co_await env_.step("woken");
  }
}

/// As etcd did before 9b1fe4585: every key that stood there as ours came, one after the other.
Task<Result<void>> Mutex::wait_for_all_before(Place place, SteadyTime give_up) {
  Range before(with_prefix(line_key(place.lock, {})));
  before.revision = place.created - 1;
  Request request(std::move(before));
  const auto seen = co_await client_->call(std::move(request));
  if (!seen) co_return fail(ErrorCode::timeout, "the line could not be read");
  if (seen->status != Status::ok) co_return fail(ErrorCode::refused, "compacted");
  for (const KeyValue& kv : seen->results.front().kvs) {
    co_await env_.step("waiting");
    const auto gone = co_await client_->wait_deleted(KeySpan(kv.key), place.created, give_up);
    if (!gone) co_return gone;
    co_await env_.step("woken");
  }
  co_return Result<void>();
}

Task<Result<void>> Mutex::check_own_key(Place place) {
  Request request(Range(KeySpan(line_key(place.lock, place.who))));
  const auto seen = co_await client_->call(std::move(request));
  if (!seen) co_return fail(ErrorCode::timeout, "the own key could not be read");
  const std::vector<KeyValue>& kvs = seen->results.front().kvs;
  if (kvs.empty()) co_return fail(ErrorCode::lost, "session expired");
  co_return Result<void>();
}

/// Leaves the line. Where it is not known whether there is a key of ours, or whether one is still
/// to come, the session ends with all its keys, whenever they were made (Session.Close). False when
/// it may stand there, or will.
Task<bool> Mutex::withdraw() {
  if (!session_ || who_.empty()) co_return true;
  Request request;
  if (standing_) {
    request = request_of(*standing_);
  } else {
    LeaseRevoke revoke;
    revoke.id = session_->lease();
    request = Request(revoke);
    drop_session();
  }
  const auto done = co_await client_->call(std::move(request));
  if (!done) drop_session();
  co_return done.has_value();
}

/// Deletes the key of that place, and no later one of the same name.
Request Mutex::request_of(const Place& place) const {
  const std::string key = line_key(place.lock, place.who);
  Txn txn;
  if (rules_.guards_release) txn.compares.push_back(created_at(key, place.created));
  txn.success.push_back(Delete(KeySpan(key)));
  return Request(std::move(txn));
}

void Mutex::drop_session() {
  if (session_) session_->abandon();
  session_.reset();
}

Lease Mutex::lease_of(const Place& place) {
  Lease lease;
  lease.lock = place.lock;
  lease.owner = owner_of(place.who, place.created);
  lease.token = static_cast<std::uint64_t>(place.created);
  if (rules_.follows_done) {
    lease.until = session_->deadline();
    session_->follow(lease.lock, lease.owner);
  }
  return lease;
}

Task<Result<void>> Mutex::release(Lease lease) {
  if (session_) session_->unfollow();
  Place place;
  place.lock = lease.lock;
  place.who = who_of(lease);
  place.created = static_cast<Revision>(lease.token);
  Request request = request_of(place);
  const auto deleted = co_await client_->call(std::move(request));
  if (!deleted) drop_session();
  if (!deleted) co_return fail(deleted.error());
  const bool ours = deleted->succeeded && deleted->results.front().count > 0;
  if (!ours) co_return fail(ErrorCode::lost, "the key had gone");
  co_return Result<void>();
}

bool Mutex::still_held(const Lease&) const {
  return !rules_.follows_done || (session_ && !session_->done());
}

Task<Result<StoredValue>> Mutex::guarded_read(Lease lease, std::string resource) {
  Txn txn;
  txn.compares.push_back(still_ours(lease));
  txn.success.push_back(Range(KeySpan(resource_key(resource))));
  Request request(std::move(txn));
  const auto read = co_await client_->call(std::move(request));
  if (!read) co_return fail(read.error());
  if (!read->succeeded) co_return fail(ErrorCode::lost);
  co_return stored_in(read->results.front());
}

Task<Result<StoredValue>> Mutex::guarded_write(Lease lease, std::string resource,
                                               std::int64_t value) {
  Txn txn;
  txn.compares.push_back(still_ours(lease));
  txn.success.push_back(Put(resource_key(resource), std::to_string(value)));
  txn.success.push_back(Range(KeySpan(resource_key(resource))));
  Request request(std::move(txn));
  const auto written = co_await client_->call(std::move(request));
  if (!written) co_return fail(written.error());
  if (!written->succeeded) co_return fail(ErrorCode::lost);
  co_return stored_in(written->results.back());
}

Task<Result<void>> Mutex::guarded_write_all(std::vector<GuardedWrite> writes) {
  Txn txn;
  for (const GuardedWrite& write : writes) {
    txn.compares.push_back(still_ours(write.lease));
    txn.success.push_back(Put(resource_key(write.resource), std::to_string(write.value)));
  }
  Request request(std::move(txn));
  const auto written = co_await client_->call(std::move(request));
  if (!written) co_return fail(written.error());
  if (!written->succeeded) co_return fail(ErrorCode::lost);
  co_return Result<void>();
}

namespace {

constexpr MutexRules right{};

}  // namespace
}  // namespace lockstep::etcd

namespace lockstep {

Backend backends::etcd_mutex() {
  Backend lock =
      etcd::entry({"etcd-mutex", "a key in line under a session's lease, as concurrency.Mutex",
                   "etcd client/v3/concurrency/mutex.go"});
  lock.claims.guarded_store = true;
  lock.connect = etcd::make_mutex<etcd::right>;
  return lock;
}

}  // namespace lockstep
