// Cores of holds, after the theorem of minimal holds: shortening a hold to the span between its
// acquire's return and its release's call never hurts anyone.
#include "checker/holds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "checker/linearizable.hpp"

namespace lockstep {
namespace {

struct Owner {
  std::vector<CertainHold> holds;
  bool holding = false;
  std::uint64_t doubtful_from = forever;  // an indeterminate release was called here
  std::optional<std::size_t> doubtful{};  // that release
};

bool same_owner(const Operation& a, const Operation& b) {
  return a.owner() == b.owner() && (!a.owner().empty() || a.process() == b.process());
}

void end_hold(Owner& owner, std::uint64_t at, std::optional<std::size_t> release) {
  if (!owner.holding) return;
  owner.holding = false;
  CertainHold& hold = owner.holds.back();
  hold.to = std::min(at, owner.doubtful_from);
  hold.release = at < owner.doubtful_from ? release : owner.doubtful;
  if (hold.to <= hold.from) owner.holds.pop_back();
}

}  // namespace

std::string owner_of(const Operation& operation) {
  return operation.owner().empty() ? fmt::format("process {}", operation.process())
                                   : operation.owner();
}

std::vector<CertainHold> certain_holds(const Operations& operations,
                                       std::span<const std::size_t> of_key) {
  // In the order of what each operation contributes: an acquire its return, a release its call.
  std::vector<std::size_t> order;
  for (const auto i : of_key) {
    const auto& operation = operations[i];
    if (operation.f() == "release" || operation.outcome() == OpType::ok) order.push_back(i);
  }
  const auto place = [&](std::size_t i) {
    return operations[i].f() == "release" ? operations[i].call : operations[i].ret;
  };
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return place(a) < place(b); });
  std::map<std::string, Owner> owners;
  for (const auto i : order) {
    const Operation& operation = operations[i];
    const std::string name = owner_of(operation);
    Owner& owner = owners[name];
    if (operation.f() == "acquire") {
      end_hold(owner, operation.call, std::nullopt);
      owner.holding = true;
      owner.holds.push_back({.owner = name, .acquire = i, .from = operation.ret});
    } else if (operation.outcome() == OpType::ok) {
      end_hold(owner, operation.call, i);
    } else if (operation.call < owner.doubtful_from) {
      owner.doubtful_from = operation.call;
      owner.doubtful = i;
    }
  }
  std::vector<CertainHold> holds;
  for (auto& [name, owner] : owners) {
    end_hold(owner, forever, std::nullopt);
    holds.insert(holds.end(), owner.holds.begin(), owner.holds.end());
  }
  std::stable_sort(holds.begin(), holds.end(),
                   [](const CertainHold& a, const CertainHold& b) { return a.from < b.from; });
  return holds;
}

std::vector<CertainHold> held_at_once(std::span<const CertainHold> holds) {
  std::vector<CertainHold> active;
  std::vector<CertainHold> best;
  for (const CertainHold& hold : holds) {
    std::erase_if(active, [&](const CertainHold& other) {
      return other.to <= hold.from || other.owner == hold.owner;
    });
    active.push_back(hold);
    if (active.size() > best.size()) best = active;
  }
  if (best.size() < 2) best.clear();
  return best;
}

std::vector<std::size_t> few_enough(const Operations& operations,
                                    std::span<const std::size_t> of_key,
                                    std::span<const std::size_t> suspects) {
  std::vector<std::size_t> some(of_key.begin(), of_key.end());
  if (of_key.size() <= 20'000 || suspects.empty()) return some;
  std::erase_if(some, [&](std::size_t i) {
    return std::none_of(suspects.begin(), suspects.end(), [&](std::size_t suspect) {
      return same_owner(operations[i], operations[suspect]);
    });
  });
  return some;
}

bool explain_holds(Finding& finding, const Operations& operations,
                   std::span<const std::size_t> of_key) {
  const auto some = few_enough(operations, of_key, finding.conflict);
  const auto together = held_at_once(certain_holds(operations, some));
  if (together.empty()) return false;
  finding.conflict.clear();
  std::string names;
  std::string acquires;
  for (std::size_t i = 0; i < together.size(); ++i) {
    const Operation& acquire = operations[together[i].acquire];
    const std::string_view comma = i == 0 ? "" : i + 1 == together.size() ? " and " : ", ";
    names += fmt::format("{}{}", comma, together[i].owner);
    acquires += fmt::format("{}{}", comma, acquire.completed->index);
    finding.conflict.push_back(together[i].acquire);
  }
  const bool ends = std::any_of(together.begin(), together.end(),
                                [](const CertainHold& hold) { return hold.to != forever; });
  finding.explanation =
      fmt::format("{} hold {} at once: each had acquired it (ops {}) before any of them {}", names,
                  finding.key.empty() ? "the lock" : finding.key, acquires,
                  ends ? "called release" : "released, and none ever did");
  return true;
}

}  // namespace lockstep
