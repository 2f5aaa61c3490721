// Clients sell what lies in several warehouses: an order takes what it can from one and the rest
// from another. Read how much each has sold, work, check, write. Which locks an order holds is a
// setting:
//   one         one lock for the whole stock
//   each        a lock for each of the warehouses that the order touches (in `order`)
//   home        the lock of the client's own warehouse alone, whatever else the order touches: the
//               lock that one holds says nothing to those who hold another (F41)

#include <fmt/core.h>

#include <algorithm>

#include "workloads/several.hpp"
#include "workloads/turns.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

/// An order takes from two warehouses, from the first as much as it can.
struct Order {
  std::int64_t warehouse[2] = {1, 2};
  std::int64_t quantity = 1;
};

std::string warehouse_name(std::int64_t number) {
  return fmt::format("sold-{}", number);
}

Order draw_order(Session& session) {
  const Settings& settings = session.settings();
  const std::int64_t warehouses = settings.number("warehouses");
  Random& random = session.env.random();
  Order order;
  order.warehouse[0] = random.between(std::int64_t{1}, warehouses);
  if (settings.text("locks") == "home") {
    order.warehouse[0] = session.options().process % warehouses + 1;
  }
  const std::int64_t step = random.between(std::int64_t{1}, warehouses - 1);
  order.warehouse[1] = (order.warehouse[0] - 1 + step) % warehouses + 1;
  order.quantity = random.between(std::int64_t{1}, settings.number("most_items"));
  return order;
}

/// The locks that an order is made under, the lock of its first warehouse first.
std::vector<std::string> locks_for(const Session& session, const Order& order) {
  const std::string& locks = session.settings().text("locks");
  std::vector<std::string> names;
  names.push_back(locks == "one" ? std::string("lock-1")
                                 : fmt::format("lock-{}", order.warehouse[0]));
  if (locks == "each") names.push_back(fmt::format("lock-{}", order.warehouse[1]));
  return names;
}

/// Writes how much each warehouse has sold now: those that changed.
Task<void> write_sold(Session& session, std::vector<Change> changes) {
  if (session.settings().flag("atomic")) {
    const auto written = co_await session.write_all(std::move(changes));
    (void)written;  // the history has it
    co_return;
  }
  for (const Change& change : changes) {
    const auto written =
        co_await session.write(change.hold, change.resource, change.value, change.seen);
    if (!written && written.error().definite()) co_return;
  }
}

Task<void> sell(Session& session, std::vector<Hold> holds, Order order) {
  std::vector<Change> changes;
  std::int64_t wanted = order.quantity;
  for (std::size_t i = 0; i < 2 && wanted > 0; ++i) {
    Hold hold = holds[std::min(i, holds.size() - 1)];
    const std::string warehouse = warehouse_name(order.warehouse[i]);
    const auto sold = co_await session.read(hold, warehouse);
    if (!sold) co_return;
    const std::int64_t left = session.settings().number("stock") - sold->value;
    const std::int64_t taken = std::clamp<std::int64_t>(left, 0, wanted);
    if (taken == 0) continue;
    wanted -= taken;
    Change change;
    change.hold = std::move(hold);
    change.resource = warehouse;
    change.value = sold->value + taken;
    change.seen = *sold;
    changes.push_back(std::move(change));
  }
  co_await work(session);
  for (const Hold& hold : holds) {
    const bool may = co_await session.may_act(hold);
    if (!may) co_return;
  }
  if (wanted > 0 || changes.empty()) co_return;  // there is not enough
  co_await write_sold(session, std::move(changes));
}

Task<void> take_order(Session& session) {
  const Order order = draw_order(session);
  auto holds = co_await acquire_all(session, locks_for(session, order));
  if (!holds) co_return;
  co_await sell(session, *holds, order);
  co_await release_all(session, std::move(*holds));
}

Task<void> client(Session& session) {
  return repeat(session, take_order);
}

std::vector<Parameter> parameters() {
  std::vector<Parameter> own = order_parameters();
  own.push_back({"warehouses", std::int64_t{3}, "how many warehouses there are"});
  own.push_back({"stock", std::int64_t{60}, "how many items each has at the beginning"});
  own.push_back({"most_items", std::int64_t{3}, "how many items the largest order is for"});
  own.push_back({"locks",
                 std::string("each"),
                 "one for all, one for each warehouse touched, or that of the client's home alone",
                 {"one", "each", "home"}});
  own.push_back({"atomic", false, "the resource writes all of an order in one step"});
  return common_workload_parameters(std::move(own));
}

std::int64_t locks_of_an_order(const Settings& settings) {
  return settings.text("locks") == "each" ? 2 : 1;
}

}  // namespace

Workload workloads::inventory() {
  return {.name = "inventory",
          .summary = "clients sell from several warehouses, under one lock or one for each",
          .parameters = parameters(),
          .uses_resource = true,
          .client = client,
          .locks_at_once = locks_of_an_order,
          .round_trips = 8};
}

}  // namespace lockstep
