// W3: no warehouse sells more than it had, and what all orders took from it and what is left make
// up what it had at first. Each order says what it took: what it wrote less what it had read.
#include <fmt/format.h>

#include <map>
#include <vector>

#include "checker/properties/interleaved.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

constexpr std::string_view prefix = "sold-";

struct Warehouse {
  std::vector<std::int64_t> sold{0};  // by version: what was written
  std::int64_t ordered = 0;           // what all orders took
};

/// The first instant at which something was wrong.
struct Found {
  const ResourceEvent* at = nullptr;
  std::int64_t ordered = 0;
};

class Stock {
 public:
  explicit Stock(const Case& judged)
      : judged_(judged), stock_(judged.scenario.workload_settings.number("stock")) {
    for (const ResourceEvent& event : judged.record.resource) {
      const ResourceAccess& access = event.access;
      if (access.write && access.accepted && access.resource.starts_with(prefix)) write(event);
    }
  }

  Verdict verdict() const {
    if (oversold_.at != nullptr) {
      return wrong(oversold_, fmt::format("oversold: {} had {} items, and orders had taken {}",
                                          warehouse(oversold_), stock_, oversold_.ordered));
    }
    if (forgotten_.at != nullptr) {
      const ResourceAccess& access = forgotten_.at->access;
      return wrong(forgotten_, fmt::format("{} counts {} sold and {} left of {}, though orders had "
                                           "taken {}",
                                           warehouse(forgotten_), access.value,
                                           stock_ - access.value, stock_, forgotten_.ordered));
    }
    return holds(claimed(), "no warehouse sold more than it had, and no order was forgotten");
  }

 private:
  bool claimed() const {
    return effects_guarded(judged_) || undisturbed(judged_) ||
           judged_.scenario.resource == ResourcePolicy::compare_version;
  }

  void write(const ResourceEvent& event) {
    const ResourceAccess& access = event.access;
    Warehouse& warehouse = warehouses_[access.resource];
    const auto seen = static_cast<std::size_t>(access.based_on);
    const std::int64_t before = seen < warehouse.sold.size() ? warehouse.sold[seen] : 0;
    warehouse.ordered += access.value - before;
    warehouse.sold.push_back(access.value);
    if (oversold_.at == nullptr && (warehouse.ordered > stock_ || access.value > stock_)) {
      oversold_ = {&event, warehouse.ordered};
    }
    if (forgotten_.at == nullptr && warehouse.ordered != access.value) {
      forgotten_ = {&event, warehouse.ordered};
    }
  }

  static std::string warehouse(const Found& found) {
    return "warehouse " + found.at->access.resource.substr(prefix.size());
  }

  Verdict wrong(const Found& found, std::string what) const {
    Story story(judged_);
    what += fmt::format(" at {}", at_text(found.at->at));
    bool promised = claimed();
    if (const auto lost = first_lost_update(judged_.record)) {
      story.accessed(*lost->replaced);
      story.accessed(*lost->replacing);
      promised = promised && of_one_lock(judged_.record, *lost->replaced, *lost->replacing);
    }
    if (const auto met = first_interleaving(judged_.record)) {
      what += "; " + tell(judged_, story, *met);
      promised = promised && of_one_lock(judged_.record, *met->before, *met->inside);
    }
    story.accessed(*found.at);
    return violated(promised, found.at->at, std::move(what), std::move(story));
  }

  const Case& judged_;
  std::int64_t stock_;
  std::map<std::string, Warehouse> warehouses_;
  Found oversold_;
  Found forgotten_;  // an order that another one overwrote
};

bool applies(const Case& judged) {
  return judged.scenario.workload == "inventory";
}

Verdict judge(const Case& judged) {
  if (resource_log_missing(judged.record)) {
    return unknown(effects_guarded(judged), "the record has no log of the resource");
  }
  return Stock(judged).verdict();
}

}  // namespace

Property properties::no_overselling() {
  return {.name = "no-overselling",
          .code = "W3",
          .summary = "no warehouse sells more than it had; what is sold and what is left add up",
          .needs = "the workload inventory",
          .applies = applies,
          .judge = judge};
}

}  // namespace lockstep
