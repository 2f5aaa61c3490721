#pragma once
// Small histories of an object that mostly does what its model says: drawn by letting operations
// take effect where the model allows it, and now and then reporting what did not happen.

#include <optional>
#include <string>
#include <vector>

#include "checker/model.hpp"
#include "tests/checker/choices.hpp"
#include "tests/checker/histories.hpp"

namespace lockstep::testing {

/// What the drawing of a model's next operation goes by.
struct Turn {
  Choices& random;
  std::uint64_t& tokens;  // so many were given out
  std::size_t begun;      // operations so far of this process
};

/// How to draw histories for a model.
struct World {
  std::string model;
  Drawn (*draw)(Turn);
  Terms terms{};
};

class WorldHistory {
 public:
  WorldHistory(const World& world, const Model& model, std::uint64_t seed)
      : WorldHistory(world, model, Choices(Random(seed, "world"))) {}
  WorldHistory(const World& world, const Model& model, Choices choices)
      : world_(world), model_(model), random_(choices) {
    done_.reserve(64);
  }

  History draw(std::uint64_t most) {
    const std::uint64_t count = 1 + random_.below(most);
    open_.resize(1 + random_.below(4));
    begun_.assign(open_.size(), 0);
    shared_owners_ = random_.below(5) == 0;
    named_owners_ = shared_owners_ || random_.below(2) == 0;
    lies_ = random_.below(3) == 0 ? 0 : 1 + random_.below(3);
    losses_ = random_.below(3);
    for (std::uint64_t turns = 0, begun = 0; turns < 20 * count; ++turns) {
      const std::size_t process = random_.below(open_.size());
      if (open_[process]) {
        proceed(process);
      } else if (begun < count) {
        begin(process);
        ++begun;
      }
    }
    return history_of(std::move(events_));
  }

 private:
  struct Open {
    Drawn drawn;
    bool happened = false;
  };

  Op about(std::size_t process, OpType type, const Drawn& drawn) const {
    Op op = event(static_cast<std::int64_t>(process), type, drawn.f, drawn.asked);
    if (named_owners_) {
      op.owner = shared_owners_ && process > 0 ? "b" : std::string(1, "abcd"[process]);
    }
    if (type == OpType::ok) {
      if (drawn.answered != OpValue{}) op.value = drawn.answered;
      op.token = drawn.token;
    }
    return op;
  }

  void begin(std::size_t process) {
    const Turn turn{random_, tokens_, begun_[process]++};
    open_[process] = Open{world_.draw(turn)};
    events_.push_back(about(process, OpType::invoke, open_[process]->drawn));
  }

  void proceed(std::size_t process) {
    Open& open = *open_[process];
    if (!open.happened && random_.below(3) != 0) open.happened = happens(process, open.drawn);
    const std::uint64_t fate = random_.below(10);
    if (fate < losses_) return end(process, OpType::info);
    if (open.happened && fate < 7) return end(process, OpType::ok);
    if (!open.happened && fate == 8) return end(process, OpType::fail);
    if (fate == 9 && random_.below(4) < lies_) return end(process, OpType::ok);
  }

  void end(std::size_t process, OpType type) {
    events_.push_back(about(process, type, open_[process]->drawn));
    open_[process].reset();
  }

  // Takes effect now, if the model lets it.
  bool happens(std::size_t process, const Drawn& drawn) {
    done_.push_back(about(process, OpType::invoke, drawn));
    done_.push_back(about(process, OpType::ok, drawn));
    const std::size_t place = done_.size();
    const WorldTime now(std::chrono::milliseconds(events_.size()));
    done_[place - 2].time = done_[place - 1].time = now;
    operations_.push_back({.invoked = &done_[place - 2],
                           .completed = &done_[place - 1],
                           .call = place - 2,
                           .ret = place - 1});
    order_.push_back(operations_.size() - 1);
    if (model_.allows(operations_, order_, world_.terms).value_or(false)) return true;
    done_.resize(place - 2);
    operations_.pop_back();
    order_.pop_back();
    return false;
  }

  const World& world_;
  const Model& model_;
  Choices random_;
  std::uint64_t tokens_ = 0;
  std::uint64_t lies_ = 0;
  std::uint64_t losses_ = 0;
  bool shared_owners_ = false;
  bool named_owners_ = false;
  std::vector<std::optional<Open>> open_;
  std::vector<std::size_t> begun_;
  std::vector<Op> events_;
  History done_;  // what took effect, in this order
  Operations operations_;
  std::vector<std::size_t> order_;
};

}  // namespace lockstep::testing
