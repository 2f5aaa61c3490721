#include "checker/properties/waits_for.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

namespace lockstep {
namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

std::size_t number_of(const std::vector<std::int64_t>& processes, std::int64_t process) {
  return static_cast<std::size_t>(std::lower_bound(processes.begin(), processes.end(), process) -
                                  processes.begin());
}

}  // namespace

std::vector<std::int64_t> find_cycle(std::span<const WaitsFor> edges) {
  std::vector<std::int64_t> processes;
  for (const auto& [waiter, holder] : edges) {
    if (waiter == holder) return {waiter};
    processes.push_back(waiter);
    processes.push_back(holder);
  }
  std::stable_sort(processes.begin(), processes.end());
  processes.erase(std::unique(processes.begin(), processes.end()), processes.end());

  Graph graph(processes.size());
  std::vector<WaitsFor> sorted(edges.begin(), edges.end());
  std::stable_sort(sorted.begin(), sorted.end());
  for (const auto& [waiter, holder] : sorted) {
    boost::add_edge(number_of(processes, waiter), number_of(processes, holder), graph);
  }
  std::vector<std::size_t> component(processes.size());
  const auto components = boost::strong_components(
      graph, boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, graph)));
  std::vector<std::size_t> members(components, 0);
  for (const auto of : component) ++members[of];

  const auto start = static_cast<std::size_t>(
      std::find_if(component.begin(), component.end(), [&](auto of) { return members[of] > 1; }) -
      component.begin());
  if (start == component.size()) return {};
  // Within a component every step can be gone on from: walk until a process comes again.
  std::vector<std::size_t> path{start};
  while (true) {
    const auto [begin, end] = boost::adjacent_vertices(path.back(), graph);
    const auto next =
        *std::find_if(begin, end, [&](auto to) { return component[to] == component[start]; });
    const auto seen = std::find(path.begin(), path.end(), next);
    if (seen == path.end()) {
      path.push_back(next);
      continue;
    }
    path.erase(path.begin(), seen);
    break;
  }
  std::vector<std::int64_t> cycle;
  for (const auto vertex : path) cycle.push_back(processes[vertex]);
  return cycle;
}

std::string tell_cycle(const Story& story, std::span<const CycleStep> steps) {
  std::string told;
  for (const CycleStep& step : steps) {
    told += fmt::format("{}{} waits for {}, which {} holds", told.empty() ? "" : "; ",
                        story.who(step.waiter), step.lock, story.who(step.holder));
  }
  return told;
}

}  // namespace lockstep
