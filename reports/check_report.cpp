#include "reports/check_report.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "reports/plain.hpp"
#include "reports/report.hpp"
#include "reports/story.hpp"

namespace lockstep::reports {
namespace {

constexpr std::size_t most_annotations = 10;

std::string in_xml(const std::string& text) {
  std::string escaped;
  for (const char c : printable(text)) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

/// The escapes of GitHub's workflow commands; `property`: between "title=" and "::".
std::string in_command(const std::string& text, bool property) {
  std::string escaped;
  for (const char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    escaped += special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return escaped;
}

std::string seconds(Duration length) {
  const auto ms = length.count() / 1'000'000;
  return fmt::format("{}.{:03}", ms / 1000, ms % 1000);
}

std::size_t count_failed(const CheckSuite& suite) {
  return static_cast<std::size_t>(
      std::ranges::count_if(suite.cases, [](const auto& one) { return !one.failure.empty(); }));
}

std::size_t count_met(const CheckSuite& suite) {
  return static_cast<std::size_t>(std::ranges::count_if(
      suite.cases, [](const auto& one) { return one.failure.empty() && !one.undecided; }));
}

std::string step_text(const StoryStep& step) {
  const std::string mark = step.mark.empty() ? "" : " (" + step.mark + ")";
  return fmt::format("{} s {}: {}{}", to_text(step.at), step.who, step.text, mark);
}

}  // namespace

CheckSuite suite_of(const Outcome& outcome) {
  CheckSuite suite{"lockstep " + outcome.scenario.lock, std::to_string(outcome.scenario.seed), {}};
  const auto story = first_violation(outcome);
  const std::string open =
      !outcome.diverged.empty() ? "this run can't be repeated" : outcome.gave_up;
  for (const Verdict& verdict : outcome.verdicts) {
    CheckCase one{verdict.property};
    one.file = "scenario.toml";
    if (verdict.status == Status::violated) {
      (verdict.claimed ? one.failure : one.remark) = verdict.explanation;
      one.detail = "lockstep run scenario.toml";
    }
    one.undecided = verdict.status == Status::unknown && verdict.claimed;
    if (verdict.status != Status::violated && !open.empty()) {
      one.undecided = true;
      one.remark = open;
    }
    if (story && &outcome.verdicts[story->verdict] == &verdict) {
      for (const StoryStep& step : story->steps) one.steps.push_back(step_text(step));
      if (!story->why.empty()) one.detail = story->why + "\n" + one.detail;
    }
    suite.cases.push_back(std::move(one));
  }
  if (!outcome.failure.empty()) suite.cases.push_back({"no bug ends a run", outcome.failure});
  if (!outcome.diverged.empty()) {
    suite.cases.push_back({"a run can be repeated", "two runs of it differ", outcome.diverged});
  }
  return suite;
}

std::string undecided_text(const CheckCase& one) {
  return one.remark.empty() ? "undecided" : "undecided: " + one.remark;
}

std::string junit_xml(const CheckSuite& suite) {
  const auto skipped = std::ranges::count_if(
      suite.cases, [](const auto& one) { return one.undecided && one.failure.empty(); });
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  xml += fmt::format("<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
                     in_xml(suite.name), suite.cases.size(), count_failed(suite), skipped);
  xml +=
      fmt::format("  <properties>\n    <property name=\"seed\" value=\"{}\"/>\n  </properties>\n",
                  in_xml(suite.seed));
  for (const CheckCase& one : suite.cases) {
    xml += fmt::format("  <testcase name=\"{}\" classname=\"{}\" time=\"{}\"", in_xml(one.name),
                       in_xml(suite.name), seconds(one.wall));
    if (!one.failure.empty()) {
      xml += fmt::format(">\n    <failure message=\"{}\">{}</failure>\n  </testcase>\n",
                         in_xml(one.failure), in_xml(one.detail));
    } else if (one.undecided) {
      xml += fmt::format(">\n    <skipped message=\"{}\"/>\n  </testcase>\n",
                         in_xml(undecided_text(one)));
    } else {
      xml += "/>\n";
    }
  }
  return xml + "</testsuite>\n";
}

std::string github_annotations(const CheckSuite& suite) {
  std::string text;
  std::size_t told = 0;
  for (const CheckCase& one : suite.cases) {
    if (one.failure.empty() || told == most_annotations) continue;
    ++told;
    text += "::error ";
    if (!one.file.empty()) text += fmt::format("file={},", in_command(one.file, true));
    const std::string more = one.detail.empty() ? one.failure : one.failure + "\n" + one.detail;
    text += fmt::format("title={}::{}\n", in_command(suite.name + ": " + one.name, true),
                        in_command(more, false));
  }
  return text;
}

std::string step_summary(const CheckSuite& suite) {
  std::string text = fmt::format(
      "### {}\n\n{} of {}, from seed {}\n\n| | check | |\n|---|---|---|\n", in_markdown(suite.name),
      count_met(suite), counted(suite.cases.size(), "check") + " met", suite.seed);
  for (const CheckCase& one : suite.cases) {
    const char* mark = !one.failure.empty() ? "FAIL" : one.undecided ? "UNKNOWN" : "PASS";
    std::string why = one.failure.empty() ? one.remark : one.failure;
    if (!one.failure.empty() && !one.detail.empty()) why += ": " + one.detail;
    text += fmt::format("| {} | {} | {} |\n", mark, in_markdown(one.name), in_markdown(why));
  }
  return text + "\n";
}

Report junit() {
  return {.name = "junit",
          .summary = "one test case per property or check, as CI servers read them",
          .file_name = "junit.xml",
          .write = [](const Outcome& outcome) { return junit_xml(suite_of(outcome)); },
          .on_request = true,
          .write_checks = junit_xml};
}

}  // namespace lockstep::reports
