#include "reports/campaign_page.hpp"

#include <fmt/core.h>

#include <utility>

#include "reports/html.hpp"
#include "reports/plain.hpp"
#include "reports/question.hpp"
#include "reports_embedded.hpp"

namespace lockstep::reports {
namespace {

std::string head_of(const SweepSummary& sweep) {
  std::string text = fmt::format("{}, {}, {} s simulated.", counted(sweep.runs, "run"),
                                 seeds_told(sweep), to_text(WorldTime(sweep.simulated)));
  if (sweep.with_faults) {
    text += fmt::format(" In {} a fault met a hold; the others say little of the faults.",
                        counted(sweep.overlapping_runs, "run"));
  }
  if (!sweep.untested.empty()) text += fmt::format(" Warning: {}.", sweep.untested);
  if (sweep.interrupted) text += " It was interrupted: this is what was complete.";
  for (const auto& [count, what] :
       {std::pair(sweep.failures, "ended by a bug"), std::pair(sweep.given_up, "given up"),
        std::pair(sweep.diverged, "another run the second time")}) {
    if (count > 0) text += fmt::format(" {}: {}.", counted(count, "run"), what);
  }
  return text;
}

std::string row_of(const SweepProperty& one, const SweepSummary& sweep) {
  const std::uint64_t runs = sweep.runs;
  const Status status = status_of(one, sweep);
  const bool violated = status == Status::violated;
  const std::string_view sort = name_of(status);
  const char* word = violated ? "FAIL" : status == Status::unknown ? "UNKNOWN" : "PASS";
  const std::string promise = violated && !one.claimed ? " (not promised)" : "";
  const double share =
      runs == 0 ? 0 : 100 * static_cast<double>(one.violated) / static_cast<double>(runs);
  return fmt::format(
      "<tr class=\"{}\"><td><b>{}</b>{}</td><th scope=\"row\">{}</th><td class=\"n\">{}</td>"
      "<td class=\"n\">{}</td><td class=\"n\">{}</td><td><span class=\"bar\"><span style=\"width:"
      "{:.2f}%\"></span></span> {}</td><td class=\"n\">{}</td></tr>\n",
      sort, word, promise, escaped(one.property), grouped(one.holds), grouped(one.unknown),
      grouped(one.violated), share, escaped(violated || sweep.untested.empty() ? one.odds : ""),
      one.first_seed ? std::to_string(*one.first_seed) : "");
}

std::string rows_of(const SweepSummary& sweep) {
  std::string rows;
  for (const Question question : questions) {
    bool first = true;
    for (const SweepProperty& one : sweep.properties) {
      if (question_of(one.property) != question) continue;
      if (std::exchange(first, false)) {
        rows += fmt::format(
            "<tr class=\"group\"><th colspan=\"7\" scope=\"rowgroup\">{}: {}</th></tr>\n",
            name_of(question), meaning_of(question));
      }
      rows += row_of(one, sweep);
    }
  }
  return rows;
}

std::string failure_of(const CampaignFailure& one) {
  const std::string name = escaped(one.pattern);
  std::string where = one.timeline.empty()
                          ? name
                          : fmt::format("<a href=\"{}\">{}</a>", escaped(one.timeline), name);
  if (!one.promised) where += " (not promised)";
  const std::string file =
      one.scenario.empty() ? "" : fmt::format("<a href=\"{0}\">{0}</a>", escaped(one.scenario));
  for (const CampaignFailure::Command& command : one.commands) {
    where += fmt::format(
        "<br><span class=\"muted\">{0}: <code>{1}</code> makes <a href=\"{2}\">{2}</a></span>",
        escaped(command.what), escaped(command.text), escaped(command.page));
  }
  return fmt::format(
      "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
      "<td class=\"n\">{}</td><td>{}</td></tr>\n",
      where, grouped(one.runs), one.seed, one.clients, one.faults, file);
}

}  // namespace

std::string campaign_page(const CampaignPage& campaign) {
  std::string failures;
  for (const CampaignFailure& one : campaign.failures) failures += failure_of(one);
  if (failures.empty()) failures = "<tr><td colspan=\"6\">none was found</td></tr>\n";
  return filled(embedded::campaign_html,
                {{"@BEGIN@", page_begin(escaped(campaign.sweep.what) + ": campaign")},
                 {"@NAME@", escaped(campaign.sweep.what)},
                 {"@HEAD@", escaped(head_of(campaign.sweep))},
                 {"@DRAWN@", escaped(campaign.drawn)},
                 {"@ROWS@", rows_of(campaign.sweep)},
                 {"@COUNT@", counted(campaign.failures.size(), "distinct failure")},
                 {"@FAILURES@", failures}});
}

}  // namespace lockstep::reports
