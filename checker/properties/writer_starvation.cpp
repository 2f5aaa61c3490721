// W7, on the document workload: a writer that waits is not starved by readers that asked after it.
// A few may pass, whose requests were faster; a stream of them may not.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "checker/operation.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

/// While a writer's request is on its way, each of the others can have begun to read, and again.
constexpr std::size_t passes_of_each = 2;

bool applies(const Case& judged) {
  return judged.scenario.workload == "document" && judged.claims.readers;
}

/// The mark that the workload leaves with a reader's acquire.
bool is_reader(const Operation& operation) {
  const auto* mode = std::get_if<std::string>(&operation.invoked->value.held);
  return mode != nullptr && *mode == "read";
}

/// The readers that asked after a writer and were in before it got in or gave up.
std::vector<const Operation*> passed_by(const Operations& operations, std::size_t writer) {
  const Operation& waiting = operations[writer];
  const std::uint64_t until =
      waiting.completed != nullptr ? static_cast<std::uint64_t>(waiting.completed->index) : forever;
  std::vector<const Operation*> readers;
  for (std::size_t i = writer + 1; i < operations.size(); ++i) {
    const Operation& other = operations[i];
    if (other.call > until) break;
    if (other.f() != "acquire" || !is_reader(other) || other.outcome() != OpType::ok) continue;
    if (other.ret < until && other.key() == waiting.key()) readers.push_back(&other);
  }
  return readers;
}

Verdict judge(const Case& judged) {
  const bool claimed = judged.claims.fifo && undisturbed(judged);
  const auto operations = operations_of(judged.record.history);
  if (!operations) return unknown(claimed, "no history: " + operations.error().text);
  const auto bound = static_cast<std::size_t>(judged.scenario.clients) * passes_of_each;
  std::size_t most = 0;
  for (std::size_t i = 0; i < operations->size(); ++i) {
    const Operation& writer = (*operations)[i];
    if (writer.f() != "acquire" || is_reader(writer)) continue;
    const std::vector<const Operation*> readers = passed_by(*operations, i);
    most = std::max(most, readers.size());
    if (readers.size() <= bound) continue;
    Story story(judged);
    story.did(*writer.invoked);
    for (const Operation* reader : readers) story.did(*reader->completed);
    std::string what = fmt::format(
        "starved writer: {} readers that asked for {} after {} did at {} were let in before it",
        readers.size(), writer.key(), story.who(writer.process()), at_text(writer.invoked->time));
    return violated(claimed, readers.back()->completed->time, std::move(what), std::move(story));
  }
  return holds(claimed, fmt::format("no writer was passed by more than {} readers", most));
}

}  // namespace

Property properties::writer_starvation() {
  return {.name = "no-starved-writer",
          .code = "W7",
          .summary = "readers that ask later do not keep a writer waiting for long",
          .needs = "the workload document and a lock with readers",
          .applies = applies,
          .judge = judge};
}

}  // namespace lockstep
