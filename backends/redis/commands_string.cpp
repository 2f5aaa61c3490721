// Strings: SET with all its options, counters, and reads that write.
#include <algorithm>
#include <limits>

#include "backends/redis/commands.hpp"
#include "backends/redis/expiry.hpp"
#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

struct SetOptions {
  bool if_absent = false;
  bool if_present = false;
  bool get = false;
  bool keep_deadline = false;
  bool persist = false;  // GETEX alone
  std::optional<ExpiryUnit> unit;
  const std::string* amount = nullptr;
};

/// Reads the options from word `at` on, for SET or for GETEX; false when they make no sense.
bool parse_options(Call& call, std::size_t at, bool getex, SetOptions& options) {
  for (; at < call.size(); ++at) {
    const auto option = [&word = call.word(at)](std::string_view name) {
      return equal_ignoring_case(word, name);
    };
    const bool timed = options.unit.has_value();
    if (!getex && !options.if_present && option("nx")) {
      options.if_absent = true;
    } else if (!getex && !options.if_absent && option("xx")) {
      options.if_present = true;
    } else if (!getex && option("get")) {
      options.get = true;
    } else if (!getex && !timed && option("keepttl")) {
      options.keep_deadline = true;
    } else if (getex && !timed && option("persist")) {
      options.persist = true;
    } else {
      const auto unit = expiry_unit(call.word(at));
      const bool clash =
          (timed && options.unit != unit) || options.keep_deadline || options.persist;
      if (!unit || clash || at + 1 == call.size()) return false;
      options.unit = unit;
      options.amount = &call.word(++at);
    }
  }
  return true;
}

const Reply ok = Reply::ok();
const Reply nil = Reply::nil();

/// SET in all its forms: SETNX, SETEX and PSETEX are options of it.
Reply set(Call& call, const std::string& value, const SetOptions& options, const Reply& done,
          const Reply& not_done) {
  std::int64_t deadline = forever;
  if (options.unit) {
    const auto parsed = parse_expiry(call, *options.amount, *options.unit);
    if (!parsed) return parsed.error();
    deadline = *parsed;
  }
  const std::string& key = call.key();
  Entry* entry = call.db.modify(key);
  Reply old;
  if (options.get && entry) {
    const auto* text = std::get_if<std::string>(&entry->value);
    if (!text) return wrong_type();
    old = Reply::bulk(*text);
  }
  if ((options.if_absent && entry) || (options.if_present && !entry)) {
    return options.get ? old : not_done;
  }
  if (entry) {
    entry->value = value;
  } else {
    entry = &call.db.create(key, value);
  }
  if (!options.keep_deadline) call.db.set_deadline(*entry, deadline);
  call.db.changed(key, *entry);
  call.db.announce(event_string, "set", key);
  if (options.unit) {
    call.db.announce(event_generic, "expire", key);
    call.db.log_as("SET", key, value, "PXAT", deadline);
  }
  return options.get ? old : done;
}

Reply set_with_unit(Call& call, ExpiryUnit unit) {
  SetOptions options;
  options.unit = unit;
  options.amount = &call.word(2);
  return set(call, call.word(3), options, ok, nil);
}

Reply increment(Call& call, std::int64_t by) {
  auto found = modify_as<std::string>(call);
  if (found.wrong()) return wrong_type();
  std::int64_t number = 0;
  if (found.value) {
    const auto parsed = parse_integer(*found.value);
    if (!parsed) return not_an_integer();
    number = *parsed;
  }
  if (__builtin_add_overflow(number, by, &number)) {
    return Reply::error("ERR increment or decrement would overflow");
  }
  if (found.absent()) found = as<std::string>(&call.db.create(call.key(), std::string()));
  *found.value = std::to_string(number);
  call.db.changed(call.key(), *found.entry);
  call.db.announce(event_string, "incrby", call.key());
  return Reply::integer(number);
}

Reply get_one(Call& call, const std::string& key) {
  const auto found = as<std::string>(call.db.read(key));
  return found.value ? Reply::bulk(*found.value) : Reply::nil();
}

}  // namespace

Reply set_command(Call& call) {
  SetOptions options;
  if (!parse_options(call, 3, false, options)) return syntax_error();
  return set(call, call.word(2), options, ok, nil);
}

Reply setnx_command(Call& call) {
  SetOptions options;
  options.if_absent = true;
  return set(call, call.word(2), options, Reply::integer(1), Reply::integer(0));
}

Reply setex_command(Call& call) {
  return set_with_unit(call, ExpiryUnit{true, true});
}
Reply psetex_command(Call& call) {
  return set_with_unit(call, ExpiryUnit{false, true});
}

Reply get_command(Call& call) {
  const auto found = read_as<std::string>(call);
  if (found.wrong()) return wrong_type();
  return found.value ? Reply::bulk(*found.value) : Reply::nil();
}

Reply getset_command(Call& call) {
  auto found = modify_as<std::string>(call);
  if (found.wrong()) return wrong_type();
  const Reply old = found.value ? Reply::bulk(*found.value) : Reply::nil();
  if (found.absent()) found = as<std::string>(&call.db.create(call.key(), std::string()));
  *found.value = call.word(2);
  call.db.set_deadline(*found.entry, forever);
  call.db.changed(call.key(), *found.entry);
  call.db.announce(event_string, "set", call.key());
  call.db.log_as("SET", call.key(), call.word(2));
  return old;
}

Reply getdel_command(Call& call) {
  const auto found = modify_as<std::string>(call);
  if (found.wrong()) return wrong_type();
  if (found.absent()) return Reply::nil();
  Reply old = Reply::bulk(*found.value);
  call.db.remove(call.key());
  call.db.announce(event_generic, "del", call.key());
  call.db.log_as("DEL", call.key());
  return old;
}

Reply getex_command(Call& call) {
  SetOptions options;
  if (!parse_options(call, 2, true, options)) return syntax_error();
  const auto found = modify_as<std::string>(call);
  if (found.absent()) return Reply::nil();
  if (found.wrong()) return wrong_type();
  Reply value = Reply::bulk(*found.value);
  const std::string& key = call.key();
  if (options.unit) {
    const auto deadline = parse_expiry(call, *options.amount, *options.unit);
    if (!deadline) return deadline.error();
    if (!options.unit->relative && call.db.too_late(*deadline)) {
      call.db.remove(key);
      call.db.announce(event_generic, "del", key);
      call.db.log_as("DEL", key);
      return value;
    }
    call.db.set_deadline(*found.entry, *deadline);
    call.db.changed(key, *found.entry);
    call.db.announce(event_generic, "expire", key);
    call.db.log_as("PEXPIREAT", key, *deadline);
  } else if (options.persist && found.entry->expires_ms != forever) {
    call.db.set_deadline(*found.entry, forever);
    call.db.changed(key, *found.entry);
    call.db.announce(event_generic, "persist", key);
    call.db.log_as("PERSIST", key);
  }
  return value;
}

Reply mget_command(Call& call) {
  std::vector<Reply> values;
  for (std::size_t i = 1; i < call.size(); ++i) values.push_back(get_one(call, call.word(i)));
  return Reply::array(std::move(values));
}

Reply mset_command(Call& call) {
  if (call.size() % 2 == 0) return wrong_arity("mset");
  for (std::size_t i = 1; i < call.size(); i += 2) {
    const std::string& key = call.word(i);
    Entry* entry = call.db.modify(key);
    if (!entry) entry = &call.db.create(key, std::string());
    entry->value = call.word(i + 1);
    call.db.set_deadline(*entry, forever);
    call.db.changed(key, *entry);
    call.db.announce(event_string, "set", key);
  }
  return Reply::ok();
}

Reply append_command(Call& call) {
  auto found = modify_as<std::string>(call);
  if (found.wrong()) return wrong_type();
  if (found.absent()) found = as<std::string>(&call.db.create(call.key(), std::string()));
  *found.value += call.word(2);
  call.db.changed(call.key(), *found.entry);
  call.db.announce(event_string, "append", call.key());
  return Reply::integer(static_cast<std::int64_t>(found.value->size()));
}

Reply strlen_command(Call& call) {
  const auto found = read_as<std::string>(call);
  if (found.wrong()) return wrong_type();
  return Reply::integer(found.value ? static_cast<std::int64_t>(found.value->size()) : 0);
}

Reply getrange_command(Call& call) {
  const auto first = parse_integer(call.word(2));
  const auto last = parse_integer(call.word(3));
  if (!first || !last) return not_an_integer();
  const auto found = read_as<std::string>(call);
  if (found.wrong()) return wrong_type();
  if (found.absent()) return Reply::bulk("");
  // Unlike a list's, a last index before the beginning means the first byte.
  const auto size = static_cast<std::int64_t>(found.value->size());
  if (*first < 0 && *last < 0 && *first > *last) return Reply::bulk("");
  const std::int64_t end = *last < 0 ? std::max<std::int64_t>(*last + size, 0) : *last;
  const Span span = clamp_range(*first, end, found.value->size());
  return Reply::bulk(found.value->substr(span.first, span.last - span.first));
}

Reply incr_command(Call& call) {
  return increment(call, 1);
}
Reply decr_command(Call& call) {
  return increment(call, -1);
}

Reply incrby_command(Call& call) {
  const auto by = parse_integer(call.word(2));
  return by ? increment(call, *by) : not_an_integer();
}

Reply decrby_command(Call& call) {
  const auto by = parse_integer(call.word(2));
  if (!by) return not_an_integer();
  if (*by == std::numeric_limits<std::int64_t>::min()) {
    return Reply::error("ERR decrement would overflow");
  }
  return increment(call, -*by);
}

}  // namespace lockstep::redis
