// What verdicts/*.toml say of each wrong variant, its story says too: which assumption broke, with
// which event. And what a story says is what the record and the trace say.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "backends/backend.hpp"
#include "harness/expected_verdicts.hpp"
#include "harness/fault_class.hpp"
#include "harness/matrix_cell.hpp"
#include "harness/run.hpp"
#include "reports/story.hpp"
#include "reports/timeline_lanes.hpp"

namespace lockstep {
namespace {

using reports::Source;
using reports::Story;
using reports::StoryStep;

bool breaks(const ExpectedRow& row) {
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const Correction* better = row.correction_on(all_fault_classes()[i].code);
    const std::string& cell = better == nullptr ? row.cells[i] : better->expected;
    if (cell.find_first_of("VvbL") != std::string::npos) return true;
  }
  return false;
}

/// The violation that the row names, with its trace.
Outcome shown(const ExpectedRow& row) {
  const FaultClass& fault = *find_fault_class(row.explained.fault);
  const auto column = static_cast<std::size_t>(&fault - all_fault_classes().data());
  RunOptions options;
  options.trace = true;
  return run(aimed_scenario(*find_backend(row.lock), fault, row.resource, row.explained.seed,
                            circumstances_of(row, row.cells[column])),
             options);
}

/// All that stands in `text` in the form of `expression`'s first group.
std::set<std::string> named_in(const std::string& text, const char* expression) {
  std::set<std::string> found;
  const std::regex form(expression);
  for (std::sregex_iterator at(text.begin(), text.end(), form), end; at != end; ++at) {
    found.insert((*at)[1]);
  }
  return found;
}

/// An event of the record, and all that a sentence about it may name.
struct Told {
  WorldTime at{};
  std::set<std::string> nodes{};
  std::set<std::string> tokens{};
};

class StoryOf {
 public:
  StoryOf(const Outcome& outcome, const Story& story)
      : outcome_(outcome),
        record_(outcome.record),
        story_(story),
        leaders_(reports::lead_spans(outcome.trace)) {}

  void is_true() const {
    ASSERT_FALSE(story_.steps.empty());
    for (const StoryStep& step : story_.steps) {
      SCOPED_TRACE(step.who + ": " + step.text);
      step_is_true(step);
    }
    names_only_who_was_there(story_.why + " " + story_.headline);
    tells_only_times_of_the_record(story_.why);
  }

 private:
  std::string client(std::int64_t process) const { return reports::client_name(record_, process); }

  const std::string& node(std::uint32_t index) const { return outcome_.trace.nodes.at(index); }

  /// The last that another than the latest had the word as leader.
  std::string led_before(WorldTime at) const {
    const reports::LeadSpan* latest = nullptr;
    const reports::LeadSpan* before = nullptr;
    for (const reports::LeadSpan& span : leaders_) {
      if (span.from > at) continue;
      before = latest;
      latest = &span;
    }
    return before == nullptr ? "" : node(before->node);
  }

  Told told(const Source& source) const {
    switch (source.of) {
      case Source::Of::belief: {
        const Belief& belief = record_.beliefs.at(source.index);
        return {belief.from, {client(belief.process)}, {std::to_string(belief.token)}};
      }
      case Source::Of::service: {
        const ServiceEvent& event = record_.service.at(source.index);
        // Of a replicated service all members do it: "etcd".
        const std::string service = event.server.substr(0, event.server.rfind('-'));
        return {event.at, {event.server, service, client(event.holder), client(event.by)}, {}};
      }
      case Source::Of::resource: {
        const ResourceEvent& event = record_.resource.at(source.index);
        return {
            event.at, {"resource", client(event.process)}, {std::to_string(event.access.token)}};
      }
      case Source::Of::fault: {
        const FaultSpan& fault = record_.faults.at(source.index);
        std::set<std::string> nodes(fault.targets.begin(), fault.targets.end());
        nodes.insert("nemesis");
        return {fault.from, nodes, {}};
      }
      case Source::Of::node:
        return {record_.nodes.at(source.index).from, {record_.nodes.at(source.index).node}, {}};
      case Source::Of::op: {
        const Op& op = record_.history.at(source.index);
        return {op.time, {client(op.process)}, {}};
      }
      case Source::Of::evidence: {
        const Evidence& evidence = outcome_.verdicts.at(story_.verdict).witness.at(source.index);
        return {evidence.at, {evidence.who}, {}};
      }
      case Source::Of::trace: {
        const TraceEntry& entry = outcome_.trace.entries.at(source.index);
        return {entry.at, {node(entry.node), node(entry.peer), led_before(entry.at)}, {}};
      }
      case Source::Of::none: break;
    }
    ADD_FAILURE() << "a sentence that tells nothing of the record";
    return {};
  }

  void step_is_true(const StoryStep& step) const {
    const Told event = told(step.source);
    EXPECT_EQ(step.at, event.at);
    const bool others = step.text.find("still believes") != std::string::npos ||
                        step.text.find("never saw") != std::string::npos ||
                        step.source.of == Source::Of::evidence;
    EXPECT_TRUE(event.nodes.contains(step.who)) << step.who;
    for (const std::string& node : named_in(step.text, "(client-[0-9]+)")) {
      EXPECT_TRUE(others || event.nodes.contains(node)) << node;
    }
    for (const std::string& token : named_in(step.text, "with token ([0-9]+)")) {
      EXPECT_TRUE(event.tokens.contains(token)) << token;
    }
    EXPECT_TRUE(is_in_trace(step, event)) << "nothing in the trace is like this";
  }

  bool in_trace_at(WorldTime at, const std::set<std::string>& nodes) const {
    return std::ranges::any_of(outcome_.trace.entries, [&](const TraceEntry& entry) {
      return entry.at == at && nodes.contains(outcome_.trace.nodes.at(entry.node));
    });
  }

  /// A member of a replicated log carries a command out once it has heard that most have it: a
  /// client had sent something, and a server had been sent something just before.
  bool command_before(WorldTime at, std::int64_t process) const {
    const auto& entries = outcome_.trace.entries;
    const std::vector<std::string>& nodes = outcome_.trace.nodes;
    const bool sent = std::ranges::any_of(entries, [&](const TraceEntry& entry) {
      return entry.kind == TraceKind::send && entry.at < at &&
             nodes.at(entry.node) == client(process);
    });
    const bool heard = std::ranges::any_of(entries, [&](const TraceEntry& entry) {
      const bool server = !std::ranges::count(record_.processes, nodes.at(entry.node));
      return entry.kind == TraceKind::receive && server && entry.at <= at && at - entry.at < 50ms;
    });
    return sent && heard;
  }

  /// Something happened at that very instant at a node of which this is told. Not for what is in no
  /// trace: a lease that a server's clock ends, and what is done to links and clocks.
  bool is_in_trace(const StoryStep& step, const Told& event) const {
    switch (step.source.of) {
      case Source::Of::belief:
      case Source::Of::op:
      case Source::Of::node: return in_trace_at(step.at, event.nodes);
      case Source::Of::resource: {
        // Where the lock's own store is the resource, or a write goes through it, it is a server.
        std::set<std::string> all(outcome_.trace.nodes.begin(), outcome_.trace.nodes.end());
        const std::int64_t process = record_.resource.at(step.source.index).process;
        return in_trace_at(step.at, all) || command_before(step.at, process);
      }
      case Source::Of::service: {
        const ServiceEvent& change = record_.service.at(step.source.index);
        return change.by < 0 || in_trace_at(step.at, {change.server}) ||
               command_before(change.at, change.by);
      }
      case Source::Of::fault: {
        const std::string& kind = record_.faults.at(step.source.index).kind;
        const bool stops = kind == "gc-pause" || kind == "crash" || kind == "power-loss";
        return !stops || in_trace_at(step.at, event.nodes);
      }
      case Source::Of::trace: return says_so(step, outcome_.trace.entries.at(step.source.index));
      case Source::Of::evidence:
      case Source::Of::none: break;
    }
    return true;  // the checkers' tests look witnesses up
  }

  /// A leader's first word in its term, or a server's answer about a lease.
  bool says_so(const StoryStep& step, const TraceEntry& entry) const {
    if (step.kind == reports::StepKind::elected) {
      return node(entry.node) == step.who && entry.text.starts_with("term ") &&
             std::ranges::any_of(leaders_, [&](const reports::LeadSpan& span) {
               return span.node == entry.node && span.from == entry.at &&
                      step.text.find(fmt::format("in term {}", span.term)) != std::string::npos;
             });
    }
    return node(entry.node) == step.who && step.text.find(node(entry.peer)) != std::string::npos &&
           entry.text.find(" lease ") != std::string::npos;
  }

  void names_only_who_was_there(const std::string& text) const {
    for (const std::string& node : named_in(text, "(client-[0-9]+)")) {
      EXPECT_THAT(record_.processes, testing::Contains(node)) << text;
    }
  }

  void tells_only_times_of_the_record(const std::string& text) const {
    std::set<std::string> times;
    for (const Belief& one : record_.beliefs) {
      times.insert(to_text(one.from));
      times.insert(to_text(one.to));
    }
    for (const ServiceEvent& one : record_.service) times.insert(to_text(one.at));
    for (const ResourceEvent& one : record_.resource) times.insert(to_text(one.at));
    for (const FaultSpan& one : record_.faults) times.insert(to_text(one.from));
    for (const reports::LeadSpan& one : leaders_) times.insert(to_text(one.from));
    for (const TraceEntry& one : outcome_.trace.entries) {
      if (one.text.find(" lease ") != std::string::npos) times.insert(to_text(one.at));
    }
    for (const Op& one : record_.history) times.insert(to_text(one.time));
    for (const std::string& time : named_in(text, "(?:at|from|until) ([0-9]+\\.[0-9]{3}) s")) {
      EXPECT_TRUE(times.contains(time)) << time << " in: " << text;
    }
  }

  const Outcome& outcome_;
  const Record& record_;
  const Story& story_;
  const std::vector<reports::LeadSpan> leaders_;
};

TEST(Explanations, EachWrongVariantHasOne) {
  for (const ExpectedRow& row : expected_verdicts()) {
    EXPECT_EQ(breaks(row), !row.explained.fault.empty()) << row.lock;
  }
}

TEST(Explanations, NameTheAssumptionAndTheEventThatTheVerdictsState) {
  for (const ExpectedRow& row : expected_verdicts()) {
    if (row.explained.fault.empty()) continue;
    SCOPED_TRACE(
        fmt::format("{} under {}, seed {}", row.lock, row.explained.fault, row.explained.seed));
    const Outcome outcome = shown(row);
    const auto story = reports::first_violation(outcome);
    ASSERT_TRUE(story) << "nothing is violated";
    ASSERT_TRUE(story->assumption) << story->why;
    EXPECT_EQ(name_of(*story->assumption), row.explained.assumption) << story->why;
    ASSERT_TRUE(story->decisive) << story->why;
    const StoryStep& decisive = story->steps.at(*story->decisive);
    EXPECT_EQ(event_kind(outcome, decisive.source), row.explained.decisive) << story->why;
    StoryOf(outcome, *story).is_true();
  }
}

/// Every cell that expects a violation, in a few universes each: whatever breaks there, its story
/// is true, and says why.
TEST(Explanations, AreTrueOfWhateverBreaks) {
  constexpr std::uint64_t universes = 1;
  std::size_t told = 0;
  for (const ExpectedRow& row : expected_verdicts()) {
    const Backend& backend = *find_backend(row.lock);
    for (const FaultClass& fault : all_fault_classes()) {
      const auto column = static_cast<std::size_t>(&fault - all_fault_classes().data());
      if (!can_strike(fault, backend)) continue;
      for (std::uint64_t seed = 1; seed <= universes; ++seed) {
        RunOptions options;
        options.trace = true;
        const Outcome outcome = run(aimed_scenario(backend, fault, row.resource, seed,
                                                   circumstances_of(row, row.cells[column])),
                                    options);
        const auto story = reports::first_violation(outcome);
        if (!story) continue;
        ++told;
        SCOPED_TRACE(fmt::format("{} under {}, seed {}, {}", row.lock, fault.code, seed,
                                 outcome.verdicts[story->verdict].property));
        EXPECT_FALSE(story->why.empty());
        EXPECT_TRUE(story->decisive) << story->why;
        StoryOf(outcome, *story).is_true();
      }
    }
  }
  EXPECT_GT(told, 400u);
}

std::string page() {
  std::ostringstream text;
  text << std::ifstream(std::string(LOCKSTEP_SOURCE_DIR) + "/docs/verdicts.md").rdbuf();
  return text.str();
}

TEST(Explanations, ThePageHasEachAssumptionAndEachVariant) {
  const std::string text = page();
  std::set<std::string> used;
  for (const ExpectedRow& row : expected_verdicts()) {
    const Explained& why = row.explained;
    if (why.fault.empty()) continue;
    used.insert(why.assumption);
    EXPECT_THAT(text, testing::HasSubstr(fmt::format("| `{}` | `{}` | {} | {} |\n", row.lock,
                                                     why.fault, why.assumption, why.decisive)));
  }
  for (const reports::Assumption one : reports::all_assumptions()) {
    EXPECT_THAT(text,
                testing::HasSubstr(fmt::format("| {} | {} |\n", name_of(one), meaning_of(one))));
    used.erase(std::string(name_of(one)));
  }
  EXPECT_THAT(used, testing::IsEmpty()) << "there are no such assumptions";
}

}  // namespace
}  // namespace lockstep
