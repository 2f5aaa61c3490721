#pragma once
// The search for a linearization: Wing and Gong's, with Lowe's just-in-time order and memory of
// what failed ("Testing for linearizability", 2017), over any model.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "checker/hash_index.hpp"
#include "checker/operation.hpp"
#include "core/verdict.hpp"

namespace lockstep {

/// A sequential specification: a state, and which inputs it allows. Its functions may be static;
/// a model with parameters, or with a table of its states, is an object.
template <class M>
concept SequentialModel =
    requires(M& model, typename M::State state, const typename M::Input& input) {
      { model.initial() } -> std::same_as<typename M::State>;
      /// Moves the state; false when the input is impossible here (the state is then of no use).
      { model.step(state, input) } -> std::same_as<bool>;
      /// The same number for equal states, on every machine.
      { model.hash(state) } -> std::same_as<std::uint64_t>;
      /// True only for inputs that change no state, ever: reads. (That a write changes nothing here
      /// and now is not enough: it may be needed later.)
      { model.only_looks(input) } -> std::same_as<bool>;
      { state == state } -> std::same_as<bool>;
      { input == input } -> std::same_as<bool>;
    };

/// Something that takes effect at one instant strictly between two places of a history. Without a
/// return (forever) it may also never take effect.
template <class Input>
struct Interval {
  Input input;
  std::uint64_t call = 0;
  std::uint64_t ret = forever;
};

struct Budget {
  std::uint64_t steps = 20'000'000;
  std::size_t bytes = std::size_t{1} << 29;  // of memory for what failed
};

struct SearchResult {
  static constexpr std::size_t nothing = ~std::size_t{0};

  Status status = Status::unknown;
  /// holds: a linearization, as indices of the intervals. Otherwise the longest prefix of the
  /// history that was put in order: all that returned before `stuck` did, and what that needed.
  std::vector<std::size_t> order{};
  /// The first interval whose return could not be explained. (unknown: not yet explained.)
  std::size_t stuck = nothing;
  std::uint64_t steps = 0;
  /// violated: the intervals that met where no more was possible, if that is known.
  std::vector<std::size_t> conflict{};
};

/// Which sets of operations, with which state, are known to lead nowhere. Compares whole keys: a
/// hash that collides costs time, never a wrong answer.
template <class State>
class DeadEnds {
 public:
  bool empty() const { return entries_.empty(); }
  std::size_t bytes() const {
    return entries_.capacity() * sizeof(Entry) + words_.capacity() * sizeof(std::uint64_t) +
           index_.bytes();
  }

  bool contains(std::uint64_t hash, const State& state, std::span<const std::uint64_t> key) const {
    return index_.find(hash, [&](std::uint32_t place) {
      const Entry& entry = entries_[place];
      return entry.length == key.size() && entry.state == state &&
             std::equal(key.begin(), key.end(), words_.begin() + entry.first);
    }) != HashIndex::none;
  }

  void insert(std::uint64_t hash, const State& state, std::span<const std::uint64_t> key) {
    index_.insert(hash, static_cast<std::uint32_t>(entries_.size()));
    entries_.push_back({static_cast<std::ptrdiff_t>(words_.size()), key.size(), state});
    words_.insert(words_.end(), key.begin(), key.end());
  }

 private:
  struct Entry {
    std::ptrdiff_t first;
    std::size_t length;
    State state;
  };

  std::vector<Entry> entries_;
  std::vector<std::uint64_t> words_;
  HashIndex index_;
};

/// Depth first over "what takes effect next". Three things keep it short: what returns first is
/// tried first; an operation that only looks is taken as soon as it can be; of equal indeterminate
/// operations only the first called is tried.
template <SequentialModel M>
class Search {
 public:
  using State = typename M::State;
  using Input = typename M::Input;

  explicit Search(std::span<const Interval<Input>> intervals, Budget budget = {}, M model = {})
      : model_(std::move(model)), intervals_(intervals), budget_(budget) {
    number();
    link();
  }

  SearchResult run() {
    enter(model_.initial(), 0);
    while (true) {
      if (unexplained_ == 0) return success();
      Frame& frame = frames_.back();
      if (frame.next == choices_.size()) {
        leave();
        if (frames_.empty()) return failure(Status::violated);
        continue;
      }
      const Choice choice = choices_[frame.next++];
      lift(choice.op);
      order_.push_back(choice.op);
      if (++steps_ > budget_.steps || dead_.bytes() > budget_.bytes) return give_up();
      const auto top = choice.op < definite_ ? std::max(frame.top, choice.op + 1) : frame.top;
      if (!dead_.empty() && is_dead_end(choice.state, top)) {
        undo();
        continue;
      }
      enter(choice.state, top);
    }
  }

 private:
  // Operations are numbered anew: those that returned in the order of their calls, then the
  // indeterminate ones in the order of theirs.
  using Number = std::uint32_t;
  struct Choice {
    Number op;
    State state;  // after it
  };
  struct Frame {
    State state;
    std::size_t first;  // of its choices, which reach to the end of choices_ while it is on top
    std::size_t next;
    Number top;  // above every definite operation that took effect
    Number due;  // of those left, the one that returns first
  };

  void number() {
    const auto count = static_cast<Number>(intervals_.size());
    source_.resize(count);
    for (Number i = 0; i < count; ++i) source_[i] = i;
    const auto by_call = [&](Number a, Number b) {
      const bool a_open = intervals_[a].ret == forever;
      const bool b_open = intervals_[b].ret == forever;
      if (a_open != b_open) return b_open;
      return intervals_[a].call < intervals_[b].call;
    };
    if (!std::is_sorted(source_.begin(), source_.end(), by_call)) {
      std::stable_sort(source_.begin(), source_.end(), by_call);
    }
    definite_ = 0;
    while (definite_ < count && intervals_[source_[definite_]].ret != forever) ++definite_;
    unexplained_ = definite_;
    words_ = (definite_ + 63) / 64;
    done_.assign(words_ + (count - definite_ + 63) / 64, 0);
  }

  // Two rings of what is left: the definite with its anchor at count, the others at count + 1.
  void link() {
    const auto count = static_cast<Number>(intervals_.size());
    next_.resize(count + 2);
    previous_.resize(count + 2);
    const auto ring = [&](Number from, Number to, Number anchor) {
      Number last = anchor;
      for (Number i = from; i < to; ++i) {
        next_[last] = i;
        previous_[i] = last;
        last = i;
      }
      next_[last] = anchor;
      previous_[anchor] = last;
    };
    ring(0, definite_, count);
    ring(definite_, count, count + 1);
    twin_.assign(count, count);
    for (Number i = definite_; i < count; ++i) {
      for (Number j = i; j-- > definite_;) {
        if (!(at(j).input == at(i).input)) continue;
        twin_[i] = j;
        break;
      }
    }
  }

  const Interval<Input>& at(Number op) const { return intervals_[source_[op]]; }
  bool done(Number op) const { return (done_[word(op)] >> bit(op) & 1) != 0; }
  std::size_t word(Number op) const {
    return op < definite_ ? op / 64 : words_ + (op - definite_) / 64;
  }
  std::size_t bit(Number op) const { return op < definite_ ? op % 64 : (op - definite_) % 64; }

  void lift(Number op) {
    next_[previous_[op]] = next_[op];
    previous_[next_[op]] = previous_[op];
    done_[word(op)] |= std::uint64_t{1} << bit(op);
    if (op < definite_) --unexplained_;
  }

  void undo() {
    const Number op = order_.back();
    order_.pop_back();
    kept_ = std::min(kept_, order_.size());
    next_[previous_[op]] = op;
    previous_[next_[op]] = op;
    done_[word(op)] &= ~(std::uint64_t{1} << bit(op));
    if (op < definite_) ++unexplained_;
  }

  // Finds what may take effect next in this state: whatever was called before the first return
  // of what is left.
  void enter(const State& state, Number top) {
    Frame frame{state, choices_.size(), choices_.size(), top, 0};
    const auto count = static_cast<Number>(intervals_.size());
    std::uint64_t first_return = forever;
    bool settled = false;
    for (Number op = next_[count]; op != count; op = next_[op]) {
      const auto& interval = at(op);
      if (interval.call > first_return) break;
      if (interval.ret < first_return) {
        first_return = interval.ret;
        frame.due = op;
      }
      if (!settled) settled = offer(op, frame);
    }
    for (Number op = next_[count + 1]; !settled && op != count + 1; op = next_[op]) {
      if (at(op).call > first_return) break;
      if (twin_[op] == count || done(twin_[op])) offer_open(op, state);
    }
    frames_.push_back(frame);
  }

  // Returns true when nothing else need be tried: the operation is possible and only looks.
  bool offer(Number op, const Frame& frame) {
    Choice choice{op, frame.state};
    if (!model_.step(choice.state, at(op).input)) return false;
    if (model_.only_looks(at(op).input)) {
      choices_.resize(frame.first, choice);
      choices_.push_back(choice);
      return true;
    }
    choices_.push_back(choice);
    // What returns first goes first.
    for (auto i = choices_.size() - 1; i > frame.first; --i) {
      if (at(choices_[i - 1].op).ret <= at(op).ret) break;
      std::swap(choices_[i - 1], choices_[i]);
    }
    return false;
  }

  void offer_open(Number op, const State& state) {
    Choice choice{op, state};
    if (!model_.step(choice.state, at(op).input) || choice.state == state) return;
    choices_.push_back(choice);
  }

  // Nothing follows from the frame on top: remember that, and take back what led to it.
  void leave() {
    const Frame frame = frames_.back();
    note_progress(frame);
    dead_.insert(key_of(frame.state, frame.top), frame.state, key_);
    choices_.erase(choices_.begin() + static_cast<std::ptrdiff_t>(frame.first), choices_.end());
    frames_.pop_back();
    if (!frames_.empty()) undo();
  }

  void note_progress(const Frame& frame) {
    const auto reached = at(frame.due).ret;
    if (reached < reached_ || (reached == reached_ && order_.size() <= longest_.size())) return;
    longest_.resize(kept_);
    longest_.insert(longest_.end(), order_.begin() + static_cast<std::ptrdiff_t>(kept_),
                    order_.end());
    kept_ = order_.size();
    reached_ = reached;
    stuck_ = frame.due;
  }

  bool is_dead_end(const State& state, Number top) {
    return dead_.contains(key_of(state, top), state, key_);
  }

  // The set of what took effect: where the unbroken beginning ends, the words from there to the
  // last one taken, and the words of the indeterminate ones.
  std::uint64_t key_of(const State& state, Number top) {
    const std::size_t base = next_[intervals_.size()] / 64;
    key_.assign(1, base);
    for (auto i = base; i * 64 < top; ++i) key_.push_back(done_[i]);
    key_.insert(key_.end(), done_.begin() + static_cast<std::ptrdiff_t>(words_), done_.end());
    std::uint64_t hash = model_.hash(state);
    for (const auto part : key_) {
      hash = (hash ^ part) * 0x9fb21c651e98df25u;
      hash ^= hash >> 32;
    }
    return hash;
  }

  SearchResult success() {
    longest_ = order_;
    return result(Status::holds, SearchResult::nothing);
  }
  SearchResult failure(Status status) { return result(status, source_[stuck_]); }
  SearchResult give_up() {
    undo();
    note_progress(frames_.back());
    return failure(Status::unknown);
  }
  SearchResult result(Status status, std::size_t stuck) {
    SearchResult found{.status = status, .order = {}, .stuck = stuck, .steps = steps_};
    found.order.reserve(longest_.size());
    for (const Number op : longest_) found.order.push_back(source_[op]);
    return found;
  }

  M model_;
  std::span<const Interval<Input>> intervals_;
  Budget budget_;
  std::vector<Number> source_;  // number -> index of the interval
  std::vector<Number> next_, previous_;
  std::vector<Number> twin_;  // the equal indeterminate operation called before this one, if any
  std::vector<std::uint64_t> done_;
  std::size_t words_ = 0;  // of done_, for the definite
  Number definite_ = 0;
  Number unexplained_ = 0;
  std::vector<Choice> choices_;
  std::vector<Frame> frames_;
  std::vector<Number> order_;
  std::vector<Number> longest_;
  std::size_t kept_ = 0;  // so much of longest_ is still the beginning of order_
  std::uint64_t reached_ = 0;
  Number stuck_ = 0;
  std::uint64_t steps_ = 0;
  DeadEnds<State> dead_;
  std::vector<std::uint64_t> key_;
};

template <SequentialModel M>
SearchResult search(std::span<const Interval<typename M::Input>> intervals, Budget budget = {},
                    M model = {}) {
  return Search<M>(intervals, budget, std::move(model)).run();
}

}  // namespace lockstep
