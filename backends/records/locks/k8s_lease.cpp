// k8s-lease: leader election on a Lease object, as Kubernetes' own components do it.
//
// The record names its holder; the holder renews it every retry period. Candidates read it at
// jittered intervals, time on their own steady clocks how long they saw it unchanged, and take it
// over by compare-and-set once that is the record's lease duration. A holder that could not renew
// for the renew deadline stops. Claims that no two lead at once, while no candidate's clock runs
// faster than a holder's by more than lease / renew deadline, 1.5 by default.
// Source: client-go, tools/leaderelection (15 s, 10 s, 2 s, jitter 1.2). There a round of renewals
// has the renew deadline for itself; here the deadline counts from the request of the last renewal
// that succeeded, which is what the ratio of 1.5 needs; and a renewal that finds the record free
// does not take it again. Fencing token: the resourceVersion of the takeover.
//
// k8s-lease-renewtime: candidates compare the record's renewTime with their own wall clocks.
// k8s-release-on-cancel: a cancelled context empties the record while its work is still draining.
// own_duration: candidates time with their own lease duration instead of the record's.
// watch_deadline=false: a renewal that hangs keeps the holder from seeing that its deadline passed.

#include "backends/records/locks/k8s_lease.hpp"

#include <charconv>
#include <utility>

#include "backends/records/locks/entry.hpp"

namespace lockstep::records {
namespace {

constexpr std::string_view holder_field = "holderIdentity";

std::int64_t number_in(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// wait.Jitter(period, 1.2).
Duration jittered(Env& env, Duration period) {
  return period + env.random().between(Duration(0), period * 6 / 5);
}

void lose(Elector& elector, Leadership& leading) {
  leading.lost = true;
  elector.env.note(BeliefLost{leading.name, elector.identity()});
}

/// Renews every retry period until stopped, or until the renew deadline has passed without success.
Task<void> renew(std::shared_ptr<Elector> elector, std::shared_ptr<Leadership> leading) {
  Env& env = elector->env;
  for (;;) {
    co_await env.sleep_for(elector->retry_period);
    if (leading->stopped) co_return;
    co_await env.step("renewing");
    if (leading->stopped) co_return;
    const bool over = elector->watches_deadline && env.steady_now() >= *leading->until;
    if (over) {
      lose(*elector, *leading);
      co_return;
    }
    auto led = co_await elector->try_acquire_or_renew(leading->name, Elector::Wanted::only_if_ours);
    if (leading->stopped) co_return;
    const bool late = env.steady_now() >= *leading->until;
    if (late || (!led && led.error().code == ErrorCode::lost)) {
      lose(*elector, *leading);
      co_return;
    }
    if (!led) continue;
    leading->until = led->sent + elector->renew_deadline;
    if (elector->watches_deadline) {
      env.note(BeliefExtended{leading->name, elector->identity(), Deadline(*leading->until)});
    }
    co_await env.step("renewed");
  }
}

/// The context of a process that is asked to stop: the elector releases, the workers only begin to
/// finish.
Task<void> cancel_some_time(std::shared_ptr<Elector> elector, std::shared_ptr<Leadership> leading,
                            Duration after) {
  co_await elector->env.sleep_for(after);
  if (leading->stopped) co_return;
  leading->stopped = true;
  const auto released = co_await elector->give_up(leading->name);
  (void)released;
}

}  // namespace

Elector::Elector(Env& environment, const LockOptions& options, ElectionRules its_rules)
    : env(environment),
      rules(its_rules),
      lease(options.settings.duration("lease")),
      renew_deadline(setting_or_share(options.settings, "renew_deadline", 2, 3)),
      retry_period(setting_or_share(options.settings, "retry_period", 2, 15)),
      watches_deadline(options.settings.flag("watch_deadline")),
      cancel_within(rules.releases_on_cancel
                        ? setting_or_share(options.settings, "cancel_within", 1, 1)
                        : Duration(0)),
      own_duration_(options.settings.flag("own_duration")),
      identity_(env.name() + "_" + env.random().token()),
      client_(env, options.servers.front(), client_options(options.settings)) {}

void Elector::observe(const Record& record) {
  if (record.version == observed_.version) return;
  observed_.version = record.version;
  observed_.at = env.steady_now();
}

bool Elector::still_valid(const Record& record) const {
  const Duration recorded =
      std::chrono::milliseconds(number_in(record.field("leaseDurationMilliseconds")));
  const Duration length = own_duration_ ? lease : recorded;
  if (rules.compares_renew_time) {
    const std::int64_t renewed = number_in(record.field("renewTime"));
    return millis(env.wall_now()) < millis(WallTime(std::chrono::milliseconds(renewed)) + length);
  }
  return env.steady_now() < observed_.at + length;
}

Request Elector::update_of(const std::string& name, const Record& current) const {
  const bool ours = current.field(holder_field) == identity_;
  const std::string now = std::to_string(millis(env.wall_now()));
  std::int64_t transitions = number_in(current.field("leaseTransitions"));
  if (!ours && current.version != 0) ++transitions;
  Request request;
  request.action = Action::put;
  request.key = lock_key(name);
  request.fields = {{std::string(holder_field), identity_},
                    {"leaseDurationMilliseconds", ms_text(lease)},
                    {"acquireTime", ours ? current.field("acquireTime") : now},
                    {"renewTime", now},
                    {"leaseTransitions", std::to_string(transitions)}};
  if (current.version == 0) {
    request.condition.absent = true;
  } else {
    request.condition.version = current.version;
  }
  return request;
}

Task<Result<Elector::Led>> Elector::try_acquire_or_renew(std::string name, Wanted wanted) {
  Request get;
  get.key = lock_key(name);
  auto current = co_await client_.call(std::move(get));
  // A read leaves nothing behind: whatever went wrong, it did not happen.
  if (!current) co_return fail(ErrorCode::refused, "the record could not be read");
  if (current->status == Status::unavailable) co_return fail(ErrorCode::refused, "503");
  const bool ours = current->record.field(holder_field) == identity_;
  if (wanted == Wanted::only_if_ours && !ours) co_return fail(ErrorCode::lost);
  if (current->status == Status::ok) {
    observe(current->record);
    const std::string& holder = current->record.field(holder_field);
    if (!holder.empty() && !ours && still_valid(current->record)) co_return fail(ErrorCode::held);
  }
  Led led;
  led.sent = env.steady_now();
  Request update = update_of(name, current->record);
  auto updated = co_await client_.call(std::move(update));
  if (!updated) co_return fail(updated.error());
  if (updated->status == Status::unavailable) co_return fail(ErrorCode::refused, "503");
  // Its own update, sent again, meets its own first copy: the next round reads who holds it.
  if (updated->status != Status::ok) co_return fail(ErrorCode::timeout, "the record had changed");
  observe(updated->record);
  led.version = updated->record.version;
  co_return led;
}

Task<Result<void>> Elector::give_up(std::string name) {
  for (int tries = 0; tries < 3; ++tries) {
    Request get;
    get.key = lock_key(name);
    auto current = co_await client_.call(std::move(get));
    if (!current) co_return fail(ErrorCode::refused, "the record could not be read");
    if (current->status == Status::unavailable) co_return fail(ErrorCode::refused, "503");
    if (current->record.field(holder_field) != identity_) {
      co_return fail(ErrorCode::lost, "the record names another holder, or none");
    }
    Request update = update_of(name, current->record);
    update.fields[std::string(holder_field)].clear();
    auto updated = co_await client_.call(std::move(update));
    if (!updated) co_return fail(updated.error());
    if (updated->status == Status::ok) co_return Result<void>();
    if (updated->status == Status::unavailable) co_return fail(ErrorCode::refused, "503");
    // A renewal that was under way came first: read again.
  }
  co_return fail(ErrorCode::timeout, "the record changed again and again");
}

Task<Result<Lease>> K8sLease::acquire(std::string name, Duration patience) {
  Env& env = elector_->env;
  const SteadyTime give_up = env.steady_now() + patience;
  bool in_doubt = false;
  for (;;) {
    auto led = co_await elector_->try_acquire_or_renew(name, Elector::Wanted::whoever_had_it);
    if (led) {
      const bool over = env.steady_now() >= led->sent + elector_->renew_deadline;
      if (!over || !elector_->watches_deadline) co_return lead(std::move(name), *led);
    }
    in_doubt |= led || !led.error().definite();
    const Duration pause = jittered(env, elector_->retry_period);
    if (env.steady_now() + pause >= give_up) {
      if (in_doubt) co_return fail(ErrorCode::timeout, "the record may name us as its holder");
      co_return fail(ErrorCode::held);
    }
    co_await env.sleep_for(pause);
  }
}

Lease K8sLease::lead(std::string name, Elector::Led led) {
  Env& env = elector_->env;
  leading_ = std::make_shared<Leadership>();
  leading_->name = name;
  leading_->until = led.sent + elector_->renew_deadline;
  Lease lease;
  lease.lock = std::move(name);
  lease.owner = elector_->identity();
  lease.token = led.version;
  if (elector_->watches_deadline) lease.until = *leading_->until;
  env.spawn(renew(elector_, leading_));
  if (elector_->rules.releases_on_cancel) {
    const Duration after = env.random().between(Duration(0), elector_->cancel_within);
    env.spawn(cancel_some_time(elector_, leading_, after));
  }
  return lease;
}

Task<Result<void>> K8sLease::release(Lease lease) {
  if (leading_) leading_->stopped = true;
  auto released = co_await elector_->give_up(std::move(lease.lock));
  co_return released;
}

bool K8sLease::still_held(const Lease& lease) const {
  if (!leading_ || leading_->name != lease.lock || leading_->lost) return false;
  if (!elector_->watches_deadline) return true;
  if (elector_->env.steady_now() >= *leading_->until) leading_->lost = true;
  return !leading_->lost;
}

namespace {

constexpr ElectionRules as_client_go{};
constexpr ElectionRules by_renew_time{.compares_renew_time = true};
constexpr ElectionRules release_on_cancel{.releases_on_cancel = true};

template <const ElectionRules& rules>
std::unique_ptr<Lock> elect(Env& client, LockOptions options) {
  return std::make_unique<K8sLease>(client, std::move(options), rules);
}

void interpret(const KeyChange& change, std::vector<GrantNote>& out) {
  interpret_record(change, holder_field, out);
}

Backend election(EntryText text) {
  Backend lock = entry(
      text, 15s,
      {
          {"renew_deadline", Duration(0), "how long a holder tries to renew; 0: 2/3 of the lease"},
          {"retry_period", Duration(0), "pause between two tries; 0: 2/15 of the lease"},
          {"own_duration", false, "candidates time with their own lease, not with the record's"},
          {"watch_deadline", true, "a holder stops at its deadline though a renewal hangs"},
      });
  lock.claims.checks_lease = true;
  lock.claims.ordered_token = true;
  lock.interpret = interpret;
  lock.connect = elect<as_client_go>;
  return lock;
}

}  // namespace
}  // namespace lockstep::records

namespace lockstep {

Backend backends::k8s_lease() {
  return records::election(
      {"k8s-lease", "leader election on a Kubernetes Lease", "client-go, tools/leaderelection"});
}

Backend backends::k8s_lease_renewtime() {
  Backend lock =
      records::election({"k8s-lease-renewtime",
                         "k8s-lease whose candidates compare renewTime with their own wall clocks",
                         "kubernetes/client-go#448"});
  lock.connect = records::elect<records::by_renew_time>;
  return lock;
}

Backend backends::k8s_release_on_cancel() {
  Backend lock = records::election({"k8s-release-on-cancel",
                                    "k8s-lease that releases before its work has stopped",
                                    "kubernetes/kubernetes#139504, #71490"});
  lock.parameters.push_back({"cancel_within", Duration(0),
                             "a context is cancelled so long after a grant at most; 0: a lease"});
  lock.connect = records::elect<records::release_on_cancel>;
  return lock;
}

}  // namespace lockstep
