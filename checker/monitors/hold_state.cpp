// One step at a time, each noted where it may have to be taken back.
#include "checker/monitors/hold_state.hpp"

#include <algorithm>

namespace lockstep {

HoldState::HoldState(std::span<const LockInterval> intervals, const HoldRules& rules, bool witness)
    : intervals_(intervals), rules_(rules), witness_(witness) {
  const std::uint32_t count = count_owners(intervals);
  owners_.resize(count);
  slots_.resize(count, none);
  plans_.resize(count);
  lost_acquires_.resize(count);
  lost_releases_.resize(count);
  for (std::uint32_t op = 0; op < intervals.size(); ++op) {
    if (intervals[op].ret != forever) continue;
    const LockInput& input = intervals[op].input;
    (input.acquire ? lost_acquires_ : lost_releases_)[input.owner].push_back(op);
    ++lost_;
  }
  if (witness) effects_.reserve(intervals.size());
  std::vector<std::uint32_t> acquires(count, 0);
  std::vector<std::uint32_t> releases(count, 0);
  for (const LockInterval& one : intervals) {
    const std::uint32_t owner = one.input.owner;
    if (lost_acquires_[owner].empty() && lost_releases_[owner].empty()) continue;
    if (one.ret == forever) {
      ++(one.input.acquire ? acquires : releases)[owner];
    } else {
      plans_[owner].add(one.input.acquire, acquires[owner], releases[owner]);
    }
  }
  for (OwnerPlan& plan : plans_) plan.settle(rules.depth);
  if (rules.fenced && !nothing_lost()) tokens_.reserve(intervals.size() / 2 + 1);
}

bool HoldState::blocked(const LockInput& input) const {
  if (rules_.readers) return input.shared ? writer_ != none : !holders_.empty();
  if (rules_.reentrant && owners_[input.owner].at.count > 0) return false;
  return load_ >= rules_.permits;
}

std::vector<std::uint32_t> HoldState::in_the_way_of(const LockInput& input) const {
  if (!rules_.readers || !input.shared) return holders_;
  if (writer_ == none) return {};
  return {writer_};
}

std::uint64_t HoldState::free_before(const LockInput& input) const {
  if (rules_.readers) return input.shared ? writer_since_ : held_since_;
  if (!rules_.fenced || input.token == 0 || tokens_.empty()) return full_since_;
  if (token_rises(input)) {
    const Token& highest = tokens_.back();
    const bool before = highest.passed ? highest.place <= full_since_ : highest.place < full_since_;
    return before ? full_since_ : 0;
  }
  const auto higher =
      std::lower_bound(tokens_.begin(), tokens_.end(), input.token,
                       [](const Token& entry, std::uint64_t token) { return entry.token < token; });
  return higher->token == input.token ? 0 : higher->place;
}

bool HoldState::token_rises(const LockInput& input) const {
  if (!rules_.fenced || input.token == 0 || tokens_.empty()) return true;
  return input.token > tokens_.back().token;
}

bool HoldState::survives(std::uint32_t owner, const OwnerPlan::At& at) const {
  return plans_[owner].survives(at);
}

bool HoldState::can_end_early(std::uint32_t owner, bool then_acquires) const {
  const Owner& asked = owners_[owner];
  OwnerPlan::At at = asked.at;
  const std::uint32_t times = rules_.reentrant ? at.count : 1;
  at.used_releases += times;
  at.count -= times;
  if (at.used_releases > asked.called_releases) return false;
  if (then_acquires) {
    ++at.count;
    ++at.next;
  }
  return survives(owner, at);
}

bool HoldState::can_pass(std::uint32_t owner) const {
  const Owner& asked = owners_[owner];
  OwnerPlan::At at = asked.at;
  ++at.next;
  return ++at.used_releases <= asked.called_releases && survives(owner, at);
}

std::optional<bool> HoldState::mode_of_lost_acquires(std::uint32_t owner) const {
  if (!rules_.readers || lost_acquires_[owner].empty()) return false;
  const bool shared = intervals_[lost_acquires_[owner].front()].input.shared;
  for (const auto op : lost_acquires_[owner]) {
    if (intervals_[op].input.shared != shared) return std::nullopt;
  }
  return shared;
}

HoldState::Owner& HoldState::touch(std::uint32_t owner) {
  Owner& touched = owners_[owner];
  if (trailing_ && touched.kept != stretch_) {
    trail_.push_back({owner, 0, touched});
    touched.kept = stretch_;
  }
  return touched;
}

void HoldState::note(std::uint32_t op, std::uint64_t place, When when) {
  if (witness_) effects_.push_back({place * 4 + static_cast<std::uint64_t>(when), op, op});
}

void HoldState::call_indeterminate(std::uint32_t op) {
  const LockInput& input = intervals_[op].input;
  Owner& owner = touch(input.owner);
  ++(input.acquire ? owner.called_acquires : owner.called_releases);
}

void HoldState::begin_hold(std::uint32_t owner, std::uint32_t op, bool shared,
                           std::uint64_t place) {
  Owner& begins = owners_[owner];
  if (begins.at.count++ == 0) {
    begins.began_with = op;
    begins.since = place;
    begins.deep = false;
    slots_[owner] = static_cast<std::uint32_t>(holders_.size());
    if (holders_.empty()) held_since_ = place;
    holders_.push_back(owner);
  } else if (rules_.reentrant) {
    begins.deep = true;
    return;
  }
  if (++load_ == rules_.permits) full_since_ = place;
  if (rules_.readers && !shared) {
    writer_ = owner;
    writer_since_ = place;
  }
}

void HoldState::end_holds(std::uint32_t owner, std::uint32_t times) {
  Owner& ends = owners_[owner];
  ends.at.count -= times;
  if (!rules_.reentrant) load_ -= times;
  if (ends.at.count > 0) return;
  if (rules_.reentrant) --load_;
  if (writer_ == owner) writer_ = none;
  const std::uint32_t last = holders_.back();
  holders_[slots_[owner]] = last;
  slots_[last] = slots_[owner];
  holders_.pop_back();
}

void HoldState::note_token(std::uint32_t op, std::uint64_t place, bool passed) {
  const std::uint64_t token = intervals_[op].input.token;
  if (!rules_.fenced || token == 0) return;
  if (nothing_lost()) tokens_.clear();  // there is no way back
  auto at = tokens_.end();
  while (at != tokens_.begin() && (at - 1)->token > token) --at;
  if (trailing_) trail_.push_back({none, static_cast<std::size_t>(at - tokens_.begin()), {}});
  tokens_.insert(at, {token, place, op, passed});
}

void HoldState::acquire(std::uint32_t op, std::uint64_t place) {
  const LockInput& input = intervals_[op].input;
  ++touch(input.owner).at.next;
  begin_hold(input.owner, op, input.shared, place);
  note_token(op, place, false);
  note(op, place, When::beginning);
}

void HoldState::release(std::uint32_t op, std::uint64_t place) {
  const std::uint32_t by = intervals_[op].input.owner;
  Owner& owner = touch(by);
  ++owner.at.next;
  owner.last_release = op;
  end_holds(by, 1);
  note(op, place, When::ending);
}

void HoldState::end_early(std::uint32_t owner, std::uint32_t times, std::uint64_t place) {
  Owner& ends = touch(owner);
  for (std::uint32_t i = 0; i < times; ++i) {
    note(lost_releases_[owner][ends.at.used_releases++], place, When::ending);
  }
  end_holds(owner, times);
}

void HoldState::pass(std::uint32_t op, std::uint64_t place) {
  const LockInput& input = intervals_[op].input;
  Owner& owner = touch(input.owner);
  ++owner.at.next;
  if (input.acquire) {
    const std::uint32_t undone_by = lost_releases_[input.owner][owner.at.used_releases++];
    note_token(op, place, true);
    note(op, place, When::passing);
    note(undone_by, place, When::passing);
    if (witness_) effects_.back().as = op;
  } else {
    note(lost_acquires_[input.owner][owner.at.used_acquires++], place, When::passing);
    note(op, place, When::passing);
  }
}

HoldState::Mark HoldState::mark() {
  trailing_ = true;
  ++stretch_;
  return {.trail = trail_.size(),
          .effects = effects_.size(),
          .load = load_,
          .writer = writer_,
          .full_since = full_since_,
          .writer_since = writer_since_,
          .held_since = held_since_,
          .holders = holders_};
}

void HoldState::restore(const Mark& mark) {
  ++stretch_;
  while (trail_.size() > mark.trail) {
    const Old& old = trail_.back();
    if (old.owner == none) {
      tokens_.erase(tokens_.begin() + static_cast<std::ptrdiff_t>(old.token));
    } else {
      owners_[old.owner] = old.before;
    }
    trail_.pop_back();
  }
  if (witness_) effects_.resize(mark.effects);
  load_ = mark.load;
  writer_ = mark.writer;
  full_since_ = mark.full_since;
  writer_since_ = mark.writer_since;
  held_since_ = mark.held_since;
  holders_ = mark.holders;
  for (std::uint32_t i = 0; i < holders_.size(); ++i) slots_[holders_[i]] = i;
}

std::vector<std::size_t> HoldState::witness() {
  const auto before = [&](const Effect& a, const Effect& b) {
    if (a.at != b.at) return a.at < b.at;
    const bool passing = a.at % 4 == static_cast<std::uint64_t>(When::passing);
    return passing && intervals_[a.as].input.token < intervals_[b.as].input.token;
  };
  if (!std::is_sorted(effects_.begin(), effects_.end(), before)) {
    std::stable_sort(effects_.begin(), effects_.end(), before);
  }
  std::vector<std::size_t> order;
  order.reserve(effects_.size());
  for (const Effect& effect : effects_) order.push_back(effect.op);
  return order;
}

}  // namespace lockstep
