// lockstep matrix: locks by fault classes, what is known against what is measured.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "backends/backend.hpp"
#include "cli/interrupt.hpp"
#include "cli/run_files.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"
#include "formats/scenario_toml.hpp"
#include "harness/expected_verdicts.hpp"
#include "harness/matrix.hpp"
#include "harness/run.hpp"
#include "reports/matrix_page.hpp"
#include "reports/plain.hpp"
#include "reports/report.hpp"

namespace lockstep {
namespace {

Checked<void> check_names(const MatrixRequest& request) {
  std::vector<std::string> locks;
  for (const ExpectedRow& row : expected_verdicts()) locks.emplace_back(row.lock);
  for (const std::string& lock : request.locks) {
    if (std::find(locks.begin(), locks.end(), lock) != locks.end()) continue;
    return wrong_usage(fmt::format("the matrix has no row \"{}\"", lock), "--locks " + lock,
                       did_you_mean(lock, locks));
  }
  for (const std::string& fault : request.faults) {
    const auto& columns = matrix_columns();
    const auto named = [&](const MatrixColumn& column) { return column.code == fault; };
    if (std::any_of(columns.begin(), columns.end(), named)) continue;
    std::string codes;
    for (const MatrixColumn& known : columns) codes += " " + known.code;
    return wrong_usage(fmt::format("the matrix has no column \"{}\"", fault), "--faults " + fault,
                       "the columns are:" + codes);
  }
  return {};
}

std::vector<const MatrixColumn*> chosen_columns(const MatrixRequest& request) {
  std::vector<const MatrixColumn*> chosen;
  const auto& wanted = request.faults;
  for (const MatrixColumn& column : matrix_columns()) {
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), column.code) != wanted.end()) {
      chosen.push_back(&column);
    }
  }
  return chosen;
}

std::string header(const std::vector<const MatrixColumn*>& columns) {
  std::string line = fmt::format("{:<26}", "");
  for (const MatrixColumn* column : columns) line += fmt::format(" {:<4}", column->code);
  return line;
}

/// One line per lock, as it is done: what was seen, with "!" where that is not as expected and "?"
/// where the fault met too few holds to say.
class Table {
 public:
  Table(const MatrixRequest& request, Terminal& terminal)
      : terminal_(terminal), columns_(chosen_columns(request)) {
    terminal_.out << header(columns_) << "\n";
  }

  void put(const MatrixCell& cell) {
    if (filled_ == 0) terminal_.out << fmt::format("{:<26}", cell.lock);
    const bool sure = cell.agrees && cell.enough;
    std::string text = cell.observed + (cell.agrees ? cell.enough ? "" : "?" : "!");
    text = fmt::format(" {:<4}", text);
    terminal_.out << (sure ? text : terminal_.paint(text, "1;31")) << std::flush;
    if (++filled_ < columns_.size()) return;
    terminal_.out << "\n" << std::flush;
    filled_ = 0;
  }

 private:
  Terminal& terminal_;
  std::vector<const MatrixColumn*> columns_;
  std::size_t filled_ = 0;
};

std::string json_of(const std::vector<MatrixCell>& cells, bool interrupted) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "matrix");
  json.field("interrupted", interrupted).key("rows").array();
  for (const MatrixCell& cell : cells) {
    if (cell.observed.empty()) continue;
    json.object().field("lock", cell.lock).field("group", cell.group);
    json.field("fault", cell.fault);
    json.field("resource", name_of(cell.resource));
    json.field("sources", cell.sources).field("expected", cell.expected);
    json.field("source", cell.source);
    if (!cell.why.empty()) json.field("why", cell.why);
    json.field("observed", cell.observed).field("agrees", cell.agrees);
    json.field("enough", cell.enough).field("runs", cell.runs);
    json.field("overlapping_runs", cell.overlapping_runs);
    json.field("belief_violations", cell.belief_violations);
    json.field("effect_violations", cell.effect_violations);
    json.field("liveness_violations", cell.liveness_violations);
    json.field("failures", cell.failures);
    if (cell.scenario) {
      json.field("seed", *cell.seed).field("scenario", write_scenario(*cell.scenario));
    }
    json.end();
  }
  json.end().end();
  return json.text() + "\n";
}

/// The file in which a cell's counterexample is drawn; none for a cell that shows nothing.
std::string timeline_of(const MatrixCell& cell) {
  return cell.scenario ? fmt::format("cell.{}.{}.html", cell.lock, cell.fault) : std::string();
}

reports::MatrixPage page_of(const std::vector<MatrixCell>& cells, const MatrixRequest& request,
                            bool interrupted) {
  reports::MatrixPage page;
  const auto chosen = [](const char* flag, const std::vector<std::string>& names) {
    return names.empty() ? "" : fmt::format(" {} {}", flag, fmt::join(names, ","));
  };
  page.command =
      fmt::format("lockstep matrix --runs {}{}{}{}", request.runs, chosen("--locks", request.locks),
                  chosen("--faults", request.faults), request.quiet_only ? " --quiet-only" : "");
  page.interrupted = interrupted;
  const std::vector<const MatrixColumn*> columns = chosen_columns(request);
  for (const MatrixColumn* column : columns)
    page.columns.push_back({column->code, column->summary});
  for (const MatrixCell& cell : cells) {
    if (page.rows.empty() || page.rows.back().lock != cell.lock) {
      const Backend& lock = *find_backend(cell.lock);
      page.rows.push_back({cell.lock,
                           std::string(lock.summary),
                           told(claims_of(lock, Settings(lock.parameters))),
                           cell.source,
                           cell.group,
                           {}});
    }
    page.rows.back().cells.push_back({cell.observed, cell.expected, cell.why, cell.agrees,
                                      cell.enough, cell.runs, cell.overlapping_runs,
                                      timeline_of(cell)});
  }
  return page;
}

/// The page, the numbers, and of each cell that shows something the run that shows it.
std::vector<OutputFile> files_of(const std::vector<MatrixCell>& cells, const std::string& json,
                                 const std::string& page) {
  std::vector<OutputFile> files{{"index.html", page}, {"matrix.json", json}};
  const Report& timeline = *find_report("timeline");
  for (const MatrixCell& cell : cells) {
    if (!cell.scenario) continue;
    const Outcome outcome = run(*cell.scenario, RunOptions{.trace = true});
    files.push_back({timeline_of(cell), timeline.write(outcome)});
    files.push_back(
        {fmt::format("cell.{}.{}.toml", cell.lock, cell.fault), write_scenario(*cell.scenario)});
  }
  return files;
}

void tell_differences(const std::vector<MatrixCell>& cells, bool interrupted, Terminal& terminal) {
  std::size_t differing = 0;
  std::size_t measured = 0;
  std::uint64_t runs = 0;
  std::uint64_t met = 0;
  std::map<std::string, std::string> reasons;  // why -> the cells
  for (const MatrixCell& cell : cells) {
    measured += !cell.observed.empty();
    runs += cell.runs;
    met += cell.overlapping_runs;
    if (!cell.why.empty()) reasons[cell.why] += fmt::format(" {}/{}", cell.lock, cell.fault);
    if (cell.agrees && cell.enough) continue;
    ++differing;
    terminal.out << fmt::format(
        "\n{} under {}: expected {}, observed {} in {} ({} met by the fault){}\n", cell.lock,
        cell.fault, cell.expected, cell.observed, reports::counted(cell.runs, "run"),
        cell.overlapping_runs, cell.seed ? fmt::format(", seed {}", *cell.seed) : std::string());
  }
  terminal.out << fmt::format(
      "\n{} cells, {} as expected, {} not; {} runs, {} of them met by their fault\n", measured,
      measured - differing, differing, runs, met);
  if (interrupted) terminal.out << "interrupted: the cells that were complete are all there is\n";
  if (reasons.empty() || terminal.quiet) return;
  terminal.out << "\nWhere we expect otherwise than the sources say:\n";
  for (const auto& [why, where] : reasons) terminal.out << fmt::format(" {}\n    {}\n", where, why);
}

ExitCode code_of(const std::vector<MatrixCell>& cells, bool interrupted) {
  if (interrupted) return ExitCode::interrupted;
  bool differs = false;
  bool unsure = false;
  for (const MatrixCell& cell : cells) {
    if (cell.failures > 0) return ExitCode::internal;
    differs |= !cell.agrees;
    unsure |= !cell.enough;
  }
  return differs ? ExitCode::violation : unsure ? ExitCode::undecided : ExitCode::met;
}

}  // namespace

Checked<ExitCode> measure_cells(const MatrixRequest& request, VerbContext context) {
  if (const Checked<void> known = check_names(request); !known) return complain(known.error());
  if (!request.output.empty()) {
    if (const Checked<void> ok = check_output(request.output); !ok) return complain(ok.error());
  }
  InterruptScope interrupt;
  MatrixOptions options;
  options.locks = request.locks;
  options.faults = request.faults;
  options.quiet = request.runs;
  options.quiet_only = request.quiet_only;
  options.workers = static_cast<unsigned>(request.workers);
  options.interrupted = &interrupt.flag();
  Terminal& terminal = context.terminal;
  std::optional<Table> table;
  if (!context.json) table.emplace(request, terminal);
  const auto cells = measure_matrix(options, [&](const MatrixCell& cell) {
    if (table) table->put(cell);
  });
  const bool interrupted = interrupt.flag().load();
  const std::string json = json_of(cells, interrupted);
  if (!request.output.empty()) {
    const std::string page = reports::matrix_page(page_of(cells, request, interrupted));
    const auto kept = write_output(request.output, files_of(cells, json, page));
    if (!kept) return complain(kept.error());
    if (!terminal.quiet) terminal.err << "kept in " << request.output << ": open index.html\n";
  }
  if (context.json) {
    terminal.out << json;
  } else {
    tell_differences(cells, interrupted, terminal);
  }
  return code_of(cells, interrupted);
}

}  // namespace lockstep
