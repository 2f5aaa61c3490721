// gcs-lock: an object in a bucket, created only if it is not there.
//
// Its metadata say who owns it and when it expires, by the owner's wall clock. The owner refreshes
// them every eighth of the lease if the metageneration is the one it knows, and stops after three
// failures, or when the lease that it last wrote is over on its steady clock. Who finds an object
// that has expired, or that is its own from before, deletes it if generation and metageneration are
// still those it read. Claims that no two believe at once, while wall clocks differ by less than
// what is left of a lease when its owner gives up.
// Source: Hongli Lai, "A robust distributed locking algorithm based on Google Cloud Storage"
// (2021). Fencing token: the object's generation.

#include <charconv>
#include <memory>
#include <utility>

#include "backends/records/client.hpp"
#include "backends/records/locks/entry.hpp"

namespace lockstep::records {
namespace {

constexpr std::string_view owner_field = "identity";
constexpr std::string_view expiry_field = "expires_at";

/// One hold, as the handle and the refreshing task share it.
struct HeldObject {
  HeldObject(Env& environment, const LockOptions& options)
      : env(environment),
        settings(options.settings),
        client(environment, options.servers.front(), client_options(settings)) {}

  Env& env;
  Settings settings;
  Client client;
  std::string lock;
  std::string owner;
  std::uint64_t generation = 0;
  std::uint64_t metageneration = 0;
  SteadyTime until{};
  bool stopped = false;
  bool lost = false;
};

Fields metadata(const std::string& owner, WallTime expires) {
  return {{std::string(owner_field), owner},
          {std::string(expiry_field), std::to_string(millis(expires))}};
}

enum class Refreshed { yes, not_known, never };

Task<Refreshed> refresh(std::shared_ptr<HeldObject> held) {
  const Duration lease = held->settings.duration("lease");
  const SteadyTime sent = held->env.steady_now();
  Request patch;
  patch.action = Action::patch;
  patch.key = lock_key(held->lock);
  patch.fields = metadata(held->owner, held->env.wall_now() + lease);
  patch.condition.generation = held->generation;
  patch.condition.metageneration = held->metageneration;
  auto answer = co_await held->client.call(std::move(patch));
  if (held->env.steady_now() >= held->until) co_return Refreshed::never;
  if (!answer || answer->status == Status::unavailable) co_return Refreshed::not_known;
  // Somebody else has changed it, or we have, by a refresh that was not answered.
  if (answer->status != Status::ok) co_return Refreshed::never;
  held->metageneration = answer->record.metageneration;
  held->until = sent + lease;
  co_return Refreshed::yes;
}

Task<void> keep_fresh(std::shared_ptr<HeldObject> held) {
  const Duration period = setting_or_share(held->settings, "refresh_interval", 1, 8);
  const std::int64_t most_failures = held->settings.number("max_refresh_fails");
  std::int64_t failures = 0;
  for (;;) {
    co_await held->env.sleep_for(period);
    if (held->stopped) co_return;
    co_await held->env.step("renewing");
    if (held->stopped) co_return;
    const Refreshed refreshed = co_await refresh(held);
    if (held->stopped) co_return;
    failures = refreshed == Refreshed::yes ? 0 : failures + 1;
    if (refreshed == Refreshed::never || failures > most_failures) {
      held->lost = true;
      held->env.note(BeliefLost{held->lock, held->owner});
      co_return;
    }
    if (refreshed == Refreshed::yes) {
      held->env.note(BeliefExtended{held->lock, held->owner, Deadline(held->until)});
    }
    co_await held->env.step("renewed");
  }
}

class GcsLock final : public Lock {
 public:
  GcsLock(Env& env, LockOptions options)
      : env_(env),
        options_(std::move(options)),
        lease_(options_.settings.duration("lease")),
        identity_(env.name() + "_" + env.random().token()),
        client_(env, options_.servers.front(), client_options(options_.settings)) {}

  Task<Result<Lease>> acquire(std::string name, Duration patience) override {
    const SteadyTime give_up = env_.steady_now() + patience;
    const Duration longest = options_.settings.duration("retry_max");
    Duration ceiling = std::min(options_.settings.duration("retry_min"), longest);
    bool in_doubt = false;
    for (;;) {
      auto lease = co_await attempt(name);
      if (lease) co_return lease;
      in_doubt |= !lease.error().definite();
      const Duration pause = env_.random().between(ceiling / 2, ceiling);
      if (env_.steady_now() + pause >= give_up) {
        if (in_doubt) co_return fail(ErrorCode::timeout, "the object may be there, and ours");
        co_return fail(ErrorCode::held);
      }
      co_await env_.sleep_for(pause);
      ceiling = std::min(ceiling * 2, longest);
    }
  }

  Task<Result<void>> release(Lease lease) override {
    if (!held_ || held_->lock != lease.lock) co_return fail(ErrorCode::lost);
    held_->stopped = true;
    Request erase;
    erase.action = Action::erase;
    erase.key = lock_key(lease.lock);
    erase.condition.generation = held_->generation;
    auto answer = co_await held_->client.call(std::move(erase));
    if (!answer) co_return fail(answer.error());
    if (answer->status == Status::unavailable) co_return fail(ErrorCode::refused, "503");
    if (answer->status == Status::ok) co_return Result<void>();
    const bool sent_once = options_.settings.number("retries") == 0;
    co_return fail(sent_once ? ErrorCode::lost : ErrorCode::timeout, "another generation, or none");
  }

  bool still_held(const Lease& lease) const override {
    if (!held_ || held_->lock != lease.lock) return false;
    if (env_.steady_now() >= held_->until) held_->lost = true;
    return !held_->lost;
  }

 private:
  Task<Result<Lease>> attempt(std::string name) {
    const SteadyTime sent = env_.steady_now();
    Request create;
    create.action = Action::put;
    create.key = lock_key(name);
    create.fields = metadata(identity_, env_.wall_now() + lease_);
    create.condition.absent = true;
    auto answer = co_await client_.call(std::move(create));
    if (!answer) co_return fail(answer.error());
    if (answer->status == Status::unavailable) co_return fail(ErrorCode::refused, "503");
    if (answer->status == Status::conflict) {
      co_await delete_if_stale(std::move(name));
      co_return fail(ErrorCode::held);
    }
    if (env_.steady_now() >= sent + lease_) {
      co_return fail(ErrorCode::timeout, "the lease was over when the answer came");
    }
    co_return hold(std::move(name), answer->record, sent);
  }

  Task<void> delete_if_stale(std::string name) {
    Request get;
    get.key = lock_key(name);
    auto found = co_await client_.call(std::move(get));
    if (!found || found->status != Status::ok) co_return;
    const Record& object = found->record;
    std::int64_t expires = 0;
    const std::string& text = object.field(expiry_field);
    std::from_chars(text.data(), text.data() + text.size(), expires);
    const bool own = object.field(owner_field) == identity_;
    if (!own && millis(env_.wall_now()) <= expires) co_return;
    co_await env_.step("found-stale");
    Request erase;
    erase.action = Action::erase;
    erase.key = lock_key(name);
    erase.condition.generation = object.generation;
    erase.condition.metageneration = object.metageneration;
    erase.reason = "stale";
    const auto erased = co_await client_.call(std::move(erase));
    (void)erased;  // whatever became of it, the next try creates the object or does not
  }

  Lease hold(std::string name, const Record& object, SteadyTime sent) {
    held_ = std::make_shared<HeldObject>(env_, options_);
    held_->lock = name;
    held_->owner = identity_;
    held_->generation = object.generation;
    held_->metageneration = object.metageneration;
    held_->until = sent + lease_;
    env_.spawn(keep_fresh(held_));
    Lease lease;
    lease.lock = std::move(name);
    lease.owner = identity_;
    lease.token = object.generation;
    lease.until = held_->until;
    return lease;
  }

  Env& env_;
  LockOptions options_;
  Duration lease_;
  const std::string identity_;
  Client client_;
  std::shared_ptr<HeldObject> held_;
};

std::unique_ptr<Lock> make_lock(Env& client, LockOptions options) {
  return std::make_unique<GcsLock>(client, std::move(options));
}

void interpret(const KeyChange& change, std::vector<GrantNote>& out) {
  interpret_record(change, owner_field, out);
}

}  // namespace
}  // namespace lockstep::records

namespace lockstep {

Backend backends::gcs_lock() {
  Backend lock = records::entry(
      {"gcs-lock", "an object created if it is not there, with its expiry in its metadata",
       "H. Lai, A robust distributed locking algorithm based on Google Cloud Storage"},
      300s,
      {
          {"refresh_interval", Duration(0), "pause between two refreshes; 0: 1/8 of the lease"},
          {"max_refresh_fails", std::int64_t{3}, "so many failed refreshes in a row are borne"},
          {"retry_min", Duration(1s), "longest pause after the first try"},
          {"retry_max", Duration(30s), "longest pause between two tries"},
      },
      false);
  lock.claims.checks_lease = true;
  lock.claims.ordered_token = true;
  lock.steps.push_back("found-stale");
  lock.interpret = records::interpret;
  lock.connect = records::make_lock;
  return lock;
}

}  // namespace lockstep
