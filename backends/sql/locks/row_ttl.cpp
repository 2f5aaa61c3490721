// row-ttl-dbtime: INSERT ... ON CONFLICT DO UPDATE SET owner, until, token = token + 1 WHERE until
// is past, by the database's clock; UPDATE SET until = now WHERE owner is still the same.
//
// Claims that no two believe at once, on one database that loses no commit and whose clock does not
// jump: the client stops by its steady clock, which counts from before it asked, less an allowance
// for drift. Nobody renews.
// Source: ShedLock, JdbcTemplateLockProvider with usingDbTime; lock-algorithms.md, A8.
// Fencing token: the row's counter of grants.
//
// row-ttl-clienttime: by the application's clock, and nobody looks at a deadline: ShedLock's
// default. row-ttl-txntime: by now(), the time at which a transaction began that has done other
// things since. row-owner-host: the owner is the host's name, which processes share: ShedLock's
// default lockedBy. row-look-then-take: in two statements, each by itself, as libraries do for
// which "INSERT ... ON CONFLICT" was not yet there. lock_at_least: a release leaves the row locked
// until so long after the grant (lockAtLeastFor).

#include "backends/sql/locks/row_ttl.hpp"

#include <algorithm>
#include <utility>

#include "backends/sql/locks/entry.hpp"
#include "backends/sql/server.hpp"

namespace lockstep::sql {
namespace {

constexpr std::string_view table = "shedlock";
constexpr std::string_view host = "app-server";

Assignment assign(std::string column, Expression value) {
  Assignment assignment;
  assignment.column = std::move(column);
  assignment.value = std::move(value);
  return assignment;
}
Condition where(std::string column, Comparison comparison, Expression right) {
  Condition condition;
  condition.column = std::move(column);
  condition.comparison = comparison;
  condition.right = std::move(right);
  return condition;
}

std::int64_t number_in(const Columns& columns, const std::string& name) {
  const auto at = columns.find(name);
  const auto* number = at == columns.end() ? nullptr : std::get_if<std::int64_t>(&at->second);
  return number == nullptr ? 0 : *number;
}

/// A name that no other grant has: hosts may share theirs.
std::string grant_name(const std::string& owner, std::uint64_t token) {
  return owner + "#" + std::to_string(token);
}

}  // namespace

RowTtlLock::RowTtlLock(Env& env, LockOptions options, RowRules rules)
    : env_(env),
      settings_(std::move(options.settings)),
      rules_(rules),
      lease_(settings_.duration("lease")),
      driver_(env, database_servers(std::move(options.servers)), driver_options(settings_)) {}

Expression RowTtlLock::now(Duration plus) const {
  if (rules_.clock == RowRules::Clock::database) return clock_time(plus);
  if (rules_.clock == RowRules::Clock::transaction) return transaction_time(plus);
  const auto wall = (env_.wall_now() + plus).time_since_epoch();
  return literal(std::chrono::floor<std::chrono::microseconds>(wall).count());
}

Statement RowTtlLock::take(const std::string& name) const {
  const Assignment owner = assign("owner", literal(owner_));
  const Assignment until = assign("until", now(lease_));
  std::vector<Condition> if_over;
  if (!rules_.looks_first) if_over.push_back(where("until", Comparison::less_or_equal, now()));
  return insert_row(std::string(table), name, {owner, until, assign("token", literal(1))},
                    {owner, until, assign("token", column("token", 1))}, std::move(if_over));
}

Task<Result<void>> RowTtlLock::look(std::string name) {
  Statement select = select_row(std::string(table), std::move(name));
  select.where.push_back(where("until", Comparison::greater, now()));
  const auto seen = co_await ask(std::move(select));
  if (!seen) co_return fail(ErrorCode::refused, "nothing but a SELECT was sent");
  if (!seen->rows.empty()) co_return fail(ErrorCode::held);
  co_return Result<void>();
}

Task<Result<Lease>> RowTtlLock::acquire(std::string name, Duration patience) {
  const SteadyTime give_up = env_.steady_now() + patience;
  const Duration longest = settings_.duration("retry_max");
  Duration ceiling = std::min(settings_.duration("retry_min"), longest);
  bool in_doubt = false;
  for (;;) {
    auto lease = co_await attempt(name);
    if (lease) co_return lease;
    in_doubt |= !lease.error().definite();
    const Duration pause = env_.random().between(Duration(0), ceiling);
    if (env_.steady_now() + pause >= give_up) {
      if (in_doubt) co_return fail(ErrorCode::timeout, "a try may have taken the lock");
      co_return lease;
    }
    co_await env_.sleep_for(pause);
    ceiling = std::min(ceiling * 2, longest);
  }
}

Task<Result<void>> RowTtlLock::begin_earlier() {
  const auto begun = co_await ask(begin());
  if (!begun) co_return fail(begun.error());
  const Duration set = settings_.duration("transaction_age");
  const Duration oldest = set > Duration::zero() ? set : lease_ * 3 / 2;
  const Duration age = env_.random().between(Duration(0), oldest);
  co_await env_.sleep_for(age);
  co_return Result<void>();
}

Task<Result<Lease>> RowTtlLock::attempt(std::string name) {
  const auto connected = co_await driver_.connect();
  if (!connected) co_return fail(connected.error());
  const bool in_transaction = rules_.clock == RowRules::Clock::transaction;
  if (in_transaction) {
    const auto begun = co_await begin_earlier();
    // Nothing was asked for yet.
    if (!begun) co_return fail(ErrorCode::refused, "the transaction could not begin");
  }
  if (rules_.looks_first) {
    const auto free = co_await look(name);
    if (!free) co_return fail(free.error());
    co_await env_.step("seen-free");
  }
  owner_ = rules_.host_owns ? std::string(host) : env_.name() + "-" + env_.random().token();
  taken_at_ = env_.steady_now();
  Statement taking = take(name);
  const auto answer = co_await ask(std::move(taking));
  if (!answer) {
    driver_.close();  // and with it the transaction
    co_return fail(answer.error());
  }
  if (in_transaction) {
    const auto committed = co_await ask(simple(Verb::commit));
    if (!committed) co_return fail(committed.error());
  }
  if (answer->rows.empty()) co_return fail(ErrorCode::held);
  Lease lease;
  const auto count = static_cast<std::uint64_t>(number_in(answer->rows.front().columns, "token"));
  lease.lock = std::move(name);
  lease.owner = grant_name(owner_, count);
  const bool ordered = rules_.clock != RowRules::Clock::client && !rules_.host_owns;
  if (ordered) lease.token = count;
  if (!rules_.checks_deadline) co_return lease;
  const Duration allowance = lease_ / 1'000'000 * settings_.number("drift_allowance");
  lease.until = taken_at_ + lease_ - allowance;
  if (still_held(lease)) co_return lease;
  co_return fail(ErrorCode::timeout, "the lease was over when the answer came");
}

Task<Result<void>> RowTtlLock::release(Lease lease) {
  const auto connected = co_await driver_.connect();
  if (!connected) co_return fail(connected.error());
  const Duration at_least = settings_.duration("lock_at_least");
  const Duration rest = taken_at_ + at_least - env_.steady_now();
  std::vector<Assignment> free;
  free.push_back(assign("until", now(std::max<Duration>(rest, Duration(0)))));
  free.push_back(assign("owner", literal(std::string())));
  std::vector<Condition> ours;
  ours.push_back(where("owner", Comparison::equal, literal(owner_)));
  Statement update =
      update_row(std::string(table), std::move(lease.lock), std::move(free), std::move(ours));
  const auto answer = co_await ask(std::move(update));
  if (!answer) co_return fail(answer.error());
  if (answer->number != 1) co_return fail(ErrorCode::lost, "the row names another owner, or none");
  co_return Result<void>();
}

Task<Result<Answer>> RowTtlLock::ask(Statement statement) {
  auto answer = co_await driver_.execute(std::move(statement));
  co_return refusal_as_error(std::move(answer));
}

bool RowTtlLock::still_held(const Lease& lease) const {
  return !lease.until || *lease.until > Deadline(env_.steady_now());
}

namespace {

constexpr RowRules with_database_time{};
constexpr RowRules with_client_time{.clock = RowRules::Clock::client, .checks_deadline = false};
constexpr RowRules with_transaction_time{.clock = RowRules::Clock::transaction,
                                         .checks_deadline = false};
constexpr RowRules in_two_statements{.looks_first = true};
constexpr RowRules owned_by_host{.checks_deadline = false, .host_owns = true};

template <const RowRules& rules>
std::unique_ptr<Lock> make_row(Env& client, LockOptions options) {
  return std::make_unique<RowTtlLock>(client, std::move(options), rules);
}

/// The value of a column in a row's lines; without the quotes of a text.
std::string column_in(const std::optional<std::string>& row, std::string_view name) {
  if (!row) return {};
  const std::string sought = "\n" + std::string(name) + "=";
  const std::string lines = "\n" + *row;
  const std::size_t at = lines.find(sought);
  if (at == std::string::npos) return {};
  const std::size_t from = at + sought.size();
  std::string value = lines.substr(from, lines.find('\n', from) - from);
  std::erase(value, '\'');
  return value;
}

std::string grant_in(const std::optional<std::string>& row) {
  const std::string owner = column_in(row, "owner");
  return owner.empty() ? owner : owner + "#" + column_in(row, "token");
}

/// A release empties the owner; an owner that another one replaces was taken to be over.
void interpret_row(const KeyChange& change, std::vector<GrantNote>& out) {
  const std::string prefix = std::string(table) + ":";
  if (!change.key.starts_with(prefix)) return;
  const std::string lock = change.key.substr(prefix.size());
  const std::string before = grant_in(change.before);
  const std::string after = grant_in(change.after);
  if (before == after) return;
  const GrantChange end = after.empty() ? GrantChange::released : GrantChange::expired;
  if (!before.empty()) out.push_back({lock, end, before});
  if (!after.empty()) out.push_back({lock, GrantChange::granted, after});
}

/// The lease, a session that the server has to give up, and the timeouts of a few statements.
Duration row_bound(const Settings& settings) {
  const Duration lease = settings.duration("lease");
  const Duration request = settings.duration("request_timeout");
  const Duration patience =
      request > Duration::zero() ? request + settings.duration("connect_timeout") : lease * 4;
  return lease * 8 + settings.duration("lock_at_least") + settings.duration("transaction_age") * 2 +
         settings.duration("keepalive") + settings.duration("failover_after") * 4 + patience * 6 +
         1s;
}

Backend row(EntryText text) {
  Backend lock = entry(
      text,
      {
          {"lease", Duration(10s), "how long the row keeps the lock for a silent owner"},
          {"retry_min", Duration(10ms), "longest pause after the first try that found it held"},
          {"drift_allowance", std::int64_t{10'000},
           "parts per million by which clients that check their lease stop early"},
          {"lock_at_least", Duration(0), "a release keeps the row locked so long after the grant"},
          {"transaction_age", Duration(0),
           "a transaction that takes the lock is at most so old; 0: 3/2 of the lease"},
      });
  lock.lease = "lease";
  lock.claims.fifo = false;
  lock.one_handle = false;
  lock.interpret = interpret_row;
  lock.interpret_queue = nullptr;
  lock.liveness_bound = row_bound;
  return lock;
}

}  // namespace
}  // namespace lockstep::sql

namespace lockstep {

Backend backends::row_ttl_dbtime() {
  Backend lock =
      sql::row({"row-ttl-dbtime", "a row with an expiry by the database's clock, and a deadline",
                "ShedLock, usingDbTime; lock-algorithms.md, A8"});
  lock.claims.checks_lease = true;
  lock.claims.ordered_token = true;
  lock.connect = sql::make_row<sql::with_database_time>;
  return lock;
}

Backend backends::row_ttl_clienttime() {
  Backend lock = sql::row({"row-ttl-clienttime", "a row with an expiry by the application's clock",
                           "ShedLock README, default of JdbcTemplateLockProvider"});
  lock.clients_time_leases = true;
  lock.connect = sql::make_row<sql::with_client_time>;
  return lock;
}

Backend backends::row_ttl_txntime() {
  Backend lock = sql::row({"row-ttl-txntime",
                           "a row with an expiry by now(), in a transaction that began earlier",
                           "PostgreSQL manual, 9.9.5 Current Date/Time; lock-algorithms.md, A8"});
  lock.claims.ordered_token = true;
  lock.connect = sql::make_row<sql::with_transaction_time>;
  return lock;
}

Backend backends::row_owner_host() {
  Backend lock =
      sql::row({"row-owner-host", "row-ttl-dbtime without a deadline, owned by a host name",
                "ShedLock, default of lockedBy"});
  lock.connect = sql::make_row<sql::owned_by_host>;
  return lock;
}

Backend backends::row_look_then_take() {
  Backend lock =
      sql::row({"row-look-then-take", "row-ttl-dbtime in two statements: look, then take",
                "HangfireIO/Hangfire#1674, SQLite storage"});
  lock.claims.checks_lease = true;
  lock.steps = {"seen-free"};
  lock.connect = sql::make_row<sql::in_two_statements>;
  return lock;
}

}  // namespace lockstep
