// Lists: fair locks queue their waiters in one.
#include <algorithm>

#include "backends/redis/commands.hpp"
#include "backends/redis/expiry.hpp"
#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

enum class End : std::uint8_t { head, tail };

Reply push(Call& call, End end, bool only_if_present) {
  auto list = modify_as<List>(call);
  if (list.wrong()) return wrong_type();
  if (list.absent() && only_if_present) return Reply::integer(0);
  if (list.absent()) list = as<List>(&call.db.create(call.key(), List()));
  for (std::size_t i = 2; i < call.size(); ++i) {
    const auto place = end == End::head ? list.value->begin() : list.value->end();
    list.value->insert(place, call.word(i));
  }
  finish_change(call, list, event_list, end == End::head ? "lpush" : "rpush");
  return Reply::integer(static_cast<std::int64_t>(list.value ? list.value->size() : 0));
}

std::string take(List& list, End end) {
  const auto place = end == End::head ? list.begin() : list.end() - 1;
  std::string element = std::move(*place);
  list.erase(place);
  return element;
}

Reply pop(Call& call, End end) {
  const bool counted = call.size() == 3;
  if (call.size() > 3) return wrong_arity(lowercase(call.word(0)));
  std::int64_t count = 1;
  if (counted) {
    const auto parsed = parse_integer(call.word(2));
    if (!parsed || *parsed < 0) {
      return Reply::error("ERR value is out of range, must be positive");
    }
    count = *parsed;
  }
  auto list = modify_as<List>(call);
  if (list.absent()) return counted ? Reply::nil_array() : Reply::nil();
  if (list.wrong()) return wrong_type();
  std::vector<Reply> taken;
  for (; count > 0 && !list.value->empty(); --count) {
    taken.push_back(Reply::bulk(take(*list.value, end)));
  }
  if (!taken.empty()) finish_change(call, list, event_list, end == End::head ? "lpop" : "rpop");
  return counted ? Reply::array(std::move(taken)) : std::move(taken.front());
}

/// Removes up to `count` equal elements from one end (0: all); gives how many went.
std::int64_t remove_equal(List& list, std::int64_t count, const std::string& element) {
  const bool from_tail = count < 0;
  if (from_tail) std::reverse(list.begin(), list.end());
  const std::uint64_t most =
      from_tail ? std::uint64_t{0} - static_cast<std::uint64_t>(count)
                : (count == 0 ? ~std::uint64_t{0} : static_cast<std::uint64_t>(count));
  std::uint64_t removed = 0;
  std::erase_if(list, [&](const std::string& each) {
    const bool go = removed < most && each == element;
    removed += go;
    return go;
  });
  if (from_tail) std::reverse(list.begin(), list.end());
  return static_cast<std::int64_t>(removed);
}

/// The index that a possibly negative one means; nothing when it is out of the list.
std::optional<std::size_t> place_of(const List& list, std::int64_t index) {
  const auto size = static_cast<std::int64_t>(list.size());
  const std::int64_t place = index < 0 ? index + size : index;
  if (place < 0 || place >= size) return std::nullopt;
  return static_cast<std::size_t>(place);
}

}  // namespace

Reply lpush_command(Call& call) {
  return push(call, End::head, false);
}
Reply rpush_command(Call& call) {
  return push(call, End::tail, false);
}
Reply lpushx_command(Call& call) {
  return push(call, End::head, true);
}
Reply rpushx_command(Call& call) {
  return push(call, End::tail, true);
}
Reply lpop_command(Call& call) {
  return pop(call, End::head);
}
Reply rpop_command(Call& call) {
  return pop(call, End::tail);
}

Reply llen_command(Call& call) {
  const auto list = read_as<List>(call);
  if (list.wrong()) return wrong_type();
  return Reply::integer(list.value ? static_cast<std::int64_t>(list.value->size()) : 0);
}

Reply lrange_command(Call& call) {
  const auto first = parse_integer(call.word(2));
  const auto last = parse_integer(call.word(3));
  if (!first || !last) return not_an_integer();
  const auto list = read_as<List>(call);
  if (list.wrong()) return wrong_type();
  std::vector<Reply> out;
  if (list.value) {
    const Span span = clamp_range(*first, *last, list.value->size());
    for (std::size_t i = span.first; i < span.last; ++i) {
      out.push_back(Reply::bulk((*list.value)[i]));
    }
  }
  return Reply::array(std::move(out));
}

Reply lindex_command(Call& call) {
  const auto list = read_as<List>(call);
  if (list.absent()) return Reply::nil();
  if (list.wrong()) return wrong_type();
  const auto index = parse_integer(call.word(2));
  if (!index) return not_an_integer();
  const auto place = place_of(*list.value, *index);
  return place ? Reply::bulk((*list.value)[*place]) : Reply::nil();
}

Reply lset_command(Call& call) {
  auto list = modify_as<List>(call);
  if (list.absent()) return Reply::error("ERR no such key");
  if (list.wrong()) return wrong_type();
  const auto index = parse_integer(call.word(2));
  if (!index) return not_an_integer();
  const auto place = place_of(*list.value, *index);
  if (!place) return Reply::error("ERR index out of range");
  (*list.value)[*place] = call.word(3);
  finish_change(call, list, event_list, "lset");
  return Reply::ok();
}

Reply lrem_command(Call& call) {
  const auto count = parse_integer(call.word(2));
  if (!count) return not_an_integer();
  auto list = modify_as<List>(call);
  if (list.wrong()) return wrong_type();
  if (list.absent()) return Reply::integer(0);
  const std::int64_t removed = remove_equal(*list.value, *count, call.word(3));
  if (removed > 0) finish_change(call, list, event_list, "lrem");
  return Reply::integer(removed);
}

Reply ltrim_command(Call& call) {
  const auto first = parse_integer(call.word(2));
  const auto last = parse_integer(call.word(3));
  if (!first || !last) return not_an_integer();
  auto list = modify_as<List>(call);
  if (list.absent()) return Reply::ok();
  if (list.wrong()) return wrong_type();
  const Span span = clamp_range(*first, *last, list.value->size());
  List kept(list.value->begin() + static_cast<std::ptrdiff_t>(span.first),
            list.value->begin() + static_cast<std::ptrdiff_t>(span.last));
  *list.value = std::move(kept);
  finish_change(call, list, event_list, "ltrim");
  return Reply::ok();
}

}  // namespace lockstep::redis
