#include "nemesis/nemesis.hpp"

#include <stdexcept>

namespace lockstep {

Nemesis::Nemesis(sim::World& world, const std::vector<Fault>& faults, std::vector<FaultSpan>& spans)
    : world_(world), faults_(faults), spans_(spans) {
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    if (faults_[i].when.step.empty()) {
      schedule(i, faults_[i].when.at, nullptr);
    } else {
      aimed_.push_back({i});
    }
  }
}

void Nemesis::on_step(sim::Node& node, std::string_view step) {
  if (healed_) return;
  for (Aimed& aimed : aimed_) {
    const Trigger& when = faults_[aimed.fault].when;
    if (aimed.struck || when.step != step) continue;
    if (!when.client.empty() && when.client != node.name()) continue;
    if (++aimed.seen < when.occurrence) continue;
    aimed.struck = true;
    schedule(aimed.fault, world_.now() + when.after, &node);
  }
}

void Nemesis::schedule(std::size_t fault, WorldTime at, sim::Node* self) {
  world_.call_at(at, [this, fault, self] { strike(fault, self); });
}

void Nemesis::strike(std::size_t index, sim::Node* self) {
  if (healed_) return;
  const Fault& fault = faults_[index];
  const FaultKind* kind = find_fault_kind(fault.kind);
  std::vector<sim::Node*> targets;
  for (const std::string& name : fault.targets) {
    sim::Node* node = name == "self" ? self : world_.find(name);
    if (node == nullptr) throw std::invalid_argument("no node named \"" + name + "\"");
    targets.push_back(node);
  }
  FaultSpan span;
  span.fault = index;
  span.kind = fault.kind;
  for (const sim::Node* node : targets) span.targets.push_back(node->name());
  span.text = kind->tell(fault, targets);
  span.from = world_.now();
  const std::size_t number = spans_.size();
  spans_.push_back(std::move(span));
  Undo undo = kind->strike(world_, fault, targets);
  if (undo) in_force_.emplace(number, std::move(undo));
  if (fault.lasts > Duration::zero()) {
    world_.call_at(world_.now() + fault.lasts, [this, number] { end(number); });
  }
}

void Nemesis::end(std::size_t span) {
  auto undo = in_force_.extract(span);
  if (!undo) return;
  spans_[span].to = world_.now();
  undo.mapped()();
}

void Nemesis::heal() {
  healed_ = true;
  while (!in_force_.empty()) end(in_force_.begin()->first);
}

}  // namespace lockstep
