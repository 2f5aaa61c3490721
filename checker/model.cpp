// The table of models, and the verifier that trusts none of the search.
#include "checker/model.hpp"

#include <algorithm>

#include "checker/additions.hpp"

namespace lockstep {

Additions<Model>& added_models() {
  static Additions<Model> added;
  return added;
}

const std::vector<Model>& all_models() {
  static const std::vector<Model> all = added_models().behind({
#define LOCKSTEP_ENTRY(name) models::name(),
      LOCKSTEP_MODELS(LOCKSTEP_ENTRY)
#undef LOCKSTEP_ENTRY
  });
  return all;
}

const Model* find_model(std::string_view name) {
  for (const Model& model : all_models()) {
    if (model.name == name) return &model;
  }
  return nullptr;
}

const Finding* Judgement::decisive() const {
  for (const Finding& finding : findings) {
    if (finding.status == status) return &finding;
  }
  return nullptr;
}

Judged check(const Model& model, const History& history, const Terms& terms) {
  const auto operations = operations_of(history);
  if (!operations) return tl::unexpected(operations.error());
  return model.check(*operations, terms);
}

bool verify_order(const Model& model, const Operations& operations, std::string_view key,
                  std::span<const std::size_t> order, const Terms& terms) {
  std::vector<int> times(operations.size(), 0);
  for (const auto i : order) {
    if (i >= operations.size() || operations[i].key() != key) return false;
    if (operations[i].outcome() == OpType::fail || ++times[i] > 1) return false;
  }
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const bool must = operations[i].key() == key && operations[i].outcome() == OpType::ok;
    if (must && times[i] == 0) return false;
  }
  std::uint64_t latest_call = 0;
  for (const auto i : order) {
    if (operations[i].ret < latest_call) return false;
    latest_call = std::max(latest_call, operations[i].call);
  }
  return model.allows(operations, order, terms).value_or(false);
}

}  // namespace lockstep
