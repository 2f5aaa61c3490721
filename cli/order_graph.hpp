#pragma once
// The circles of holds that cannot be ordered, drawn by Graphviz.

#include <string>

#include "checker/model.hpp"
#include "checker/operation.hpp"

namespace lockstep {

/// A digraph of the circles of all keys; without nodes where there is none.
std::string order_graph(const Judgement& judgement, const Operations& operations);

}  // namespace lockstep
