// Keys of any type: deleting them, and giving them deadlines.
#include <algorithm>
#include <limits>

#include "backends/redis/commands.hpp"
#include "backends/redis/expiry.hpp"
#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

Reply invalid_expiry(const Call& call) {
  return Reply::error("ERR invalid expire time in '" + lowercase(call.word(0)) + "' command");
}

struct ExpireConditions {
  bool none = false;     // NX
  bool some = false;     // XX
  bool greater = false;  // GT
  bool less = false;     // LT
};

tl::expected<ExpireConditions, Reply> parse_conditions(Call& call) {
  ExpireConditions when;
  for (std::size_t i = 3; i < call.size(); ++i) {
    const std::string option = lowercase(call.word(i));
    if (option == "nx") {
      when.none = true;
    } else if (option == "xx") {
      when.some = true;
    } else if (option == "gt") {
      when.greater = true;
    } else if (option == "lt") {
      when.less = true;
    } else {
      return tl::unexpected(Reply::error("ERR Unsupported option " + call.word(i)));
    }
  }
  if (when.none && (when.some || when.greater || when.less)) {
    return tl::unexpected(
        Reply::error("ERR NX and XX, GT or LT options at the same time are not compatible"));
  }
  if (when.greater && when.less) {
    return tl::unexpected(
        Reply::error("ERR GT and LT options at the same time are not compatible"));
  }
  return when;
}

/// A key without a deadline counts as one with an infinite deadline.
bool met(const ExpireConditions& when, std::int64_t old, std::int64_t deadline) {
  if (when.none && old != forever) return false;
  if (when.some && old == forever) return false;
  if (when.greater && (old == forever || deadline <= old)) return false;
  return !(when.less && old != forever && deadline >= old);
}

Reply expire(Call& call, ExpiryUnit unit) {
  const auto when = parse_conditions(call);
  if (!when) return when.error();
  const auto amount = parse_integer(call.word(2));
  if (!amount) return not_an_integer();
  std::int64_t deadline = *amount;
  if (unit.seconds && __builtin_mul_overflow(deadline, 1000, &deadline))
    return invalid_expiry(call);
  const std::int64_t base = unit.relative ? call.db.clock_ms() : 0;
  if (deadline > largest - base) return invalid_expiry(call);
  deadline += base;

  const std::string& key = call.key();
  Entry* const entry = call.db.modify(key);
  if (!entry || !met(*when, entry->expires_ms, deadline)) return Reply::integer(0);
  if (call.db.too_late(deadline)) {
    call.db.remove(key);
    call.db.announce(event_generic, "del", key);
    call.db.log_as("DEL", key);
    return Reply::integer(1);
  }
  call.db.set_deadline(*entry, deadline);
  call.db.changed(key, *entry);
  call.db.announce(event_generic, "expire", key);
  call.db.log_as("PEXPIREAT", key, deadline);
  return Reply::integer(1);
}

/// -2: no key; -1: no deadline; otherwise what `show` makes of the deadline.
template <class Show>
Reply deadline_of(Call& call, Show show) {
  const Entry* const entry = call.db.read(call.key());
  if (!entry) return Reply::integer(-2);
  if (entry->expires_ms == forever) return Reply::integer(-1);
  return Reply::integer(show(entry->expires_ms));
}

std::int64_t left(const Call& call, std::int64_t deadline) {
  return std::max<std::int64_t>(deadline - call.db.clock_ms(), 0);
}

}  // namespace

std::optional<ExpiryUnit> expiry_unit(std::string_view option) {
  if (equal_ignoring_case(option, "ex")) return ExpiryUnit{true, true};
  if (equal_ignoring_case(option, "px")) return ExpiryUnit{false, true};
  if (equal_ignoring_case(option, "exat")) return ExpiryUnit{true, false};
  if (equal_ignoring_case(option, "pxat")) return ExpiryUnit{false, false};
  return std::nullopt;
}

tl::expected<std::int64_t, Reply> parse_expiry(const Call& call, const std::string& amount,
                                               ExpiryUnit unit) {
  const auto parsed = parse_integer(amount);
  if (!parsed) return tl::unexpected(not_an_integer());
  std::int64_t deadline = *parsed;
  if (deadline <= 0) return tl::unexpected(invalid_expiry(call));
  if (unit.seconds && __builtin_mul_overflow(deadline, 1000, &deadline)) {
    return tl::unexpected(invalid_expiry(call));
  }
  const std::int64_t base = unit.relative ? call.db.clock_ms() : 0;
  if (deadline > largest - base) return tl::unexpected(invalid_expiry(call));
  return deadline + base;
}

Span clamp_range(std::int64_t first, std::int64_t last, std::size_t size) {
  const auto length = static_cast<std::int64_t>(size);
  if (first < 0) first = std::max<std::int64_t>(first + length, 0);
  if (last < 0) last = std::max<std::int64_t>(last + length, -1);
  last = std::min(last, length - 1);
  if (first > last) return {};
  return {static_cast<std::size_t>(first), static_cast<std::size_t>(last) + 1};
}

Reply del_command(Call& call) {
  std::int64_t deleted = 0;
  for (std::size_t i = 1; i < call.size(); ++i) {
    if (!call.db.modify(call.word(i))) continue;
    call.db.remove(call.word(i));
    call.db.announce(event_generic, "del", call.word(i));
    ++deleted;
  }
  return Reply::integer(deleted);
}

Reply exists_command(Call& call) {
  std::int64_t alive = 0;
  for (std::size_t i = 1; i < call.size(); ++i) alive += call.db.read(call.word(i)) != nullptr;
  return Reply::integer(alive);
}

Reply expire_command(Call& call) {
  return expire(call, {true, true});
}
Reply pexpire_command(Call& call) {
  return expire(call, {false, true});
}
Reply expireat_command(Call& call) {
  return expire(call, {true, false});
}
Reply pexpireat_command(Call& call) {
  return expire(call, {false, false});
}

Reply persist_command(Call& call) {
  Entry* const entry = call.db.modify(call.key());
  if (!entry || entry->expires_ms == forever) return Reply::integer(0);
  call.db.set_deadline(*entry, forever);
  call.db.changed(call.key(), *entry);
  call.db.announce(event_generic, "persist", call.key());
  return Reply::integer(1);
}

Reply ttl_command(Call& call) {
  return deadline_of(call, [&call](std::int64_t at) { return (left(call, at) + 500) / 1000; });
}
Reply pttl_command(Call& call) {
  return deadline_of(call, [&call](std::int64_t at) { return left(call, at); });
}
Reply expiretime_command(Call& call) {
  return deadline_of(call, [](std::int64_t at) { return (at + 500) / 1000; });
}
Reply pexpiretime_command(Call& call) {
  return deadline_of(call, [](std::int64_t at) { return at; });
}

Reply type_command(Call& call) {
  const Entry* const entry = call.db.read(call.key());
  return Reply::status(entry ? std::string(type_name(entry->value)) : "none");
}

Reply keys_command(Call& call) {
  std::vector<Reply> found;
  for (const auto& [key, entry] : call.db.keys()) {
    const bool dead = entry.expires_ms != forever && entry.expires_ms < call.db.expiry_clock_ms();
    if (!dead && matches(call.key(), key)) found.push_back(Reply::bulk(key));
  }
  return Reply::array(std::move(found));
}

}  // namespace lockstep::redis
