#include "backends/records/locks/entry.hpp"

#include "backends/records/record.hpp"
#include "backends/records/server.hpp"
#include "backends/records/storage.hpp"

namespace lockstep::records {
namespace {

constexpr std::string_view lock_prefix = "lock:";

/// The silence that a waiter must see, its pauses, and the timeouts of a few requests.
Duration bound(const Settings& settings) {
  const Duration lease = settings.duration("lease");
  const Duration request = settings.duration("request_timeout");
  // Without a timeout a client waits for what was sent to it, however late.
  const Duration patience =
      request > Duration::zero() ? request + settings.duration("connect_timeout") : lease * 4;
  const std::int64_t sendings = settings.number("retries") + 1;
  return lease * 4 + settings.duration("failover_time") + patience * 6 * sendings + 1s;
}

GrantChange end_by(ChangeCause cause) {
  if (cause == ChangeCause::command) return GrantChange::released;
  return cause == ChangeCause::expired ? GrantChange::expired : GrantChange::forgotten;
}

}  // namespace

Backend entry(EntryText text, Duration lease, std::initializer_list<Parameter> own,
              bool may_forget) {
  Backend backend;
  backend.name = text.name;
  backend.summary = text.summary;
  backend.source = text.source;
  backend.parameters = {
      {"lease", lease, "how long a record must stay unchanged until others may take it"},
      {"request_timeout", Duration(1s), "how long a client waits for an answer; 0: for ever"},
      {"connect_timeout", Duration(1s), "how long a client waits for a connection"},
      {"retries", std::int64_t{0}, "how often the library sends an unanswered request again"},
  };
  const auto append = [&](const auto& parameters) {
    backend.parameters.insert(backend.parameters.end(), parameters.begin(), parameters.end());
  };
  append(own);
  append(server_parameters());
  if (may_forget) append(storage_parameters());
  backend.clients_time_leases = true;
  backend.steps = {"renewing", "renewed"};
  backend.serve = serve;
  backend.liveness_bound = bound;
  backend.fail_over = fail_over;
  return backend;
}

Duration setting_or_share(const Settings& settings, std::string_view name, std::int64_t parts,
                          std::int64_t of) {
  const Duration set = settings.duration(name);
  return set > Duration::zero() ? set : settings.duration("lease") * parts / of;
}

void interpret_record(const KeyChange& change, std::string_view owner_field,
                      std::vector<GrantNote>& out) {
  if (!change.key.starts_with(lock_prefix)) return;
  const std::string lock = change.key.substr(lock_prefix.size());
  const std::string before = change.before ? field_in(*change.before, owner_field) : std::string();
  const std::string after = change.after ? field_in(*change.after, owner_field) : std::string();
  if (before == after) {
    if (!after.empty()) out.push_back({lock, GrantChange::renewed, after});
    return;
  }
  // An owner that another one replaces was taken to be over.
  const GrantChange end = after.empty() ? end_by(change.cause) : GrantChange::expired;
  if (!before.empty()) out.push_back({lock, end, before});
  if (!after.empty()) out.push_back({lock, GrantChange::granted, after});
}

}  // namespace lockstep::records
