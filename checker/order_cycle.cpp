// A graph whose vertices are the beginnings and ends of holds; Boost.Graph walks it.
#include "checker/order_cycle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>

#include "checker/holds.hpp"
#include "checker/linearizable.hpp"

namespace lockstep {
namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property,
                                    OrderKind>;

class OrderGraph {
 public:
  OrderGraph(const Operations& operations, std::vector<CertainHold> holds, bool fenced)
      : operations_(operations), holds_(std::move(holds)), graph_(2 * holds_.size()) {
    for (std::size_t i = 0; i < holds_.size(); ++i) {
      for (std::size_t j = 0; j < holds_.size(); ++j) {
        if (i != j) connect(i, j, fenced);
      }
    }
  }

  std::vector<OrderStep> shortest_cycle() const {
    std::vector<std::size_t> best;
    for (std::size_t start = 0; start < num_vertices(graph_); ++start) {
      std::vector<std::size_t> path = back_to(start);
      if (!path.empty() && (best.empty() || path.size() < best.size())) best = std::move(path);
    }
    std::vector<OrderStep> steps;
    for (std::size_t i = 0; i < best.size(); ++i) {
      const std::size_t next = best[(i + 1) % best.size()];
      steps.push_back({point(best[i]), point(next), graph_[edge(best[i], next, graph_).first]});
    }
    return steps;
  }

 private:
  static std::size_t begin_of(std::size_t hold) { return 2 * hold; }
  static std::size_t end_of(std::size_t hold) { return 2 * hold + 1; }
  std::uint64_t token(std::size_t hold) const { return operations_[holds_[hold].acquire].token(); }

  void order(std::size_t before, std::size_t after, OrderKind kind) {
    if (!edge(before, after, graph_).second) add_edge(before, after, kind, graph_);
  }

  // What makes the one come before the other, whichever was called first.
  void connect(std::size_t one, std::size_t other, bool fenced) {
    const CertainHold& a = holds_[one];
    const CertainHold& b = holds_[other];
    if (a.from < operations_[b.acquire].call) {
      order(begin_of(one), begin_of(other), OrderKind::real_time);
    }
    if (a.from < b.to) order(begin_of(one), end_of(other), OrderKind::real_time);
    if (fenced && token(one) != 0 && token(one) < token(other)) {
      order(begin_of(one), begin_of(other), OrderKind::token);
      order(end_of(one), begin_of(other), OrderKind::token);
    }
    if (a.owner != b.owner && a.from < b.to) {
      order(end_of(one), begin_of(other), OrderKind::hold);
    }
  }

  /// The vertices of a shortest circle from this one; empty when there is none.
  std::vector<std::size_t> back_to(std::size_t start) const {
    std::vector<std::size_t> from(num_vertices(graph_), num_vertices(graph_));
    boost::breadth_first_search(graph_, start,
                                boost::visitor(boost::make_bfs_visitor(boost::record_predecessors(
                                    from.data(), boost::on_tree_edge()))));
    std::vector<std::size_t> best;
    for (std::size_t last = 0; last < from.size(); ++last) {
      const bool reached = last != start && from[last] != from.size();
      if (!reached || !edge(last, start, graph_).second) continue;
      std::vector<std::size_t> path{last};
      while (path.back() != start) path.push_back(from[path.back()]);
      std::reverse(path.begin(), path.end());
      if (best.empty() || path.size() < best.size()) best = std::move(path);
    }
    return best;
  }

  OrderPoint point(std::size_t vertex) const {
    const CertainHold& hold = holds_[vertex / 2];
    if (vertex % 2 == 0) return {.acquire = hold.acquire, .end = false, .release = {}};
    return {.acquire = hold.acquire, .end = true, .release = hold.release};
  }

  const Operations& operations_;
  std::vector<CertainHold> holds_;
  Graph graph_;
};

/// Those that may be on a circle: the first that overlap, the first two whose tokens fall, and
/// those that others suspect.
std::vector<CertainHold> chosen(const Operations& operations, std::vector<CertainHold> holds,
                                std::span<const std::size_t> suspects, bool fenced) {
  std::erase_if(holds, [](const auto& hold) { return !hold.release && hold.to != forever; });
  std::vector<std::size_t> acquires(suspects.begin(), suspects.end());
  for (const CertainHold& hold : held_at_once(holds)) acquires.push_back(hold.acquire);
  const CertainHold* last = nullptr;  // with a token; holds are in the order of their returns
  for (const CertainHold& hold : holds) {
    const std::uint64_t token = operations[hold.acquire].token();
    if (!fenced || token == 0) continue;
    if (last != nullptr && token < operations[last->acquire].token()) {
      acquires.push_back(last->acquire);
      acquires.push_back(hold.acquire);
      break;
    }
    last = &hold;
  }
  std::erase_if(holds, [&](const CertainHold& hold) {
    return std::find(acquires.begin(), acquires.end(), hold.acquire) == acquires.end();
  });
  constexpr std::size_t most = 50;
  if (holds.size() > most) holds.resize(most);
  return holds;
}

std::string name_of_point(const OrderPoint& point, const Operations& operations) {
  if (!point.end) return describe(operations[point.acquire]);
  if (point.release) return describe(operations[*point.release]);
  return fmt::format("the end, which never came, of {}'s hold",
                     owner_of(operations[point.acquire]));
}

}  // namespace

std::vector<OrderStep> order_cycle(const Operations& operations,
                                   std::span<const std::size_t> of_key,
                                   std::span<const std::size_t> suspects, bool fenced) {
  std::vector<CertainHold> holds =
      certain_holds(operations, few_enough(operations, of_key, suspects));
  return OrderGraph(operations, chosen(operations, std::move(holds), suspects, fenced), fenced)
      .shortest_cycle();
}

std::string describe(const OrderStep& step, const Operations& operations) {
  const Operation& before = operations[step.before.acquire];
  const Operation& after = operations[step.after.acquire];
  std::string why;
  if (step.kind == OrderKind::token) {
    const std::uint64_t lower = before.token();
    const std::uint64_t higher = after.token();
    why = fmt::format("token {} comes before token {}", lower, higher);
  } else if (step.kind == OrderKind::real_time) {
    why = "the one had returned when the other was called";
    if (step.after.end && !step.after.release) why = "it came";
  } else {
    why = fmt::format("{} had acquired before {} {}, and their holds exclude each other",
                      owner_of(before), owner_of(after), "let go");
  }
  return fmt::format("{} before {}: {}", name_of_point(step.before, operations),
                     name_of_point(step.after, operations), why);
}

}  // namespace lockstep
