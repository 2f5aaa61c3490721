#include "cli/campaign_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <ranges>
#include <tuple>

#include "checker/property.hpp"
#include "cli/build.hpp"
#include "core/digest.hpp"
#include "formats/scenario_toml.hpp"
#include "harness/witness_pattern.hpp"
#include "reports/plain.hpp"

namespace lockstep {
namespace {

// Before the text of a run that gave up or diverged: a row has one column for what ended a run.
constexpr std::string_view gave_up = "[gave up] ";
constexpr std::string_view diverged = "[diverged] ";

std::string end_of(const RunDone& run) {
  if (!run.gave_up.empty()) return std::string(gave_up) + run.gave_up;
  if (!run.diverged.empty()) return std::string(diverged) + run.diverged;
  return run.failure;
}

char letter_of(const Verdict& verdict) {
  const char letter = name_of(verdict.status).front();
  return verdict.claimed ? static_cast<char>(std::toupper(letter)) : letter;
}

void add_verdicts(RunRow& row, const CampaignHead& head, const RunDone& run) {
  row.verdicts.assign(head.properties.size(), '-');
  std::map<std::size_t, std::uint64_t> tried;
  for (const Verdict& verdict : run.verdicts) {
    const auto at = std::find(head.properties.begin(), head.properties.end(), verdict.property);
    if (at == head.properties.end()) continue;
    const auto place = static_cast<std::size_t>(at - head.properties.begin());
    row.verdicts[place] = letter_of(verdict);
    if (verdict.status == Status::violated) tried[place] = verdict.tried;
  }
  row.tried = fmt::format("{}", fmt::join(std::views::values(tried), ","));
}

/// The next number of RunRow::tried.
std::uint64_t next_of(std::string_view& tried) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(tried.data(), tried.data() + tried.size(), number);
  tried.remove_prefix(static_cast<std::size_t>(read.ptr - tried.data()));
  if (!tried.empty()) tried.remove_prefix(1);
  return number;
}

/// As pattern_note wrote it: two lines, then the pattern.
FailureRow failure_from(const std::string& note) {
  FailureRow failure;
  const std::size_t first = note.find('\n');
  if (first == std::string::npos) return failure;
  const std::size_t second = note.find('\n', first + 1);
  failure.property = note.substr(0, first);
  failure.promised = note.substr(first + 1, second - first - 1) == "promised";
  failure.pattern = note.substr(second + 1);
  return failure;
}

/// What went wrong, without the numbers that differ from run to run.
std::string without_numbers(const std::string& text) {
  std::string plain;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) plain += c;
    if (digit && !plain.ends_with('#')) plain += '#';
  }
  return plain;
}

/// `holds`: how many the run had in all.
void count(PropertyCount& property, char letter, std::uint64_t seed, std::uint64_t holds,
           std::string_view& tried) {
  const bool claimed = letter >= 'A' && letter <= 'Z';
  property.claimed |= claimed;
  switch (claimed ? letter - 'A' + 'a' : letter) {
    case 'h':
      ++property.holds;
      property.tried += holds;
      return;
    case 'v':
      ++property.violated;
      property.tried += next_of(tried);
      if (!property.first_seed) property.first_seed = seed;
      if (claimed && ++property.broken == 1) property.first_broken_seed = seed;
      return;
    default: ++property.unknown; property.open += claimed;
  }
}

/// Counts a run that did not come to its end.
void count_end(SweepResult& result, const RunRow& run) {
  const std::string_view text = run.failure;
  if (text.starts_with(gave_up)) {
    if (++result.given_up > 1) return;
    result.first_given_up_seed = run.seed;
    result.first_given_up = text.substr(gave_up.size());
  } else if (text.starts_with(diverged)) {
    if (++result.diverged > 1) return;
    result.first_diverged_seed = run.seed;
    result.first_divergence = text.substr(diverged.size());
  } else if (!text.empty() && ++result.failures == 1) {
    result.first_failure_seed = run.seed;
    result.first_failure = text;
  }
}

void count(SweepResult& result, const RunRow& run, Digest& digest) {
  if (++result.runs == 1) result.lowest_seed = run.seed;
  result.highest_seed = run.seed;
  digest.fold(run.digest);
  result.overlapping_runs += run.overlapped;
  result.events += run.events;
  result.messages += run.messages;
  result.holds += run.holds;
  result.simulated += run.simulated;
  result.violations += run.verdicts.find('V') != std::string::npos;
  count_end(result, run);
  std::string_view tried = run.tried;
  for (std::size_t i = 0; i < run.verdicts.size() && i < result.properties.size(); ++i) {
    if (run.verdicts[i] == '-') continue;
    count(result.properties[i].second, run.verdicts[i], run.seed, run.holds, tried);
  }
}

}  // namespace

CampaignHead campaign_head(const DrawOptions& options, const std::string& strategy,
                           std::uint64_t planned) {
  CampaignHead head;
  head.build = build_identity();
  head.settings =
      fmt::format("# drawn by {}; faults: {}; one every {}\n", strategy,
                  options.faults.empty() ? std::string("none")
                                         : fmt::format("{}", fmt::join(options.faults, ", ")),
                  to_text(options.fault_every));
  head.settings += write_scenario(options.base);
  head.first_seed = options.base.seed;
  head.planned = planned;
  for (const Property& property : all_properties()) head.properties.emplace_back(property.name);
  return head;
}

std::string pattern_note(const Outcome& outcome) {
  if (!outcome.failure.empty()) return "\n\nbug: " + without_numbers(outcome.failure);
  const Verdict* verdict = first_violation_of(outcome);
  return verdict == nullptr ? std::string() : pattern_note(outcome, *verdict);
}

std::string pattern_note(const Outcome& outcome, const Verdict& violation) {
  return fmt::format("{}\n{}\n{}", violation.property, violation.claimed ? "promised" : "",
                     witness_pattern(outcome, violation));
}

FailureRow failure_of(const RunDone& run) {
  FailureRow failure = failure_from(run.note);
  if (failure.pattern.empty()) return failure;
  failure.seed = run.seed;
  failure.clients = run.scenario.clients;
  failure.faults = static_cast<std::int64_t>(run.scenario.faults.size());
  failure.duration = run.scenario.duration;
  failure.scenario = write_scenario(run.scenario);
  failure.runs = 1;
  return failure;
}

void add_failure(std::vector<FailureRow>& failures, FailureRow failure) {
  if (failure.pattern.empty()) return;
  const auto size = [](const FailureRow& one) {
    return std::tuple(one.clients, one.faults, one.duration, one.seed);
  };
  for (FailureRow& known : failures) {
    if (known.pattern != failure.pattern) continue;
    failure.runs += known.runs;
    if (size(failure) < size(known)) {
      known = std::move(failure);
    } else {
      known.runs = failure.runs;
    }
    return;
  }
  failures.push_back(std::move(failure));
}

CampaignResult<void> add_run(CampaignFile& file, const RunDone& run) {
  FailureRow failure = failure_of(run);
  RunRow row;
  row.seed = run.seed;
  row.index = run.seed - file.head().first_seed;
  row.digest = run.digest;
  add_verdicts(row, file.head(), run);
  row.overlapped = run.overlapping;
  row.holds = run.stats.holds;
  row.events = run.stats.events;
  row.messages = run.stats.messages;
  row.simulated = run.stats.simulated;
  row.failure = end_of(run);
  row.pattern = failure.pattern;
  if (!failure.pattern.empty()) {
    failure.index = row.index;
    if (auto added = file.add(failure); !added) return added;
  }
  return file.add(row);
}

CampaignResult<SweepResult> result_of(const CampaignFile& file) {
  SweepResult result;
  for (const std::string& name : file.head().properties) result.properties.push_back({name, {}});
  Digest digest;
  const auto visited = file.each_run([&](const RunRow& run) { count(result, run, digest); });
  if (!visited) return tl::unexpected<CampaignError>(visited.error());
  std::erase_if(result.properties, [](const auto& named) {
    const PropertyCount& property = named.second;
    return property.holds + property.unknown + property.violated == 0;
  });
  result.digest = digest.value();
  return result;
}

Complaint complaint_of(const CampaignError& error, const std::string& path) {
  const bool runs_differ = error.kind == CampaignError::Kind::diverged;
  return {runs_differ ? ExitCode::diverged : ExitCode::bad_file,
          reports::printable(error.what),
          path,
          {},
          error.advice};
}

}  // namespace lockstep
