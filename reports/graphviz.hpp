#pragma once
// Graphs in the language of Graphviz.

#include <string>
#include <vector>

namespace lockstep::reports {

struct GraphNode {
  std::string name;  // shown, and unique in its graph
  bool round = false;
};

struct GraphEdge {
  std::size_t from = 0;  // indices into Graph::nodes
  std::size_t to = 0;
  std::string text;
};

struct Graph {
  std::string title;
  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;
};

/// Of each edge, whether it lies on a circle.
std::vector<bool> on_circles(const Graph& graph);

/// A digraph. Edges on a circle are drawn thick as well as red: nothing is told by colour alone.
std::string dot(const Graph& graph);

}  // namespace lockstep::reports
