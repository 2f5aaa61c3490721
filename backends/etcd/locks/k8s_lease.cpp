// k8s-lease-etcd: Kubernetes' leader election, its record in etcd and its compare-and-set a
// transaction on the key's mod revision, which is what the API server makes of it.
//
// The holder renews the record every retry period; a candidate times on its own steady clock how
// long it saw the record unchanged, and takes it over once that is a lease. A holder that could not
// renew for the renew deadline stops. No lease of etcd's and no server's clock matters. Claims that
// no two lead at once, while no candidate's clock runs faster than a holder's by more than 1.5.
// Source: client-go, tools/leaderelection; kube-apiserver, storage/etcd3/store.go.
// Fencing token: the mod revision of the takeover (resourceVersion).

#include <memory>
#include <utility>

#include "backends/etcd/client.hpp"
#include "backends/etcd/locks/entry.hpp"

namespace lockstep::etcd {
namespace {

constexpr std::string_view lock_prefix = "lock:";

/// What candidates and the holder's renewals share.
struct Elector {
  Elector(Env& environment, const LockOptions& options)
      : env(environment),
        client(environment, options),
        lease(options.settings.duration("session")),
        identity(environment.name() + "_" + environment.random().token()) {}

  Duration renew_deadline() const { return lease * 2 / 3; }
  Duration retry_period() const { return lease * 2 / 15; }

  Env& env;
  Client client;
  const Duration lease;
  const std::string identity;
  std::string name{};     // of the lock that it leads, or wants to
  Revision observed = 0;  // the record's, and when it was first seen
  SteadyTime observed_at{};
  std::optional<SteadyTime> until{};  // it leads until then, if not renewed
  bool stopped = true;
  std::uint64_t terms = 0;  // how often it began to lead
};

struct Led {
  Led(Revision r, SteadyTime s) : revision(r), sent(s) {}
  Revision revision;
  SteadyTime sent;
};

void observe(Elector& elector, Revision revision) {
  if (revision == elector.observed) return;
  elector.observed = revision;
  elector.observed_at = elector.env.steady_now();
}

/// Replaces the record if it is still as it was seen.
Task<Result<Response>> replace(std::shared_ptr<Elector> elector, Revision seen, std::string value) {
  const std::string key = std::string(lock_prefix) + elector->name;
  Txn txn;
  txn.compares.push_back(Compare(key, Target::mod_revision, Relation::equal, seen));
  txn.success.push_back(Put(key, std::move(value)));
  Request request(std::move(txn));
  auto replaced = co_await elector->client.call(std::move(request));
  co_return replaced;
}

/// Ends in `held` when somebody else has the record, in `lost` when it was to be renewed and is not
/// ours any more.
Task<Result<Led>> take_or_renew(std::shared_ptr<Elector> elector, bool only_if_ours) {
  Request get(Range(KeySpan(std::string(lock_prefix) + elector->name)));
  const auto current = co_await elector->client.call(std::move(get));
  // A read leaves nothing behind: whatever went wrong, it did not happen.
  if (!current) co_return fail(ErrorCode::refused, "the record could not be read");
  const std::vector<KeyValue>& kvs = current->results.front().kvs;
  const std::string holder = kvs.empty() ? std::string() : kvs.front().value;
  const Revision revision = kvs.empty() ? 0 : kvs.front().mod_revision;
  const bool ours = holder == elector->identity;
  if (only_if_ours && !ours) co_return fail(ErrorCode::lost);
  observe(*elector, revision);
  const SteadyTime sent = elector->env.steady_now();
  const bool valid = sent < elector->observed_at + elector->lease;
  if (!holder.empty() && !ours && valid) co_return fail(ErrorCode::held);
  const auto updated = co_await replace(elector, revision, elector->identity);
  if (!updated) co_return fail(updated.error());
  // Its own update, sent again, meets its own first copy: the next round reads who holds it.
  if (!updated->succeeded) co_return fail(ErrorCode::timeout, "the record had changed");
  observe(*elector, updated->revision);
  co_return Led(updated->revision, sent);
}

void lose(Elector& elector) {
  elector.stopped = true;
  elector.env.note(BeliefLost{elector.name, elector.identity});
}

/// Renews every retry period until stopped, or until the renew deadline has passed without success.
Task<void> renew(std::shared_ptr<Elector> elector) {
  Env& env = elector->env;
  const std::uint64_t term = elector->terms;
  const auto over = [&] { return elector->stopped || elector->terms != term; };
  for (;;) {
    co_await env.sleep_for(elector->retry_period());
    if (over()) co_return;
    co_await env.step("renewing");
    if (over()) co_return;
    if (env.steady_now() >= *elector->until) {
      lose(*elector);
      co_return;
    }
    const auto led = co_await take_or_renew(elector, true);
    if (over()) co_return;
    const bool gone = !led && led.error().code == ErrorCode::lost;
    if (gone || env.steady_now() >= *elector->until) {
      lose(*elector);
      co_return;
    }
    if (!led) continue;
    elector->until = led->sent + elector->renew_deadline();
    env.note(BeliefExtended{elector->name, elector->identity, Deadline(*elector->until)});
    co_await env.step("renewed");
  }
}

class K8sLease final : public Lock {
 public:
  K8sLease(Env& env, LockOptions options)
      : env_(env), elector_(std::make_shared<Elector>(env, options)) {}

  Task<Result<Lease>> acquire(std::string name, Duration patience) override {
    if (elector_->name != name) elector_->observed = 0;
    elector_->name = std::move(name);
    const SteadyTime give_up = env_.steady_now() + patience;
    bool in_doubt = false;
    for (;;) {
      const auto led = co_await take_or_renew(elector_, false);
      if (led && env_.steady_now() < led->sent + elector_->renew_deadline()) co_return lead(*led);
      in_doubt |= led || !led.error().definite();
      const Duration period = elector_->retry_period();
      const Duration pause = period + env_.random().between(Duration(0), period * 6 / 5);
      if (env_.steady_now() + pause >= give_up) break;
      co_await env_.sleep_for(pause);
    }
    if (in_doubt) co_return fail(ErrorCode::timeout, "the record may name us as its holder");
    co_return fail(ErrorCode::held);
  }

  /// Empties the record if it is ours.
  Task<Result<void>> release(Lease lease) override {
    elector_->stopped = true;
    const std::string nobody;
    for (int tries = 0; tries < 3; ++tries) {
      Request get(Range(KeySpan(std::string(lock_prefix) + lease.lock)));
      const auto current = co_await elector_->client.call(std::move(get));
      if (!current) co_return fail(ErrorCode::refused, "the record could not be read");
      const std::vector<KeyValue>& kvs = current->results.front().kvs;
      const bool ours = !kvs.empty() && kvs.front().value == lease.owner;
      if (!ours) co_return fail(ErrorCode::lost, "the record names another holder, or none");
      const auto emptied = co_await replace(elector_, kvs.front().mod_revision, nobody);
      if (!emptied) co_return fail(emptied.error());
      if (emptied->succeeded) co_return Result<void>();
      // A renewal that was under way came first: read again.
    }
    co_return fail(ErrorCode::timeout, "the record changed again and again");
  }

  bool still_held(const Lease&) const override {
    return !elector_->stopped && env_.steady_now() < *elector_->until;
  }

 private:
  Lease lead(const Led& led) {
    elector_->until = led.sent + elector_->renew_deadline();
    elector_->stopped = false;
    ++elector_->terms;
    Lease lease;
    lease.lock = elector_->name;
    lease.owner = elector_->identity;
    lease.token = static_cast<std::uint64_t>(led.revision);
    lease.until = *elector_->until;
    env_.spawn(renew(elector_));
    return lease;
  }

  Env& env_;
  std::shared_ptr<Elector> elector_;
};

void interpret_record(const KeyChange& change, std::vector<GrantNote>& out) {
  if (!change.key.starts_with(lock_prefix)) return;
  const std::string lock = change.key.substr(lock_prefix.size());
  const std::string before = change.before.value_or("");
  const std::string after = change.after.value_or("");
  if (before == after && !after.empty()) out.push_back({lock, GrantChange::renewed, after});
  if (before == after) return;
  // An owner that another one replaces was taken to be over.
  const GrantChange end = after.empty() ? GrantChange::released : GrantChange::expired;
  if (!before.empty()) out.push_back({lock, end, before});
  if (!after.empty()) out.push_back({lock, GrantChange::granted, after});
}

std::unique_ptr<Lock> make_elector(Env& client, LockOptions options) {
  return std::make_unique<K8sLease>(client, std::move(options));
}

}  // namespace
}  // namespace lockstep::etcd

namespace lockstep {

Backend backends::k8s_lease_etcd() {
  Backend lock = etcd::entry({"k8s-lease-etcd", "Kubernetes' leader election, its record in etcd",
                              "client-go, tools/leaderelection; kube-apiserver, etcd3 store"});
  lock.claims.fifo = false;
  lock.claims.checks_lease = true;
  lock.clients_time_leases = true;
  lock.steps = {"renewing", "renewed"};
  lock.interpret = etcd::interpret_record;
  lock.interpret_queue = nullptr;
  lock.connect = etcd::make_elector;
  return lock;
}

}  // namespace lockstep
