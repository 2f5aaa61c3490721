// dynamodb-lock: an item with a record version number (RVN), a new GUID with every heartbeat.
//
// Acquire: put if absent; or put if the RVN is still the one that this client has seen unchanged
// for the lease, on its own steady clock. A heartbeat every quarter of the lease puts a new RVN if
// the old one is still there. The owner's lease counts from before each request, and the
// application asks whether it is over (isExpired) before it acts. Claims that no two believe at
// once, while clocks run at about the same rate. A heartbeat whose answer is lost leaves the owner
// without its RVN: the next one fails, and nobody can have the lock for a lease.
// Source: awslabs/amazon-dynamodb-lock-client (20 s, 5 s).
// Fencing token: none; GUIDs have no order. A transaction on the same table can check the RVN.
//
// dynamodb-no-check: the application never asks isExpired (#1).
// dynamodb-hold-on-503: a heartbeat answered with 503 prolongs the owner's lease all the same.
// resync: an owner whose heartbeat was not answered takes the RVN that it sent for its own, too.
// heartbeat_after_release: heartbeats put the item whether it is there or not, and a release does
// not end the one under way, nor those that follow it (tristanls/dynamodb-lock-client#1).

#include "backends/records/locks/dynamodb_lock.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "backends/records/locks/entry.hpp"

namespace lockstep::records {
namespace {

constexpr std::string_view owner_field = "ownerName";
constexpr std::string_view version_field = "recordVersionNumber";

Fields fields_of(const std::string& owner, const std::string& version, Duration lease) {
  return {{std::string(owner_field), owner},
          {std::string(version_field), version},
          {"leaseDuration", ms_text(lease)}};
}

Request put_item(const std::string& name, Fields fields) {
  Request request;
  request.action = Action::put;
  request.key = lock_key(name);
  request.fields = std::move(fields);
  return request;
}

void expect_version(Request& request, const std::string& version) {
  request.condition.field = std::string(version_field);
  request.condition.value = version;
}

/// An owner whose lease is over neither sends heartbeats nor believes their answers.
bool is_over(const LockItem& item) {
  return item.rules.checks_expiry && item.env.steady_now() >= item.until;
}

/// The lookup time moves, and with it the end of the lease.
void extend(LockItem& item, SteadyTime lookup) {
  item.until = lookup + item.settings.duration("lease");
  if (item.rules.checks_expiry && !item.stopped) {
    item.env.note(BeliefExtended{item.lock, item.owner, Deadline(item.until)});
  }
}

void lose(LockItem& item) {
  item.lost = true;
  if (item.rules.checks_expiry) item.env.note(BeliefLost{item.lock, item.owner});
}

/// One heartbeat: false when the item is not ours any more.
Task<bool> beat(std::shared_ptr<LockItem> item) {
  if (is_over(*item)) co_return false;
  const SteadyTime lookup = item->env.steady_now();
  const bool recreates = item->settings.flag("heartbeat_after_release");
  const bool resyncs = item->settings.flag("resync") && !item->sent.empty();
  const std::string known = item->version;
  const std::string in_doubt = resyncs ? item->sent : std::string();
  const std::string next = item->env.random().token();
  const Duration lease = item->settings.duration("lease");
  item->sent = next;
  Request request = put_item(item->lock, fields_of(item->owner, next, lease));
  if (!recreates) expect_version(request, known);
  auto answer = co_await item->client.call(request);
  if (answer && answer->status == Status::conflict && resyncs) {
    expect_version(request, in_doubt);
    answer = co_await item->client.call(request);
  }
  if (is_over(*item)) co_return false;
  const bool unavailable = answer && answer->status == Status::unavailable;
  if (unavailable) item->sent = in_doubt;
  if (unavailable && item->rules.holds_on_503) extend(*item, item->env.steady_now());
  if (!answer || unavailable) co_return true;  // logged; the next heartbeat may do better
  if (answer->status != Status::ok) co_return false;
  item->version = next;
  item->sent.clear();
  extend(*item, lookup);
  co_return true;
}

Task<void> heartbeats(std::shared_ptr<LockItem> item) {
  const Duration period = setting_or_share(item->settings, "heartbeat_period", 1, 4);
  // A release then only cancels the timer that is set as it begins.
  const bool outlives_release = item->settings.flag("heartbeat_after_release");
  for (;;) {
    const bool set_after_release = item->stopped;
    co_await item->env.sleep_for(period);
    if (item->stopped && !(outlives_release && set_after_release)) co_return;
    co_await item->env.step("renewing");
    if (item->stopped && !outlives_release) co_return;
    item->beating = true;
    const bool ours = co_await beat(item);
    item->beating = false;
    if (item->stopped && !outlives_release) co_return;
    if (!ours) {
      lose(*item);
      co_return;
    }
    co_await item->env.step("renewed");
  }
}

}  // namespace

DynamoDbLock::DynamoDbLock(Env& env, LockOptions options, LockItemRules rules)
    : env_(env),
      options_(std::move(options)),
      rules_(rules),
      lease_(options_.settings.duration("lease")),
      client_(env, options_.servers.front(), client_options(options_.settings)) {}

Task<Result<Lease>> DynamoDbLock::acquire(std::string name, Duration patience) {
  const SteadyTime give_up = env_.steady_now() + patience;
  const Duration pause = setting_or_share(options_.settings, "refresh_period", 1, 20);
  bool in_doubt = false;
  for (;;) {
    auto lease = co_await attempt(name);
    if (lease) co_return lease;
    in_doubt |= !lease.error().definite();
    if (env_.steady_now() + pause >= give_up) {
      if (in_doubt) co_return fail(ErrorCode::timeout, "a put may have made us the owner");
      co_return fail(ErrorCode::held);
    }
    co_await env_.sleep_for(pause);
  }
}

Task<Result<Lease>> DynamoDbLock::attempt(std::string name) {
  Request get;
  get.key = lock_key(name);
  auto item = co_await client_.call(std::move(get));
  if (!item) co_return fail(ErrorCode::refused, "the item could not be read");
  if (item->status == Status::unavailable) co_return fail(ErrorCode::refused, "503");
  std::string owner = env_.random().token();
  Request put = put_item(name, fields_of(owner, owner, lease_));
  if (item->status == Status::missing) {
    put.condition.absent = true;
  } else {
    const std::string& version = item->record.field(version_field);
    if (seen_.version != version) {
      std::int64_t ms = 0;
      const std::string& text = item->record.field("leaseDuration");
      std::from_chars(text.data(), text.data() + text.size(), ms);
      seen_.version = version;
      seen_.at = env_.steady_now();
      seen_.lease = std::chrono::milliseconds(ms);
    }
    if (env_.steady_now() < seen_.at + seen_.lease) co_return fail(ErrorCode::held);
    expect_version(put, version);
  }
  const SteadyTime lookup = env_.steady_now();
  auto answer = co_await client_.call(std::move(put));
  if (!answer) co_return fail(answer.error());
  if (answer->status == Status::unavailable) co_return fail(ErrorCode::refused, "503");
  if (answer->status != Status::ok) {
    // A put that the library sent twice may have met its own first copy.
    const bool sent_once = options_.settings.number("retries") == 0;
    co_return fail(sent_once ? ErrorCode::held : ErrorCode::timeout, "somebody else was quicker");
  }
  if (rules_.checks_expiry && env_.steady_now() >= lookup + lease_) {
    co_return fail(ErrorCode::timeout, "the lease was over when the answer came");
  }
  co_return hold(std::move(name), std::move(owner), lookup);
}

Lease DynamoDbLock::hold(std::string name, std::string owner, SteadyTime lookup) {
  item_ = std::make_shared<LockItem>(env_, options_);
  item_->rules = rules_;
  item_->lock = name;
  item_->owner = owner;
  item_->version = owner;
  item_->until = lookup + lease_;
  env_.spawn(heartbeats(item_));
  Lease lease;
  lease.lock = std::move(name);
  lease.owner = std::move(owner);
  if (rules_.checks_expiry) lease.until = item_->until;
  return lease;
}

Task<Result<void>> DynamoDbLock::release(Lease lease) {
  if (!item_ || item_->owner != lease.owner) co_return fail(ErrorCode::lost);
  const auto item = item_;
  item->stopped = true;
  // The library's heartbeat and release exclude each other on the item.
  const bool waits = !item->settings.flag("heartbeat_after_release");
  const Duration turn = std::max<Duration>(lease_ / 200, 1ms);
  while (waits && item->beating) co_await env_.sleep_for(turn);
  Request erase;
  erase.action = Action::erase;
  erase.key = lock_key(lease.lock);
  expect_version(erase, item->version);
  auto answer = co_await item->client.call(erase);
  if (answer && answer->status == Status::conflict && item->settings.flag("resync") &&
      !item->sent.empty()) {
    expect_version(erase, item->sent);
    answer = co_await item->client.call(erase);
  }
  if (!answer) co_return fail(answer.error());
  if (answer->status == Status::unavailable) co_return fail(ErrorCode::refused, "503");
  if (answer->status != Status::ok) {
    const bool sent_once = item->settings.number("retries") == 0;
    co_return fail(sent_once ? ErrorCode::lost : ErrorCode::timeout, "not our RVN, or no item");
  }
  co_return Result<void>();
}

bool DynamoDbLock::still_held(const Lease& lease) const {
  if (!rules_.checks_expiry) return true;
  if (!item_ || item_->owner != lease.owner) return false;
  if (env_.steady_now() >= item_->until) item_->lost = true;
  return !item_->lost;
}

namespace {

constexpr LockItemRules as_documented{};
constexpr LockItemRules without_check{.checks_expiry = false};
constexpr LockItemRules held_on_503{.holds_on_503 = true};

template <const LockItemRules& rules>
std::unique_ptr<Lock> make_lock(Env& client, LockOptions options) {
  return std::make_unique<DynamoDbLock>(client, std::move(options), rules);
}

void interpret(const KeyChange& change, std::vector<GrantNote>& out) {
  interpret_record(change, owner_field, out);
}

Backend lock_item(EntryText text) {
  Backend lock = entry(
      text, 20s,
      {
          {"heartbeat_period", Duration(0), "pause between heartbeats; 0: 1/4 of the lease"},
          {"refresh_period", Duration(0), "pause between two tries; 0: 1/20 of the lease"},
          {"resync", false, "an owner takes the RVN of an unanswered heartbeat for its own, too"},
          {"heartbeat_after_release", false, "heartbeats recreate the item and outlive a release"},
      });
  lock.claims.checks_lease = true;
  lock.interpret = interpret;
  lock.connect = make_lock<as_documented>;
  return lock;
}

}  // namespace
}  // namespace lockstep::records

namespace lockstep {

Backend backends::dynamodb_lock() {
  return records::lock_item({"dynamodb-lock", "a DynamoDB item whose owner checks that it may act",
                             "awslabs/amazon-dynamodb-lock-client, #1 and #62"});
}

Backend backends::dynamodb_no_check() {
  Backend lock = records::lock_item({"dynamodb-no-check",
                                     "dynamodb-lock whose application never asks isExpired",
                                     "awslabs/amazon-dynamodb-lock-client#1"});
  lock.claims.checks_lease = false;
  lock.connect = records::make_lock<records::without_check>;
  return lock;
}

Backend backends::dynamodb_hold_on_503() {
  Backend lock = records::lock_item({"dynamodb-hold-on-503",
                                     "dynamodb-lock that a 503 prolongs for its owner alone",
                                     "amazon-dynamodb-lock-client, holdLockOnServiceUnavailable"});
  lock.connect = records::make_lock<records::held_on_503>;
  return lock;
}

}  // namespace lockstep
