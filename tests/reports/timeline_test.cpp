// The timeline is one page that needs nothing else, runs nothing that a run has named, and holds
// what the record says.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "reports/report.hpp"
#include "reports/timeline_data.hpp"
#include "reports/timeline_lanes.hpp"
#include "reports/traced.hpp"
#include "tests/reports/story_fixture.hpp"

namespace lockstep::reports {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string page_of(const Outcome& outcome) {
  return find_report("timeline")->write(outcome);
}

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// The data that the page will parse.
json data_of(const std::string& page) {
  const std::string start = "<script type=\"application/json\" id=\"data\">";
  const std::size_t from = page.find(start) + start.size();
  return json::parse(page.substr(from, page.find("</script>", from) - from));
}

TEST(Timeline, NeedsNothingFromOutside) {
  const std::string page = page_of(story_outcome());
  for (const char* outside : {"http://", "https://", " src=", "@import", "url(", "<link"}) {
    EXPECT_THAT(page, Not(HasSubstr(outside)));
  }
  EXPECT_THAT(page, HasSubstr("Content-Security-Policy\" content=\"default-src 'none'"));
  EXPECT_EQ(page.find("@STYLE@"), std::string::npos);
  EXPECT_EQ(page.find("@SCRIPT@"), std::string::npos);
}

TEST(Timeline, HostileNamesStayText) {
  const std::string tame = page_of(story_outcome());
  const std::string page = page_of(hostile_outcome());
  EXPECT_EQ(times(page, "<script"), times(tame, "<script"));
  EXPECT_EQ(times(page, "</script"), times(tame, "</script"));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("<!--")));
  const json data = data_of(page);
  EXPECT_THAT(data["clients"][0].get<std::string>(), HasSubstr("</script><img src=x"));
}

TEST(Timeline, NamesOfPlacesInTheTemplateAreNotFilledInNames) {
  Outcome outcome = story_outcome();
  outcome.scenario.lock = "@DATA@ @SCRIPT@ @WORDS@";
  const json data = data_of(page_of(outcome));
  EXPECT_THAT(data["name"].get<std::string>(), HasSubstr("@DATA@ @SCRIPT@ @WORDS@"));
}

TEST(Timeline, DataSaysWhatTheRecordSays) {
  const json data = json::parse(timeline_data(story_outcome()));
  EXPECT_EQ(data["worst"], "violated");
  EXPECT_THAT(data["clients"], ElementsAre("client-1", "client-2"));
  EXPECT_THAT(data["servers"], ElementsAre("redis-1"));
  EXPECT_EQ(data["resourceNode"], "resource");
  EXPECT_EQ(data["beliefs"].size(), 2u);
  EXPECT_EQ(data["grants"][0]["how"], "expired");
  EXPECT_EQ(data["grants"][1]["to"], nullptr);
  EXPECT_EQ(data["accesses"][3]["lost"], true);
  EXPECT_EQ(data["accesses"][3]["late"], true);
  EXPECT_EQ(data["accesses"][2]["late"], false);
  EXPECT_EQ(data["messages"].size(), 6 * 12u);
}

TEST(Timeline, TheStoryOfThePageIsTheStoryInWords) {
  const json data = json::parse(timeline_data(story_outcome()));
  std::vector<std::string> marks;
  for (const json& step : data["story"]["steps"]) {
    if (step["mark"] != "") marks.push_back(step["mark"]);
  }
  EXPECT_THAT(marks,
              ElementsAre("expiry", "second grant", "two holders", "stale write, lost update"));
}

TEST(Timeline, ARunWithoutVerdictsIsUndecided) {
  EXPECT_EQ(json::parse(timeline_data(Outcome()))["worst"], "unknown");
}

TEST(Lanes, BeliefsOverlapFromTheSecondsBeginningToTheFirstsEnd) {
  const auto found = overlaps(story_outcome().record);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].from, ms(19400));
  EXPECT_EQ(found[0].to, ms(22510));
  EXPECT_THAT(found[0].processes, ElementsAre(0, 1));
}

TEST(Lanes, BeliefsThatTouchDoNotOverlap) {
  Outcome outcome = story_outcome();
  outcome.record.beliefs[0].to = outcome.record.beliefs[1].from;
  EXPECT_THAT(overlaps(outcome.record), testing::IsEmpty());
}

TEST(Lanes, AMessageThatIsLostNeverArrives) {
  const Outcome outcome = story_outcome();
  const auto messages = traced_messages(outcome.trace);
  const auto lost = std::ranges::count_if(
      messages, [](const TracedMessage& message) { return message.received == nullptr; });
  EXPECT_EQ(lost, 1);
}

TEST(Lanes, AClockThatJumpsIsSampledOnBothSidesOfTheJump) {
  Trace trace;
  trace.nodes = {"client-1"};
  for (std::int64_t at = 0; at < 100; ++at) {
    TraceEntry entry;
    entry.at = ms(at);
    entry.wall = nanos(ms(at)) + (at >= 50 ? 7'000'000'000 : 0);
    entry.steady = nanos(ms(at));
    trace.entries.push_back(entry);
  }
  const auto samples = clock_samples(trace, 0);
  ASSERT_EQ(samples.size(), 4u);
  EXPECT_EQ(samples[1].at, ms(49));
  EXPECT_EQ(samples[1].wall_ahead, 0);
  EXPECT_EQ(samples[2].at, ms(50));
  EXPECT_EQ(samples[2].wall_ahead, 7'000'000'000);
}

/// etcd-1 leads and answers client-1, then etcd-2 does; in the end etcd-1 proposes something.
Outcome two_terms() {
  Outcome outcome = story_outcome();
  Trace& trace = outcome.trace;
  trace.nodes = {"etcd-1", "etcd-2", "client-1", "client-2"};
  trace.entries.clear();
  const auto say = [&](std::int64_t at, TraceKind kind, std::uint32_t node, std::uint32_t peer,
                       std::string text) {
    trace.entries.push_back({ms(at), kind, node, peer, 0, at, at, std::move(text)});
  };
  say(10, TraceKind::send, 0, 1, "term 1: append 1 to 1, committed 0");
  say(20, TraceKind::send, 0, 2, "revision 2 lease ab for 10000 ms");
  say(100, TraceKind::send, 1, 0, "term 2: append 2 to 2, committed 1");
  say(110, TraceKind::send, 0, 1, "term 1: heartbeat after 1, committed 0");
  say(120, TraceKind::send, 1, 2, "revision 3 lease ab for 9000 ms");
  say(125, TraceKind::send, 1, 2, "revision 3 lease cd for 5000 ms");
  say(130, TraceKind::send, 1, 2, "revision 3 lease ab for 0 ms");
  say(140, TraceKind::receive, 1, 0, "term 2: propose number 1");
  outcome.record.service = {{.at = ms(105),
                             .server = "etcd-1",
                             .lock = "lock-1",
                             .change = GrantChange::granted,
                             .owner = "a1",
                             .holder = 0,
                             .by = 0}};
  return outcome;
}

TEST(Traced, WhoeverSpokeInTheHighestTermLeads) {
  const Outcome outcome = two_terms();
  const Traced traced(outcome);
  EXPECT_EQ(traced.leader_at(ms(9)), nullptr);
  EXPECT_EQ(traced.name_of(*traced.leader_at(ms(99))), "etcd-1");
  EXPECT_EQ(traced.name_of(*traced.leader_at(ms(115))), "etcd-2") << "a deposed one still speaks";
  EXPECT_EQ(traced.entry_of(*traced.leader_at(ms(115))), 2u);
}

TEST(Traced, APromiseIsOfALeaseThatItsHolderKnewAndNotOfOneThatIsOver) {
  const Outcome outcome = two_terms();
  const Traced traced(outcome);
  const auto promise = traced.last_promise("client-1", ms(50), ms(200));
  ASSERT_TRUE(promise);
  EXPECT_EQ(promise->entry, 4u);
  EXPECT_EQ(promise->server, "etcd-2");
  EXPECT_EQ(promise->lasts, 9s);
  EXPECT_FALSE(traced.last_promise("client-1", ms(15), ms(200))) << "nothing was known before";
  EXPECT_FALSE(traced.last_promise("client-1", ms(50), ms(119)));
  EXPECT_FALSE(traced.last_promise("client-2", ms(50), ms(200)));
}

TEST(Traced, AProposalIsNamedWhenItIsTheOnlyOne) {
  Outcome outcome = two_terms();
  EXPECT_EQ(Traced(outcome).proposal_before(ms(142))->server, "etcd-1");
  EXPECT_FALSE(Traced(outcome).proposal_before(ms(170)));
  outcome.trace.entries.push_back(outcome.trace.entries.back());
  EXPECT_FALSE(Traced(outcome).proposal_before(ms(142)));
}

TEST(Traced, AGrantOfAReplicatedServiceStandsInTheRowOfItsLeader) {
  const Outcome outcome = two_terms();
  EXPECT_EQ(Traced(outcome).doer(outcome.record.service[0]), "etcd");
  EXPECT_EQ(data_of(page_of(outcome))["grants"][0]["server"], "etcd-2");
  EXPECT_EQ(data_of(page_of(story_outcome()))["grants"][0]["server"], "redis-1");
}

}  // namespace
}  // namespace lockstep::reports
