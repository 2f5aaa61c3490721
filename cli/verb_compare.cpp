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

ScenarioRequest drawn(const ScenarioRequest& common, const std::string& word) {
  ScenarioRequest side = side_of(common, word);
  side.swarm = true;
  return side;
}

std::string shares(const Pairs& pairs) {
  const Difference difference = difference_of(pairs);
  return fmt::format("{:+.2f} % ({:+.2f} to {:+.2f})  {}", difference.estimate * 100,
                     difference.low * 100, difference.high * 100,
                     difference.p < 0.001 ? "p < 0.001" : fmt::format("p = {:.3f}", difference.p));
}

std::string told(const CompareRequest& request, const Comparison& result, std::uint64_t first) {
  std::string text =
      fmt::format("A  {}\nB  {}\n{} of each, seeds {} to {}\n\n", reports::printable(request.a),
                  reports::printable(request.b), reports::counted(result.runs, "run"), first,
                  first + std::max<std::uint64_t>(result.runs, 1) - 1);
  if (result.failures > 0) {
    text += fmt::format("{} ended early, by a bug or a limit: see one with lockstep run\n\n",
                        reports::counted(result.failures, "run"));
  }
  if (result.properties.empty()) return text + "neither violated anything\n";
  text += fmt::format("{:<22} {:>7} {:>7} {:>7} {:>8}   A less B (95 %)\n", "violated by", "both",
                      "only A", "only B", "neither");
  for (const auto& [name, pairs] : result.properties) {
    text += fmt::format("{:<22} {:>7} {:>7} {:>7} {:>8}   {}\n", name, pairs.both, pairs.only_a,
                        pairs.only_b, pairs.neither, shares(pairs));
  }
  if (result.interrupted) text += "\ninterrupted: these are the seeds that were complete\n";
  return text;
}

std::string json_of(const CompareRequest& request, const Comparison& result, std::uint64_t first) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "compare");
  json.field("a", request.a).field("b", request.b).field("first_seed", first);
  json.field("runs", result.runs).field("failures", result.failures);
  json.field("interrupted", result.interrupted).key("properties").array();
  for (const auto& [name, pairs] : result.properties) {
    const Difference difference = difference_of(pairs);
    json.object().field("property", name).field("both", pairs.both);
    json.field("only_a", pairs.only_a).field("only_b", pairs.only_b);
    json.field("neither", pairs.neither);
    json.key("difference").raw(fmt::format("{:.6f}", difference.estimate));
    json.key("low").raw(fmt::format("{:.6f}", difference.low));
    json.key("high").raw(fmt::format("{:.6f}", difference.high));
    json.key("p").raw(fmt::format("{:.6f}", difference.p)).end();
  }
  json.end().end();
  return json.text() + "\n";
}

}  // namespace

Checked<ExitCode> compare_two(const CompareRequest& request, VerbContext context) {
  const Checked<DrawOptions> a = drawing(drawn(request.scenario, request.a));
  if (!a) return complain(a.error());
  const Checked<DrawOptions> b = drawing(drawn(request.scenario, request.b));
  if (!b) return complain(b.error());
  InterruptScope interrupt;
  CompareOptions options;
  options.first_seed = a->base.seed;
  options.runs = request.runs;
  options.workers = static_cast<unsigned>(request.workers);
  options.interrupted = &interrupt.flag();
  const Comparison result = compare([&](std::uint64_t seed) { return draw(*a, seed); },
                                    [&](std::uint64_t seed) { return draw(*b, seed); }, options);
  context.terminal.out << (context.json ? json_of(request, result, options.first_seed)
                                        : told(request, result, options.first_seed));
  if (result.interrupted) return ExitCode::interrupted;
  return result.failures > 0 ? ExitCode::internal : ExitCode::met;
}

}  // namespace lockstep
