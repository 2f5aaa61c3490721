// What other tools are given, by the rules of their forms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "formats/history_edn.hpp"
#include "reports/graphviz.hpp"
#include "reports/report.hpp"
#include "tests/reports/story_fixture.hpp"

namespace lockstep::reports {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string told(std::string_view name, const Outcome& outcome) {
  return find_report(name)->write(outcome);
}

std::vector<json> of_phase(const json& trace, const std::string& phase) {
  std::vector<json> found;
  for (const json& event : trace["traceEvents"]) {
    if (event["ph"] == phase) found.push_back(event);
  }
  return found;
}

std::int64_t nanoseconds(const json& micros) {
  return std::llround(micros.get<double>() * 1000);
}

TEST(Perfetto, BarsOfAThreadNeverOverlap) {
  const json trace = json::parse(told("perfetto", story_outcome()));
  std::map<std::pair<int, int>, std::int64_t> busy;
  for (const json& bar : of_phase(trace, "X")) {
    std::int64_t& until = busy[{bar["pid"], bar["tid"]}];
    EXPECT_GE(nanoseconds(bar["ts"]), until) << bar;
    EXPECT_GT(nanoseconds(bar["dur"]), 0);
    until = nanoseconds(bar["ts"]) + nanoseconds(bar["dur"]);
  }
  EXPECT_GE(busy.size(), 8u);
}

TEST(Perfetto, EachMessageThatArrivedIsOneArrowThatStartsAndEndsAtABar) {
  const json trace = json::parse(told("perfetto", story_outcome()));
  std::set<std::tuple<int, int, std::int64_t>> begins;
  for (const json& bar : of_phase(trace, "X")) {
    begins.emplace(bar["pid"], bar["tid"], nanoseconds(bar["ts"]));
  }
  std::map<int, std::int64_t> left;
  for (const json& start : of_phase(trace, "s")) {
    EXPECT_TRUE(begins.contains({start["pid"], start["tid"], nanoseconds(start["ts"])})) << start;
    EXPECT_TRUE(left.emplace(start["id"], nanoseconds(start["ts"])).second);
  }
  for (const json& end : of_phase(trace, "f")) {
    EXPECT_TRUE(begins.contains({end["pid"], end["tid"], nanoseconds(end["ts"])})) << end;
    EXPECT_LE(left.at(end["id"]), nanoseconds(end["ts"]));
    left.erase(end["id"]);
  }
  EXPECT_TRUE(left.empty());
  EXPECT_EQ(of_phase(trace, "f").size(), 11u);  // of twelve messages one is lost
}

TEST(Perfetto, SaysWhoBelievedWhatAndWhatWasViolated) {
  const std::string text = told("perfetto", story_outcome());
  EXPECT_THAT(text, HasSubstr("holds lock-1 with token 7"));
  EXPECT_THAT(text, HasSubstr("client-1 paused for 12.4 s"));
  EXPECT_THAT(text, HasSubstr("belief-exclusion is violated"));
}

struct Logged {
  std::string event;
  std::string host;
  json clock;
};

/// By the expression in the first line of the log, as ShiViz does.
std::vector<Logged> logged(const std::string& log) {
  EXPECT_TRUE(log.starts_with("(?<event>.*)\\n(?<host>\\S*) (?<clock>{.*})\n\n"));
  const std::string body = log.substr(log.find("\n\n") + 2);
  const std::regex form("(.*)\\n(\\S*) (\\{.*\\})\\n");
  std::vector<Logged> all;
  std::size_t length = 0;
  for (std::sregex_iterator at(body.begin(), body.end(), form), end; at != end; ++at) {
    all.push_back({(*at)[1], (*at)[2], json::parse((*at)[3].str())});
    length += static_cast<std::size_t>(at->length());
  }
  EXPECT_EQ(length, body.size()) << "something is not of the form";
  return all;
}

/// Each host counts its own events from 1 on, one by one, and knows of others what they had told.
void obeys_the_laws_of_vector_clocks(const std::string& log) {
  std::map<std::string, std::map<std::string, std::int64_t>> now;
  for (const Logged& one : logged(log)) {
    ASSERT_TRUE(one.clock.contains(one.host)) << one.event;
    const std::map<std::string, std::int64_t> clock = one.clock;
    for (const auto& [host, count] : clock) {
      if (host == one.host) {
        EXPECT_EQ(count, now[host][host] + 1) << one.event;
      } else {
        EXPECT_GE(count, now[one.host][host]) << one.event;
        EXPECT_LE(count, now[host][host]) << one.event;
      }
    }
    now[one.host] = clock;
  }
}

TEST(ShiViz, ObeysTheLawsOfVectorClocks) {
  const std::string log = told("shiviz", story_outcome());
  obeys_the_laws_of_vector_clocks(log);
  const std::vector<Logged> all = logged(log);
  ASSERT_FALSE(all.empty());
  // What client-2 is told by redis-1 comes after all that redis-1 had heard.
  EXPECT_THAT(log, HasSubstr("from redis-1: OK\nclient-2 {\"redis-1\":4, \"client-2\":5}"));
}

TEST(ShiViz, HostileNamesStayInTheirPlaces) {
  obeys_the_laws_of_vector_clocks(told("shiviz", hostile_outcome()));
}

TEST(Sarif, HasOneRuleAndOneResultForEachProperty) {
  const Outcome outcome = story_outcome();
  const json log = json::parse(told("sarif", outcome));
  EXPECT_EQ(log["version"], "2.1.0");
  const json& run = log["runs"][0];
  ASSERT_EQ(run["results"].size(), outcome.verdicts.size());
  for (std::size_t i = 0; i < outcome.verdicts.size(); ++i) {
    const json& result = run["results"][i];
    const Verdict& verdict = outcome.verdicts[i];
    EXPECT_EQ(result["ruleId"], verdict.property);
    EXPECT_EQ(run["tool"]["driver"]["rules"][i]["id"], verdict.property);
    EXPECT_EQ(result["ruleIndex"], i);
    const bool failed = verdict.status == Status::violated;
    EXPECT_EQ(result["kind"], failed                              ? "fail"
                              : verdict.status == Status::unknown ? "open"
                                                                  : "pass");
    EXPECT_EQ(result["level"], failed ? "error" : "none");
  }
  const json& flow = run["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"];
  EXPECT_THAT(flow.dump(), HasSubstr("10.102 s client-1: paused for 12.4 s"));
}

TEST(Sarif, WhatWasNotPromisedIsANoteAndNoFailureForJUnit) {
  Outcome outcome = story_outcome();
  for (Verdict& verdict : outcome.verdicts) verdict.claimed = false;
  const json log = json::parse(told("sarif", outcome));
  EXPECT_EQ(log["runs"][0]["results"][0]["level"], "note");
  EXPECT_THAT(told("junit", outcome), HasSubstr("failures=\"0\""));
  EXPECT_THAT(told("junit", story_outcome()), HasSubstr("failures=\"2\""));
}

TEST(Edn, IsReadBackAsTheSameHistory) {
  const Outcome outcome = story_outcome();
  const std::string text = told("edn", outcome);
  const auto back = read_history_edn(text);
  ASSERT_TRUE(back);
  EXPECT_EQ(write_history_edn(back->history), text);
  ASSERT_EQ(back->history.size(), outcome.record.history.size());
  for (std::size_t i = 0; i < back->history.size(); ++i) {
    EXPECT_EQ(back->history[i].f, outcome.record.history[i].f);
    EXPECT_EQ(back->history[i].time, outcome.record.history[i].time);
    EXPECT_EQ(back->history[i].process, outcome.record.history[i].process);
  }
}

TEST(Graphviz, ALockPointsAtAllWhoBelieveInIt) {
  const std::string text = told("graphviz", story_outcome());
  EXPECT_THAT(text, HasSubstr("label=\"held since 9.310 s (token 7)\""));
  EXPECT_THAT(text, HasSubstr("label=\"held since 19.400 s (token 8)\""));
  EXPECT_THAT(text, testing::Not(HasSubstr("penwidth")));
}

TEST(Graphviz, OnlyWhatLiesOnACircleIsDrawnThick) {
  Graph graph;
  graph.nodes = {{"a"}, {"b"}, {"c"}, {"d"}};
  graph.edges = {{0, 1, "x"}, {1, 2, "y"}, {2, 0, "z"}, {2, 3, "out"}};
  EXPECT_THAT(on_circles(graph), testing::ElementsAre(true, true, true, false));
}

TEST(Graphviz, HostileNamesStayInTheirQuotes) {
  const std::string text = told("graphviz", hostile_outcome());
  // Outside of quotes there is nothing but the language's own words.
  std::string outside;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (inside && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      inside = !inside;
    } else if (!inside) {
      outside += text[i];
    }
  }
  EXPECT_FALSE(inside);
  EXPECT_TRUE(std::regex_match(outside, std::regex("[a-z0-9A-Z \n=;,{}\\[\\]>-]*"))) << outside;
}

TEST(Markdown, HostileNamesMeanNothing) {
  const std::string text = told("markdown", hostile_outcome());
  const std::string before_code = text.substr(0, text.find("<details>"));
  EXPECT_THAT(before_code, testing::Not(testing::ContainsRegex("[^\\]<")));
  EXPECT_THAT(told("markdown", story_outcome()), HasSubstr("| FAIL | belief-exclusion |"));
}

TEST(OtherTools, AreListedOnTheirPage) {
  std::ostringstream page;
  page << std::ifstream(std::string(LOCKSTEP_SOURCE_DIR) + "/docs/other-tools.md").rdbuf();
  for (const Report& report : all_reports()) {
    if (!report.on_request) continue;
    const std::string of = report.write_checks != nullptr ? "a run, checks |" : "a run";
    EXPECT_THAT(page.str(), HasSubstr("| `" + std::string(report.name) + "` | " + of));
  }
}

}  // namespace
}  // namespace lockstep::reports
