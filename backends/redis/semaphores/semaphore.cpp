#include "backends/redis/semaphores/semaphore.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace lockstep::redis {
namespace {

constexpr std::string_view permits_prefix = "permits:";
constexpr std::string_view holders_prefix = "holders:";

std::int64_t number_in(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The members in "(a 1, b 2)", the first `count` of them.
std::vector<std::string> first_members(const std::optional<std::string>& set, std::size_t count) {
  std::vector<std::string> members;
  if (!set || set->size() < 2) return members;
  const std::string list = set->substr(1, set->size() - 2);
  for (std::size_t at = 0; at < list.size() && members.size() < count;) {
    const std::size_t end = std::min(list.find(", ", at), list.size());
    members.push_back(list.substr(at, list.rfind(' ', end - 1) - at));
    at = end + 2;
  }
  return members;
}

/// The client whose acquisition this name is.
NodeId client_of(const std::string& owner) {
  std::uint32_t number = index_of(no_node);
  std::from_chars(owner.data(), owner.data() + owner.size(), number);
  return NodeId{number};
}

bool among(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

GrantChange end_by(const KeyChange& change) {
  switch (change.cause) {
    case ChangeCause::command: return GrantChange::released;
    case ChangeCause::expired: return GrantChange::expired;
    case ChangeCause::evicted: return GrantChange::evicted;
    case ChangeCause::flushed:
    case ChangeCause::restart: break;
  }
  return GrantChange::forgotten;
}

void put(std::vector<GrantNote>& out, const std::string& lock, GrantChange change,
         std::int64_t times) {
  for (; times > 0; --times) out.push_back({lock, change, std::string(), no_node});
}

}  // namespace

Task<Result<StoredValue>> Semaphore::guarded_read(Lease lease, std::string resource) {
  return Lock::guarded_read(std::move(lease), std::move(resource));
}

Task<Result<StoredValue>> Semaphore::guarded_write(Lease lease, std::string resource,
                                                   std::int64_t value) {
  return Lock::guarded_write(std::move(lease), std::move(resource), value);
}

std::string Semaphore::new_owner() {
  return std::to_string(index_of(env_.id())) + "/" + env_.random().token();
}

Backend semaphore_entry(EntryText text, std::initializer_list<Parameter> own) {
  Backend backend = entry(text, own);
  backend.parameters.push_back(
      {"permits", std::int64_t{3}, "how many clients may hold it at once"});
  backend.product = "redis";
  backend.claims.guarded_store = false;
  backend.interpret = nullptr;
  return backend;
}

void interpret_counter(const KeyChange& change, std::int64_t permits, std::vector<GrantNote>& out) {
  if (!change.key.starts_with(permits_prefix)) return;
  const std::string lock = change.key.substr(permits_prefix.size());
  const auto free = [](const std::string& value) {
    return std::max<std::int64_t>(number_in(value), 0);
  };
  if (!change.before) {
    // Made anew it is full; read back from a disk it is as it was.
    const bool restored = change.cause == ChangeCause::restart;
    if (restored) put(out, lock, GrantChange::granted, permits - free(*change.after));
  } else if (!change.after) {
    put(out, lock, GrantChange::forgotten, permits - free(*change.before));
  } else {
    const std::int64_t taken = free(*change.before) - free(*change.after);
    put(out, lock, GrantChange::granted, taken);
    put(out, lock, GrantChange::released, -taken);
  }
}

void compare_members(const KeyChange& change, const std::string& lock, std::size_t count,
                     std::vector<GrantNote>& out) {
  const std::vector<std::string> before = first_members(change.before, count);
  const std::vector<std::string> after = first_members(change.after, count);
  for (const std::string& owner : before) {
    if (!among(after, owner)) out.push_back({lock, end_by(change), owner, client_of(owner)});
  }
  for (const std::string& owner : after) {
    if (among(before, owner)) continue;
    out.push_back({lock, GrantChange::granted, owner, client_of(owner)});
  }
}

void interpret_holders(const KeyChange& change, std::int64_t, std::vector<GrantNote>& out) {
  if (!change.key.starts_with(holders_prefix)) return;
  const std::string lock = change.key.substr(holders_prefix.size());
  compare_members(change, lock, std::numeric_limits<std::size_t>::max(), out);
}

void interpret_first_holders(const KeyChange& change, std::int64_t permits,
                             std::vector<GrantNote>& out) {
  if (!change.key.starts_with(holders_prefix)) return;
  const std::string lock = change.key.substr(holders_prefix.size());
  compare_members(change, lock, static_cast<std::size_t>(permits), out);
}

}  // namespace lockstep::redis
