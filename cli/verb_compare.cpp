// lockstep compare: two configurations on the same seeds.
#include <fmt/core.h>

#include <algorithm>

#include "cli/interrupt.hpp"
#include "cli/scenario_source.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"
#include "harness/compare.hpp"
#include "reports/plain.hpp"

namespace lockstep {
namespace {

/// What one side is drawn from. A complaint about what stands in its own word names that.
Checked<DrawOptions> side(const ScenarioRequest& common, const std::string& word) {
  ScenarioRequest request = side_of(common, word);
  request.swarm = true;
  Checked<DrawOptions> options = drawing(request);
  if (options || word.find(':') == std::string::npos) return options;
  const bool of_word = drawing(side_of(common, request.lock)).has_value();
  if (of_word) options.error().where = word;
  return options;
}

std::string shares(const Pairs& pairs) {
  if (pairs.total() == 0) return "no seed is decided on both sides";
  const Difference difference = difference_of(pairs);
  return fmt::format("{:+.2f} % ({:+.2f} to {:+.2f})  {}", difference.estimate * 100,
                     difference.low * 100, difference.high * 100,
                     difference.p < 0.001 ? "p < 0.001" : fmt::format("p = {:.3f}", difference.p));
}

std::string told(const OddRuns& odd, const CompareRequest& request, std::string_view what) {
  if (odd.count == 0) return {};
  return fmt::format("{} {}, first that of {} with seed {}: {}\n\n",
                     reports::counted(odd.count, "run"), what,
                     reports::printable(odd.side == 'A' ? request.a : request.b), odd.seed,
                     reports::printable(odd.text));
}

/// The properties that can be compared.
std::string table_of(const Comparison& result) {
  std::string rows;
  for (const ComparedProperty& one : result.properties) {
    if (one.one_sided()) continue;
    const Pairs& pairs = one.pairs;
    rows += fmt::format("{:<22} {:>7} {:>7} {:>7} {:>8} {:>10}   {}\n", one.name, pairs.both,
                        pairs.only_a, pairs.only_b, pairs.neither, result.runs - pairs.total(),
                        shares(pairs));
  }
  if (rows.empty()) return rows;
  return fmt::format("{:<22} {:>7} {:>7} {:>7} {:>8} {:>10}   A less B (95 %)\n", "violated by",
                     "both", "only A", "only B", "neither", "undecided") +
         rows;
}

/// Those that say nothing of one side.
std::string one_sided(const Comparison& result) {
  std::string text;
  for (const ComparedProperty& one : result.properties) {
    if (!one.one_sided()) continue;
    const bool of_a = one.a.judged > 0;
    const SideCount& side = of_a ? one.a : one.b;
    text += fmt::format("{:<22} judged for {} only: violated in {} of {}", one.name,
                        of_a ? 'A' : 'B', side.violated, reports::counted(side.judged, "run"));
    if (side.decided < side.judged) {
      text += fmt::format(", undecided in {}", side.judged - side.decided);
    }
    text += '\n';
  }
  return text;
}

std::string told(const CompareRequest& request, const Comparison& result, std::uint64_t first) {
  std::string text =
      fmt::format("A  {}\nB  {}\n{} of each, seeds {} to {}\n\n", reports::printable(request.a),
                  reports::printable(request.b), reports::counted(result.runs, "run"), first,
                  first + std::max<std::uint64_t>(result.runs, 1) - 1);
  text += told(result.failures, request, "ended early by a bug");
  text += told(result.given_up, request, "gave up");
  text += told(result.diverged, request, "diverged when repeated");
  const std::string table = table_of(result);
  const std::string others = one_sided(result);
  const bool sound = result.failures.count + result.given_up.count == 0;
  if (table.empty() && others.empty() && sound) text += "neither violated anything\n";
  text += table + (table.empty() || others.empty() ? "" : "\n") + others;
  if (result.interrupted) text += "\ninterrupted: these are the seeds that were complete\n";
  return text;
}

void add_side(JsonWriter& json, const char* name, const SideCount& side) {
  json.key(name).object().field("judged", side.judged).field("decided", side.decided);
  json.field("violated", side.violated).end();
}

void add_difference(JsonWriter& json, const Pairs& pairs) {
  const Difference difference = difference_of(pairs);
  for (const auto& [name, value] :
       {std::pair("difference", difference.estimate), std::pair("low", difference.low),
        std::pair("high", difference.high), std::pair("p", difference.p)}) {
    json.key(name);
    pairs.total() == 0 ? json.null() : json.raw(fmt::format("{:.6f}", value));
  }
}

std::string json_of(const CompareRequest& request, const Comparison& result, std::uint64_t first) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "compare");
  json.field("a", request.a).field("b", request.b).field("first_seed", first);
  json.field("runs", result.runs).field("failures", result.failures.count);
  json.field("given_up", result.given_up.count).field("diverged", result.diverged.count);
  json.field("interrupted", result.interrupted).key("properties").array();
  for (const ComparedProperty& one : result.properties) {
    const Pairs& pairs = one.pairs;
    json.object().field("property", one.name).field("both", pairs.both);
    json.field("only_a", pairs.only_a).field("only_b", pairs.only_b);
    json.field("neither", pairs.neither).field("undecided", result.runs - pairs.total());
    add_side(json, "a", one.a);
    add_side(json, "b", one.b);
    add_difference(json, pairs);
    json.end();
  }
  json.end().end();
  return json.text() + "\n";
}

ExitCode code_of(const Comparison& result) {
  if (result.interrupted) return ExitCode::interrupted;
  if (result.failures.count > 0) return ExitCode::internal;
  if (result.diverged.count > 0) return ExitCode::diverged;
  return result.given_up.count > 0 ? ExitCode::undecided : ExitCode::met;
}

}  // namespace

Checked<ExitCode> compare_two(const CompareRequest& request, VerbContext context) {
  const Checked<DrawOptions> a = side(request.scenario, request.a);
  if (!a) return complain(a.error());
  const Checked<DrawOptions> b = side(request.scenario, request.b);
  if (!b) return complain(b.error());
  InterruptScope interrupt;
  CompareOptions options;
  options.first_seed = a->base.seed;
  options.runs = request.runs;
  options.workers = static_cast<unsigned>(request.workers);
  options.bounds = bounds_of(request.scenario);
  options.interrupted = &interrupt.flag();
  const Comparison result = compare([&](std::uint64_t seed) { return draw(*a, seed); },
                                    [&](std::uint64_t seed) { return draw(*b, seed); }, options);
  context.terminal.out << (context.json ? json_of(request, result, options.first_seed)
                                        : told(request, result, options.first_seed));
  return code_of(result);
}

}  // namespace lockstep
