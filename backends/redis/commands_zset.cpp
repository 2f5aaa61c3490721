// Sorted sets, changed: semaphores and fair locks keep deadlines and turns in them.
#include <cmath>

#include "backends/redis/commands.hpp"
#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

struct AddOptions {
  bool if_absent = false;
  bool if_present = false;
  bool greater = false;
  bool less = false;
  bool count_changed = false;
  bool increment = false;
};

/// Reads the options after the key; gives the place of the first score.
std::size_t parse_options(const Call& call, AddOptions& options) {
  std::size_t at = 2;
  for (; at < call.size(); ++at) {
    const std::string option = lowercase(call.word(at));
    if (option == "nx") {
      options.if_absent = true;
    } else if (option == "xx") {
      options.if_present = true;
    } else if (option == "gt") {
      options.greater = true;
    } else if (option == "lt") {
      options.less = true;
    } else if (option == "ch") {
      options.count_changed = true;
    } else if (option == "incr") {
      options.increment = true;
    } else {
      break;
    }
  }
  return at;
}

std::optional<Reply> check(const AddOptions& options, std::size_t words_left) {
  if (words_left == 0 || words_left % 2 == 1) return syntax_error();
  if (options.if_absent && options.if_present) {
    return Reply::error("ERR XX and NX options at the same time are not compatible");
  }
  const int bounds = options.if_absent + options.greater + options.less;
  if (bounds > 1) {
    return Reply::error("ERR GT, LT, and/or NX options at the same time are not compatible");
  }
  if (options.increment && words_left > 2) {
    return Reply::error("ERR INCR option supports a single increment-element pair");
  }
  return std::nullopt;
}

struct Added {
  int added = 0;
  int updated = 0;
  bool not_a_number = false;
  std::optional<Score> score;  // of the last member that was processed, not skipped
};

void add_one(SortedSet& set, const AddOptions& options, Score score, const std::string& name,
             Added& result) {
  result.score.reset();
  const SortedSet::Member* const known = set.find(name);
  if (!known) {
    if (options.if_present) return;
    set.set(name, score);
    result.score = score;
    ++result.added;
    return;
  }
  if (options.if_absent) return;
  const Score old = known->score;
  if (options.increment) score += old;
  if (std::isnan(score)) {
    result.not_a_number = true;
    return;
  }
  if ((options.less && score >= old) || (options.greater && score <= old)) return;
  result.score = score;
  if (score == old) return;
  set.set(name, score);
  ++result.updated;
}

Reply add(Call& call, const AddOptions& options, std::size_t first) {
  std::vector<Score> scores;
  for (std::size_t i = first; i < call.size(); i += 2) {
    const auto score = parse_score(call.word(i));
    if (!score) return Reply::error("ERR value is not a valid float");
    scores.push_back(*score);
  }
  auto set = modify_as<SortedSet>(call);
  if (set.wrong()) return wrong_type();
  const Reply nothing = options.increment ? Reply::nil() : Reply::integer(0);
  if (set.absent() && options.if_present) return nothing;
  if (set.absent()) set = as<SortedSet>(&call.db.create(call.key(), SortedSet()));
  Added result;
  for (std::size_t i = 0; i < scores.size() && !result.not_a_number; ++i) {
    add_one(*set.value, options, scores[i], call.word(first + 2 * i + 1), result);
  }
  if (result.added + result.updated > 0) {
    finish_change(call, set, event_zset, options.increment ? "zincr" : "zadd");
  }
  if (result.not_a_number) return Reply::error("ERR resulting score is not a number (NaN)");
  if (options.increment) {
    return result.score ? Reply::bulk(format_score(*result.score)) : Reply::nil();
  }
  return Reply::integer(result.added + (options.count_changed ? result.updated : 0));
}

Reply pop(Call& call, bool lowest) {
  if (call.size() > 3) return syntax_error();
  std::size_t count = 1;
  if (call.size() == 3) {
    const auto parsed = parse_integer(call.word(2));
    if (!parsed || *parsed < 0) {
      return Reply::error("ERR value is out of range, must be positive");
    }
    count = static_cast<std::size_t>(*parsed);
  }
  auto set = modify_as<SortedSet>(call);
  if (set.wrong()) return wrong_type();
  std::vector<Reply> taken;
  for (; set.value && count > 0 && !set.value->empty(); --count) {
    const auto& members = set.value->members();
    const std::size_t rank = lowest ? 0 : members.size() - 1;
    taken.push_back(Reply::bulk(members[rank].name));
    taken.push_back(Reply::bulk(format_score(members[rank].score)));
    set.value->erase_ranks(rank, rank + 1);
  }
  if (!taken.empty()) finish_change(call, set, event_zset, lowest ? "zpopmin" : "zpopmax");
  return Reply::array(std::move(taken));
}

}  // namespace

Reply zadd_command(Call& call) {
  AddOptions options;
  const std::size_t first = parse_options(call, options);
  if (auto refusal = check(options, call.size() - first)) return *std::move(refusal);
  return add(call, options, first);
}

Reply zincrby_command(Call& call) {
  AddOptions options;
  options.increment = true;
  return add(call, options, 2);
}

Reply zrem_command(Call& call) {
  auto set = modify_as<SortedSet>(call);
  if (set.wrong()) return wrong_type();
  if (set.absent()) return Reply::integer(0);
  std::int64_t removed = 0;
  for (std::size_t i = 2; i < call.size(); ++i) removed += set.value->erase(call.word(i));
  if (removed > 0) finish_change(call, set, event_zset, "zrem");
  return Reply::integer(removed);
}

Reply zpopmin_command(Call& call) {
  return pop(call, true);
}
Reply zpopmax_command(Call& call) {
  return pop(call, false);
}

Reply zcard_command(Call& call) {
  const auto set = read_as<SortedSet>(call);
  if (set.wrong()) return wrong_type();
  return Reply::integer(set.value ? static_cast<std::int64_t>(set.value->members().size()) : 0);
}

Reply zscore_command(Call& call) {
  const auto set = read_as<SortedSet>(call);
  if (set.wrong()) return wrong_type();
  const SortedSet::Member* const member = set.value ? set.value->find(call.word(2)) : nullptr;
  return member ? Reply::bulk(format_score(member->score)) : Reply::nil();
}

Reply zmscore_command(Call& call) {
  const auto set = read_as<SortedSet>(call);
  if (set.wrong()) return wrong_type();
  std::vector<Reply> scores;
  for (std::size_t i = 2; i < call.size(); ++i) {
    const SortedSet::Member* const member = set.value ? set.value->find(call.word(i)) : nullptr;
    scores.push_back(member ? Reply::bulk(format_score(member->score)) : Reply::nil());
  }
  return Reply::array(std::move(scores));
}

}  // namespace lockstep::redis
