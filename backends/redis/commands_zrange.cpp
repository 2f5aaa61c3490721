// Sorted sets by rank and by score: reading ranges, counting them and removing them.
#include <algorithm>

#include "backends/redis/commands.hpp"
#include "backends/redis/expiry.hpp"
#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

struct Bound {
  Score score = 0;
  bool open = false;  // "(5": 5 itself is outside
};

std::optional<Bound> parse_bound(std::string_view text) {
  const bool open = !text.empty() && text.front() == '(';
  if (open) text.remove_prefix(1);
  // Read by strtod, which takes nothing at all for zero and skips spaces in front of a number.
  if (text.empty()) return Bound{0, open};
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
  const auto score = parse_score(text);
  if (!score) return std::nullopt;
  return Bound{*score, open};
}

struct Bounds {
  Bound low;
  Bound high;
};

std::optional<Bounds> parse_bounds(const std::string& low, const std::string& high) {
  const auto from = parse_bound(low);
  const auto to = parse_bound(high);
  if (!from || !to) return std::nullopt;
  return Bounds{*from, *to};
}

Reply not_a_float() {
  return Reply::error("ERR min or max is not a float");
}

/// The ranks whose scores lie within the bounds: they are neighbours.
Span ranks_within(const SortedSet& set, const Bounds& bounds) {
  const auto& members = set.members();
  const auto below = [&](const SortedSet::Member& m) {
    return m.score < bounds.low.score || (bounds.low.open && m.score == bounds.low.score);
  };
  const auto within = [&](const SortedSet::Member& m) {
    return m.score < bounds.high.score || (!bounds.high.open && m.score == bounds.high.score);
  };
  const auto first = std::find_if_not(members.begin(), members.end(), below);
  const auto last = std::find_if_not(first, members.end(), within);
  return {static_cast<std::size_t>(first - members.begin()),
          static_cast<std::size_t>(last - members.begin())};
}

struct RangeOptions {
  bool by_score = false;
  bool reverse = false;
  bool with_scores = false;
  bool limited = false;
  std::int64_t offset = 0;
  std::int64_t count = -1;
};

/// Reads the options from word 4 on; `full` allows those that ZRANGE alone knows.
std::optional<Reply> parse_options(const Call& call, bool full, RangeOptions& options) {
  for (std::size_t i = 4; i < call.size(); ++i) {
    const std::string option = lowercase(call.word(i));
    if (option == "withscores") {
      options.with_scores = true;
    } else if (option == "limit" && i + 2 < call.size()) {
      const auto offset = parse_integer(call.word(i + 1));
      const auto count = parse_integer(call.word(i + 2));
      if (!offset || !count) return not_an_integer();
      options.offset = *offset;
      options.count = *count;
      options.limited = true;
      i += 2;
    } else if (full && option == "rev") {
      options.reverse = true;
    } else if (full && option == "byscore") {
      options.by_score = true;
    } else {
      return syntax_error();
    }
  }
  if (options.limited && options.count != -1 && !options.by_score) {
    return Reply::error(
        "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  }
  return std::nullopt;
}

/// The members of a span, lowest or highest first, after LIMIT.
Reply list(const SortedSet& set, Span span, const RangeOptions& options) {
  std::vector<Reply> out;
  const auto size = static_cast<std::int64_t>(span.last - span.first);
  if (options.offset < 0) return Reply::array({});
  std::int64_t left = options.count < 0 ? size : options.count;
  for (std::int64_t i = options.offset; i < size && left > 0; ++i, --left) {
    const auto step = static_cast<std::size_t>(i);
    const std::size_t rank = options.reverse ? span.last - 1 - step : span.first + step;
    const SortedSet::Member& member = set.members()[rank];
    out.push_back(Reply::bulk(member.name));
    if (options.with_scores) out.push_back(Reply::bulk(format_score(member.score)));
  }
  return Reply::array(std::move(out));
}

Reply range(Call& call, RangeOptions options, bool full) {
  if (auto refusal = parse_options(call, full, options)) return *std::move(refusal);
  const std::string& from = call.word(2);
  const std::string& to = call.word(3);
  if (options.by_score) {
    const auto bounds = options.reverse ? parse_bounds(to, from) : parse_bounds(from, to);
    if (!bounds) return not_a_float();
    const auto set = read_as<SortedSet>(call);
    if (set.wrong()) return wrong_type();
    if (set.absent()) return Reply::array({});
    return list(*set.value, ranks_within(*set.value, *bounds), options);
  }
  const auto first = parse_integer(from);
  const auto last = parse_integer(to);
  if (!first || !last) return not_an_integer();
  const auto set = read_as<SortedSet>(call);
  if (set.wrong()) return wrong_type();
  if (set.absent()) return Reply::array({});
  Span span = clamp_range(*first, *last, set.value->members().size());
  if (options.reverse && span.first != span.last) {
    const std::size_t size = set.value->members().size();
    span = {size - span.last, size - span.first};
  }
  options.offset = 0;
  options.count = -1;
  return list(*set.value, span, options);
}

Reply rank(Call& call, bool reverse) {
  const auto set = read_as<SortedSet>(call);
  if (set.wrong()) return wrong_type();
  if (set.absent()) return Reply::nil();
  const auto& members = set.value->members();
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i].name != call.word(2)) continue;
    return Reply::integer(static_cast<std::int64_t>(reverse ? members.size() - 1 - i : i));
  }
  return Reply::nil();
}

Reply remove_span(Call& call, Found<SortedSet>& set, Span span, std::string_view event) {
  if (span.first == span.last) return Reply::integer(0);
  set.value->erase_ranks(span.first, span.last);
  finish_change(call, set, event_zset, event);
  return Reply::integer(static_cast<std::int64_t>(span.last - span.first));
}

}  // namespace

Reply zrange_command(Call& call) {
  return range(call, {}, true);
}

Reply zrevrange_command(Call& call) {
  RangeOptions options;
  options.reverse = true;
  return range(call, options, false);
}

Reply zrangebyscore_command(Call& call) {
  RangeOptions options;
  options.by_score = true;
  return range(call, options, false);
}

Reply zrevrangebyscore_command(Call& call) {
  RangeOptions options;
  options.by_score = true;
  options.reverse = true;
  return range(call, options, false);
}

Reply zrank_command(Call& call) {
  return rank(call, false);
}
Reply zrevrank_command(Call& call) {
  return rank(call, true);
}

Reply zcount_command(Call& call) {
  const auto bounds = parse_bounds(call.word(2), call.word(3));
  if (!bounds) return not_a_float();
  const auto set = read_as<SortedSet>(call);
  if (set.wrong()) return wrong_type();
  if (set.absent()) return Reply::integer(0);
  const Span span = ranks_within(*set.value, *bounds);
  return Reply::integer(static_cast<std::int64_t>(span.last - span.first));
}

Reply zremrangebyscore_command(Call& call) {
  const auto bounds = parse_bounds(call.word(2), call.word(3));
  if (!bounds) return not_a_float();
  auto set = modify_as<SortedSet>(call);
  if (set.wrong()) return wrong_type();
  if (set.absent()) return Reply::integer(0);
  return remove_span(call, set, ranks_within(*set.value, *bounds), "zremrangebyscore");
}

Reply zremrangebyrank_command(Call& call) {
  const auto first = parse_integer(call.word(2));
  const auto last = parse_integer(call.word(3));
  if (!first || !last) return not_an_integer();
  auto set = modify_as<SortedSet>(call);
  if (set.wrong()) return wrong_type();
  if (set.absent()) return Reply::integer(0);
  const Span span = clamp_range(*first, *last, set.value->members().size());
  return remove_span(call, set, span, "zremrangebyrank");
}

}  // namespace lockstep::redis
