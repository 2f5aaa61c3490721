// Hashes: re-entrant locks count their holds in one.
#include "backends/redis/commands.hpp"
#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

std::int64_t set_fields(Call& call, Found<Hash>& hash) {
  std::int64_t added = 0;
  for (std::size_t i = 2; i < call.size(); i += 2) {
    added += hash.value->set(call.word(i), call.word(i + 1));
  }
  finish_change(call, hash, event_hash, "hset");
  return added;
}

Reply value_or_nil(const std::string* value) {
  return value ? Reply::bulk(*value) : Reply::nil();
}

Reply list_fields(Call& call, bool names, bool values) {
  const auto hash = read_as<Hash>(call);
  if (hash.wrong()) return wrong_type();
  std::vector<Reply> out;
  if (hash.value) {
    for (const auto& [name, value] : hash.value->fields()) {
      if (names) out.push_back(Reply::bulk(name));
      if (values) out.push_back(Reply::bulk(value));
    }
  }
  return Reply::array(std::move(out));
}

}  // namespace

Reply hset_command(Call& call) {
  if (call.size() % 2 == 1) return wrong_arity(lowercase(call.word(0)));
  auto hash = modify_or_create<Hash>(call);
  if (hash.wrong()) return wrong_type();
  return Reply::integer(set_fields(call, hash));
}

Reply hmset_command(Call& call) {
  Reply reply = hset_command(call);
  return reply.is_error() ? reply : Reply::ok();
}

Reply hsetnx_command(Call& call) {
  auto hash = modify_as<Hash>(call);
  if (hash.wrong()) return wrong_type();
  if (hash.value && hash.value->find(call.word(2))) return Reply::integer(0);
  if (hash.absent()) hash = as<Hash>(&call.db.create(call.key(), Hash()));
  return Reply::integer(set_fields(call, hash));
}

Reply hget_command(Call& call) {
  const auto hash = read_as<Hash>(call);
  if (hash.wrong()) return wrong_type();
  return value_or_nil(hash.value ? hash.value->find(call.word(2)) : nullptr);
}

Reply hmget_command(Call& call) {
  const auto hash = read_as<Hash>(call);
  if (hash.wrong()) return wrong_type();
  std::vector<Reply> out;
  for (std::size_t i = 2; i < call.size(); ++i) {
    out.push_back(value_or_nil(hash.value ? hash.value->find(call.word(i)) : nullptr));
  }
  return Reply::array(std::move(out));
}

Reply hdel_command(Call& call) {
  auto hash = modify_as<Hash>(call);
  if (hash.wrong()) return wrong_type();
  if (hash.absent()) return Reply::integer(0);
  std::int64_t deleted = 0;
  for (std::size_t i = 2; i < call.size(); ++i) deleted += hash.value->erase(call.word(i));
  if (deleted > 0) finish_change(call, hash, event_hash, "hdel");
  return Reply::integer(deleted);
}

Reply hexists_command(Call& call) {
  const auto hash = read_as<Hash>(call);
  if (hash.wrong()) return wrong_type();
  return Reply::integer(hash.value && hash.value->find(call.word(2)));
}

Reply hincrby_command(Call& call) {
  const auto by = parse_integer(call.word(3));
  if (!by) return not_an_integer();
  auto hash = modify_as<Hash>(call);
  if (hash.wrong()) return wrong_type();
  std::int64_t number = 0;
  if (const std::string* known = hash.value ? hash.value->find(call.word(2)) : nullptr) {
    const auto parsed = parse_integer(*known);
    if (!parsed) return Reply::error("ERR hash value is not an integer");
    number = *parsed;
  }
  if (__builtin_add_overflow(number, *by, &number)) {
    return Reply::error("ERR increment or decrement would overflow");
  }
  if (hash.absent()) hash = as<Hash>(&call.db.create(call.key(), Hash()));
  hash.value->set(call.word(2), std::to_string(number));
  finish_change(call, hash, event_hash, "hincrby");
  return Reply::integer(number);
}

Reply hgetall_command(Call& call) {
  return list_fields(call, true, true);
}
Reply hkeys_command(Call& call) {
  return list_fields(call, true, false);
}
Reply hvals_command(Call& call) {
  return list_fields(call, false, true);
}

Reply hlen_command(Call& call) {
  const auto hash = read_as<Hash>(call);
  if (hash.wrong()) return wrong_type();
  return Reply::integer(hash.value ? static_cast<std::int64_t>(hash.value->fields().size()) : 0);
}

}  // namespace lockstep::redis
