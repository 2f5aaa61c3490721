// lockstep check: judges a history that anything may have recorded.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "checker/model.hpp"
#include "cli/exports.hpp"
#include "cli/follow.hpp"
#include "cli/order_graph.hpp"
#include "cli/spread.hpp"
#include "cli/verbs.hpp"
#include "formats/detect.hpp"
#include "formats/history_edn.hpp"
#include "formats/json_writer.hpp"
#include "reports/plain.hpp"

namespace lockstep {
namespace {

/// A history under judgement, with what its messages need.
struct CheckCase {
  const CheckRequest& request;
  const Model& model;
  HistoryFile file;
  HistoryFormat format{};
};

Checked<const Model*> chosen_model(const std::string& name) {
  if (const Model* model = find_model(name)) return model;
  std::vector<std::string> known;
  for (const Model& model : all_models()) known.emplace_back(model.name);
  const std::string near = did_you_mean(name, known);
  return wrong_usage(fmt::format("there is no model \"{}\"", name), "--model " + name,
                     near.empty() ? "see: lockstep list models" : near);
}

/// What else the judgement goes by; a semaphore is not judged by a guess.
Checked<Terms> terms_of(const CheckRequest& request, const Model& model) {
  Terms terms;
  terms.witness = request.witness;
  terms.spread = [workers = request.workers](std::size_t count, const auto& task) {
    spread(workers, count, task);
  };
  if (request.steps) terms.budget.steps = *request.steps;
  if (request.permits) terms.permits = static_cast<std::uint32_t>(*request.permits);
  const std::string name(model.name);
  if (name.ends_with("semaphore") && terms.permits.value_or(0) == 0) {
    return wrong_usage("how many permits has this semaphore?", "--model " + name,
                       "add --permits 2, or whatever there are");
  }
  if (!request.lease) return terms;
  Duration lease{};
  if (!parse_duration(*request.lease, lease) || lease <= Duration::zero()) {
    return wrong_usage("a lease is a length of time such as 10s or 250ms",
                       "--lease " + *request.lease);
  }
  terms.lease = lease;
  return terms;
}

Checked<CheckCase> opened(const CheckRequest& request, const Model& model) {
  const EdnKeys keys = request.keyed ? EdnKeys::independent : EdnKeys::none;
  const FileResult<std::string> content = read_history_content(request.file);
  if (!content) return bad_file(request.file, {}, content.error());
  FileResult<HistoryFile> file = read_history(*content, keys);
  if (!file) return bad_file(request.file, *content, file.error());
  const HistoryFormat format = detect_history(*content).value();
  return CheckCase{request, model, std::move(*file), format};
}

/// The operations as they were after so many events.
Operations after(const Operations& all, std::size_t events, const History& history) {
  Operations early;
  for (const Operation& one : all) {
    if (one.call >= events) break;
    early.push_back(one);
    const Op* behind = history.data() + events;
    if (one.completed == nullptr || one.completed < behind) continue;
    early.back().completed = nullptr;
    early.back().ret = forever;
  }
  return early;
}

/// Of so many events, how many it takes to see the violation, if there is one.
std::optional<std::size_t> violated_after(const Model& model, const Terms& terms,
                                          const Operations& operations, std::size_t events) {
  const Judged judged = model.check(operations, terms);
  if (!judged || judged->status != Status::violated) return std::nullopt;
  for (const Finding& finding : judged->findings) {
    if (finding.status != Status::violated) continue;
    events = std::min<std::size_t>(events, operations[*finding.stuck].ret + 1);
  }
  return events;
}

/// The fewest events with which there is a violation; nothing where all of them have none.
std::optional<std::size_t> first_violation(const CheckRequest& request, const Model& model,
                                           const Terms& terms, const History& history) {
  auto operations = operations_of(history);
  if (!operations) return std::nullopt;
  if (request.key) {
    std::erase_if(*operations, [&](const Operation& one) { return one.key() != *request.key; });
  }
  Terms quick = terms;
  quick.witness = quick.core = false;
  const auto events = violated_after(model, quick, *operations, history.size());
  if (!events) return std::nullopt;
  // An operation that failed after that may have helped until then: find where nothing does.
  const auto violated = [&](std::size_t count) {
    return violated_after(model, quick, after(*operations, count, history), count).has_value();
  };
  std::size_t least = *events;
  std::size_t most = violated(least) ? least : history.size();
  while (least < most) {
    const std::size_t middle = least + (most - least) / 2;
    if (violated(middle)) {
      most = middle;
    } else {
      least = middle + 1;
    }
  }
  return most;
}

/// Reads up to the first violation. What the model does not know is for the judgement to tell that
/// comes after this; what no process can do ends it at once.
Checked<CheckCase> followed(const CheckRequest& request, const Model& model, const Terms& terms) {
  Follow follow{.file = request.file, .quiet = {}};
  if (request.keyed) follow.keys = EdnKeys::independent;
  Duration quiet{};
  if (request.quiet && (!parse_duration(*request.quiet, quiet) || quiet <= Duration::zero())) {
    return wrong_usage("how long nothing may be written is a length of time such as 5s",
                       "--quiet-for " + *request.quiet);
  }
  if (request.quiet) follow.quiet = quiet;
  const auto first = [&](const HistoryFile& file) -> Checked<std::optional<std::size_t>> {
    if (const FileResult<void> calls = check_calls(file); !calls) {
      return bad_file(request.file, {}, calls.error());
    }
    return first_violation(request, model, terms, file.history);
  };
  Checked<Followed> followed = follow_history(follow, first);
  if (!followed) return complain(followed.error());
  return CheckCase{request, model, std::move(followed->file), followed->format};
}

/// In the order of appearance.
std::vector<std::string> keys_of(const Operations& operations) {
  std::vector<std::string> keys;
  for (const Operation& operation : operations) {
    if (std::find(keys.begin(), keys.end(), operation.key()) == keys.end()) {
      keys.push_back(operation.key());
    }
    if (keys.size() == 1000) break;
  }
  return keys;
}

/// Leaves the operations on the key that was asked for.
Checked<void> choose_key(Operations& operations, const std::vector<std::string>& keys,
                         const CheckRequest& request) {
  if (!request.key) return {};
  std::erase_if(operations, [&](const Operation& one) { return one.key() != *request.key; });
  if (!operations.empty()) return {};
  const std::string near = did_you_mean(*request.key, keys);
  return wrong_usage(fmt::format("the history has no operation on the key \"{}\"", *request.key),
                     "--key " + *request.key, near);
}

/// What helps when a model meets the operations of another sort of object.
std::string one_key_at_a_time(const std::vector<std::string>& keys) {
  if (keys.size() < 2) return {};
  std::string advice = "judge one object at a time:";
  for (std::size_t i = 0; i < std::min<std::size_t>(keys.size(), 5); ++i) {
    advice += fmt::format("{} --key {}", i == 0 ? "" : " or", keys[i]);
  }
  return advice;
}

std::string where(const CheckCase& checked, std::size_t position) {
  return to_text(checked.file.places[position]);
}

/// What the operation came to: "holds nothing new" is for the model to say, this is the record.
std::string line_of(const CheckCase& checked, const Operation& operation) {
  const bool returned = operation.completed != nullptr;
  const std::size_t call = operation.call;
  const Op& told = returned ? *operation.completed : *operation.invoked;
  const std::size_t place = static_cast<std::size_t>(&told - checked.file.history.data());
  return fmt::format("    {:>10}  process {:<4} {} {:<7} called at {}, {} at {}\n",
                     to_text(told.time), operation.process(), operation.f(),
                     name_of(operation.outcome()), where(checked, call),
                     returned ? "returned" : "never returned; last seen", where(checked, place));
}

std::string_view sentence(Status status) {
  switch (status) {
    case Status::holds: return "linearizable";
    case Status::violated: return "not linearizable";
    case Status::unknown: return "undecided";
  }
  return "?";
}

void tell_finding(const CheckCase& checked, const Operations& operations, const Finding& finding,
                  VerbContext context) {
  std::ostream& out = context.terminal.out;
  if (!finding.key.empty()) out << fmt::format("  key {}\n", finding.key);
  out << fmt::format("  {}\n", finding.explanation);
  for (const std::size_t i : finding.conflict) out << line_of(checked, operations[i]);
  if (!finding.cycle.empty())
    out << "  each must come before the next, and the last before the first:\n";
  for (const OrderStep& step : finding.cycle) {
    out << fmt::format("    {}\n", describe(step, operations));
  }
  if (finding.core.empty() || finding.core == finding.conflict) return;
  out << fmt::format("  {} cannot be ordered, and without any one of them the rest can:\n",
                     finding.core.size() == 1 ? "this" : "these");
  for (const std::size_t i : finding.core) out << line_of(checked, operations[i]);
}

void tell_witness(const CheckCase& checked, const Operations& operations, const Finding& finding,
                  VerbContext context) {
  std::ostream& out = context.terminal.out;
  out << fmt::format("  {}{}in this order:\n", finding.key.empty() ? "" : "key " + finding.key,
                     finding.key.empty() ? "" : ", ");
  for (const std::size_t i : finding.order) out << line_of(checked, operations[i]);
}

void tell(const CheckCase& checked, const Operations& operations, const Judgement& judgement,
          VerbContext context) {
  std::set<std::int64_t> processes;
  for (const Operation& operation : operations) processes.insert(operation.process());
  std::ostream& out = context.terminal.out;
  out << context.terminal.paint(sentence(judgement.status), judgement.status)
      << fmt::format("  as {}: {}\n", checked.model.name, checked.request.file);
  using reports::counted;
  out << fmt::format(
      "  {} in {}: {} by {} on {}\n", counted(checked.file.history.size(), "event"),
      name_of(checked.format), counted(operations.size(), "operation"),
      processes.size() == 1 ? "1 process" : reports::grouped(processes.size()) + " processes",
      counted(judgement.findings.size(), "key"));
  for (const Finding& finding : judgement.findings) {
    if (finding.status == Status::holds) {
      if (checked.request.witness) tell_witness(checked, operations, finding, context);
      continue;
    }
    tell_finding(checked, operations, finding, context);
  }
}

void write_operation(JsonWriter& json, const CheckCase& checked, const Operation& operation) {
  json.object().field("process", operation.process()).field("f", operation.f());
  json.field("outcome", name_of(operation.outcome()));
  json.field("call_index", operation.call).field("call_at", where(checked, operation.call));
  json.field("call_time_ns", nanos(operation.invoked->time));
  if (operation.completed != nullptr) {
    const auto place = static_cast<std::size_t>(operation.completed - checked.file.history.data());
    json.field("return_index", place).field("return_at", where(checked, place));
    json.field("return_time_ns", nanos(operation.completed->time));
  }
  json.end();
}

void write_step(JsonWriter& json, const CheckCase& checked, const Operations& operations,
                const OrderStep& step) {
  json.object().field("order", name_of(step.kind)).field("because", describe(step, operations));
  for (const auto& [name, point] : {std::pair("before", step.before), {"after", step.after}}) {
    json.field(fmt::format("{}_is", name), point.end ? "end of a hold" : "beginning of a hold");
    json.key(name);
    write_operation(json, checked, operations[point.release.value_or(point.acquire)]);
  }
  json.end();
}

void tell_json(const CheckCase& checked, const Operations& operations, const Judgement& judgement,
               VerbContext context) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "check");
  json.field("file", checked.request.file).field("format", name_of(checked.format));
  json.field("model", checked.model.name).field("status", name_of(judgement.status));
  json.field("events", checked.file.history.size()).field("operations", operations.size());
  json.key("keys").array();
  for (const Finding& finding : judgement.findings) {
    json.object().field("key", finding.key).field("status", name_of(finding.status));
    json.field("steps", finding.steps).field("explanation", finding.explanation);
    json.key("conflict").array();
    for (const std::size_t i : finding.conflict) write_operation(json, checked, operations[i]);
    json.end();
    json.key("cycle").array();
    for (const OrderStep& step : finding.cycle) write_step(json, checked, operations, step);
    json.end();
    json.key("core").array();
    for (const std::size_t i : finding.core) write_operation(json, checked, operations[i]);
    json.end();
    if (checked.request.witness && finding.status == Status::holds) {
      json.key("order").array();
      for (const std::size_t i : finding.order) write_operation(json, checked, operations[i]);
      json.end();
    }
    json.end();
  }
  json.end().end();
  context.terminal.out << json.text() << "\n";
}

ExitCode code_of(Status status) {
  switch (status) {
    case Status::holds: return ExitCode::met;
    case Status::violated: return ExitCode::violation;
    case Status::unknown: return ExitCode::undecided;
  }
  return ExitCode::internal;
}

/// Of a history there are two: the circle that cannot be ordered, and the history itself.
Checked<std::vector<Export>> check_exports(const CheckRequest& request) {
  auto exports = exports_of(request.exports, Told::run, {});
  if (!exports) return exports;
  for (const Export& one : *exports) {
    if (one.report->name == "graphviz" || one.report->name == "edn") continue;
    return wrong_usage(fmt::format("{} tells of a run, not of a history", one.report->name),
                       fmt::format("--export {}", one.report->name),
                       "of a history there are: graphviz, edn");
  }
  return exports;
}

}  // namespace

Checked<ExitCode> check_file(const CheckRequest& request, VerbContext context) {
  const Checked<const Model*> model = chosen_model(request.model);
  if (!model) return complain(model.error());
  const auto exports = check_exports(request);
  if (!exports) return complain(exports.error());
  const Checked<Terms> terms = terms_of(request, **model);
  if (!terms) return complain(terms.error());
  if ((request.file == "-" || request.quiet) && !request.follow) {
    return wrong_usage("standard input and --quiet-for are for histories that grow", request.file,
                       "add --follow");
  }
  const Checked<CheckCase> checked =
      request.follow ? followed(request, **model, *terms) : opened(request, **model);
  if (!checked) return complain(checked.error());
  const auto refused = [&](const HistoryError& error, const std::string& advice = {}) {
    const Place at = checked->file.places[error.position];
    return bad_file(request.file, {}, FileError{at, error.text, advice});
  };
  auto operations = operations_of(checked->file.history);
  if (!operations) return refused(operations.error());
  const std::vector<std::string> keys = keys_of(*operations);
  if (const Checked<void> chosen = choose_key(*operations, keys, request); !chosen) {
    return complain(chosen.error());
  }
  const Judged judged = (*model)->check(*operations, *terms);
  if (!judged) return refused(judged.error(), one_key_at_a_time(keys));
  const auto exported = write_exports(*exports, [&](const Report& report) {
    return report.name == "graphviz" ? order_graph(*judged, *operations)
                                     : write_history_edn(checked->file.history);
  });
  if (!exported) return complain(exported.error());
  (context.json ? tell_json : tell)(*checked, *operations, *judged, context);
  return code_of(judged->status);
}

}  // namespace lockstep
