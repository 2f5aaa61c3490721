#include "backends/redis/locks/entry.hpp"

#include <algorithm>

#include "backends/redis/deployment.hpp"
#include "backends/redis/server.hpp"

namespace lockstep::redis {
namespace {

constexpr std::string_view lock_prefix = "lock:";

void replace_or_add(std::vector<Parameter>& all, const Parameter& own) {
  const auto same = [&own](const Parameter& parameter) { return parameter.name == own.name; };
  const auto known = std::find_if(all.begin(), all.end(), same);
  if (known == all.end()) {
    all.push_back(own);
  } else {
    *known = own;
  }
}

std::vector<Parameter> parameters_with(std::initializer_list<Parameter> own) {
  std::vector<Parameter> all{
      {"lease", Duration(10s), "how long the server keeps the lock for a silent owner"},
      {"request_timeout", Duration(1s), "how long a client waits for a reply; 0: for ever"},
      {"connect_timeout", Duration(1s), "how long a client waits for a connection"},
      {"retries", std::int64_t{0}, "how often the library sends an unanswered command again"},
      {"retry_min", Duration(10ms), "longest pause after the first try that found the lock held"},
      {"retry_max", Duration(500ms), "longest pause between two tries"},
      {"drift_allowance", std::int64_t{10'000},
       "parts per million by which clients that check their lease stop early, and 2 ms"},
  };
  for (const Parameter& parameter : server_parameters()) replace_or_add(all, parameter);
  for (const Parameter& parameter : own) replace_or_add(all, parameter);
  return all;
}

GrantChange end_by(ChangeCause cause) {
  switch (cause) {
    case ChangeCause::command: return GrantChange::released;
    case ChangeCause::expired: return GrantChange::expired;
    case ChangeCause::evicted: return GrantChange::evicted;
    case ChangeCause::flushed:
    case ChangeCause::restart: break;
  }
  return GrantChange::forgotten;
}

/// `owner_in` gives the owner that a key's value names.
void interpret_key(const KeyChange& change, std::vector<GrantNote>& out,
                   std::string_view (*owner_in)(std::string_view)) {
  if (!change.key.starts_with(lock_prefix)) return;
  const std::string_view lock = std::string_view(change.key).substr(lock_prefix.size());
  const auto add = [&](GrantChange what, std::string_view owner) {
    GrantNote& note = out.emplace_back();
    note.lock = lock;
    note.change = what;
    note.owner = owner;
  };
  std::optional<std::string_view> before;
  std::optional<std::string_view> after;
  if (change.before) before = owner_in(*change.before);
  if (change.after) after = owner_in(*change.after);
  if (before && before == after) {
    add(GrantChange::renewed, *after);
    return;
  }
  // An owner that another one replaces was taken to be over.
  const GrantChange end = after ? GrantChange::expired : end_by(change.cause);
  if (before) add(end, *before);
  if (after) add(GrantChange::granted, *after);
}

std::string_view whole_value(std::string_view value) {
  return value;
}

/// The owner in "{owner: 1}".
std::string_view first_field(std::string_view value) {
  const auto colon = value.rfind(": ");
  if (value.empty() || value.front() != '{' || colon == std::string_view::npos) return value;
  return value.substr(1, colon - 1);
}

}  // namespace

Backend entry(EntryText text, std::initializer_list<Parameter> own) {
  Backend backend;
  backend.name = text.name;
  backend.summary = text.summary;
  backend.source = text.source;
  backend.claims.guarded_store = true;
  backend.parameters = parameters_with(own);
  backend.serve = serve;
  backend.interpret = interpret_owner_key;
  backend.liveness_bound = polling_bound;
  backend.server_names = server_names<1>;
  backend.fail_over = fail_over;
  return backend;
}

Backend with_steps(Backend backend, std::initializer_list<std::string_view> steps) {
  backend.steps.insert(backend.steps.end(), steps);
  return backend;
}

void interpret_owner_key(const KeyChange& change, std::vector<GrantNote>& out) {
  interpret_key(change, out, whole_value);
}

void interpret_owner_hash(const KeyChange& change, std::vector<GrantNote>& out) {
  interpret_key(change, out, first_field);
}

Duration polling_bound(const Settings& settings) {
  const Duration lease = settings.duration("lease");
  const Duration request = settings.duration("request_timeout");
  // Without a timeout a client waits for what was sent to it, however late.
  const Duration patience =
      request > Duration::zero() ? request + settings.duration("connect_timeout") : lease * 4;
  const std::int64_t sendings = settings.number("retries") + 1;
  Duration failover{};
  if (settings.number("replicas") > 0) {
    failover = settings.duration("down_after") * 4 + settings.duration("failover_timeout") * 4 + 2s;
  }
  return lease * 3 + settings.duration("retry_max") * 2 + patience * 4 * sendings + failover + 1s;
}

}  // namespace lockstep::redis
