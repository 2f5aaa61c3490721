#include "cli/order_graph.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "checker/order_cycle.hpp"
#include "reports/graphviz.hpp"

namespace lockstep {
namespace {

std::string name_of_point(const OrderPoint& point, const Operations& operations) {
  const Operation& acquire = operations[point.acquire];
  return fmt::format("process {}'s hold of {} {}, acquired at {} s", acquire.process(),
                     acquire.key(), point.end ? "ends" : "begins", to_text(acquire.invoked->time));
}

std::size_t node_of(reports::Graph& graph, const std::string& name) {
  const auto found = std::ranges::find(graph.nodes, name, &reports::GraphNode::name);
  if (found != graph.nodes.end()) return static_cast<std::size_t>(found - graph.nodes.begin());
  graph.nodes.push_back({name});
  return graph.nodes.size() - 1;
}

}  // namespace

std::string order_graph(const Judgement& judgement, const Operations& operations) {
  reports::Graph graph;
  for (const Finding& finding : judgement.findings) {
    if (finding.status == Status::violated && graph.title.empty())
      graph.title = finding.explanation;
    for (const OrderStep& step : finding.cycle) {
      const std::size_t before = node_of(graph, name_of_point(step.before, operations));
      const std::size_t after = node_of(graph, name_of_point(step.after, operations));
      graph.edges.push_back({before, after, std::string(name_of(step.kind))});
    }
  }
  if (graph.title.empty()) graph.title = "linearizable";
  return reports::dot(graph);
}

}  // namespace lockstep
