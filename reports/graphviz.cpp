// The report "graphviz": who held and who waited at the instant of the violation.
#include "reports/graphviz.hpp"

#include <fmt/core.h>

#include "reports/plain.hpp"
#include "reports/report.hpp"
#include "reports/story.hpp"
#include "reports/timeline_lanes.hpp"

namespace lockstep::reports {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

bool reaches(const Graph& graph, std::size_t from, std::size_t to) {
  std::vector<bool> seen(graph.nodes.size(), false);
  std::vector<std::size_t> open = {from};
  while (!open.empty()) {
    const std::size_t node = open.back();
    open.pop_back();
    if (node == to) return true;
    if (seen[node]) continue;
    seen[node] = true;
    for (const GraphEdge& edge : graph.edges) {
      if (edge.from == node) open.push_back(edge.to);
    }
  }
  return false;
}

std::size_t node_of(Graph& graph, const std::string& name, bool round) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].name == name && graph.nodes[i].round == round) return i;
  }
  graph.nodes.push_back({name, round});
  return graph.nodes.size() - 1;
}

/// A lock points at whoever believes in it; a client points at the lock that it waits for.
Graph holders_and_waiters(const Outcome& outcome) {
  const Record& record = outcome.record;
  const auto story = first_violation(outcome);
  const WorldTime at = story ? story->at : record.ended_at;
  Graph graph;
  graph.title =
      story ? story->headline : fmt::format("nothing was violated; at the end, {} s", to_text(at));
  for (const Belief& belief : record.beliefs) {
    if (belief.from > at || belief.to <= at) continue;
    const std::size_t lock = node_of(graph, belief.lock, true);
    const std::size_t client = node_of(graph, client_name(record, belief.process), false);
    const std::string token = belief.token == 0 ? "" : fmt::format(" (token {})", belief.token);
    graph.edges.push_back(
        {lock, client, fmt::format("held since {} s{}", to_text(belief.from), token)});
  }
  for (const WaitSpan& wait : wait_spans(record)) {
    if (wait.from > at || wait.to <= at) continue;
    const std::size_t client = node_of(graph, client_name(record, wait.process), false);
    const std::size_t lock = node_of(graph, wait.lock, true);
    graph.edges.push_back({client, lock, fmt::format("waits since {} s", to_text(wait.from))});
  }
  return graph;
}

}  // namespace

std::vector<bool> on_circles(const Graph& graph) {
  std::vector<bool> found;
  for (const GraphEdge& edge : graph.edges) found.push_back(reaches(graph, edge.to, edge.from));
  return found;
}

std::string dot(const Graph& graph) {
  std::string text =
      fmt::format("digraph lockstep {{\n  label={};\n  labelloc=t;\n", quoted(graph.title));
  text += "  node [fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=11];\n";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    text += fmt::format("  n{} [label={}, shape={}];\n", i, quoted(node.name),
                        node.round ? "ellipse" : "box");
  }
  const std::vector<bool> circle = on_circles(graph);
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    const GraphEdge& edge = graph.edges[i];
    text += fmt::format("  n{} -> n{} [label={}{}];\n", edge.from, edge.to, quoted(edge.text),
                        circle[i] ? ", color=\"#b00020\", penwidth=3" : "");
  }
  return text + "}\n";
}

Report graphviz() {
  return {.name = "graphviz",
          .summary = "who held and who waited when it was violated, for dot",
          .file_name = "graph.dot",
          .write = [](const Outcome& outcome) { return dot(holders_and_waiters(outcome)); },
          .on_request = true};
}

}  // namespace lockstep::reports
