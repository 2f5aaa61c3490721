// W7 and what readers change in P1, P1s and P2: they bear each other, and no writer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checker/play.hpp"

namespace lockstep {
namespace {

using ::testing::HasSubstr;
using testing::is_witnessed;
using testing::Play;

Play document() {
  Play play;
  play.scenario.workload = "document";
  play.claims.readers = true;
  return play;
}

std::uint64_t reader(Play& play, std::int64_t process, std::int64_t from, std::int64_t to) {
  const std::string owner = "r" + std::to_string(process);
  const std::uint64_t section = play.believe(process, from, to, owner);
  play.record.beliefs.back().shared = true;
  play.granted(from, owner, process);
  play.record.service.back().shared = true;
  play.released(to, owner, process, process);
  return section;
}

std::uint64_t writer(Play& play, std::int64_t process, std::int64_t from, std::int64_t to) {
  const std::string owner = "w" + std::to_string(process);
  const std::uint64_t section = play.believe(process, from, to, owner);
  play.granted(from, owner, process).released(to, owner, process, process);
  return section;
}

void page(Play& play, std::int64_t at, std::int64_t process, std::uint64_t section, int number,
          std::int64_t edition, bool write = false) {
  play.access(at, process, section, 0, write, 1, 0, true);
  ResourceAccess& access = play.record.resource.back().access;
  access.resource = "page-" + std::to_string(number);
  access.value = edition;
}

/// The service's log in the order of time, as a run writes it.
Verdict judged(Play& play, std::string_view property) {
  std::stable_sort(play.record.service.begin(), play.record.service.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return play.judge(property);
}

TEST(Readers, MayHoldAtOnce) {
  Play play = document();
  reader(play, 0, 100, 200);
  reader(play, 1, 150, 250);
  EXPECT_EQ(judged(play, "belief-exclusion").status, Status::holds);
  EXPECT_EQ(judged(play, "service-exclusion").status, Status::holds);
}

TEST(Readers, MayNotHoldBesideAWriter) {
  Play play = document();
  reader(play, 0, 100, 200);
  writer(play, 1, 150, 250);
  EXPECT_EQ(judged(play, "belief-exclusion").status, Status::violated);
  EXPECT_EQ(judged(play, "service-exclusion").status, Status::violated);
}

TEST(Readers, ThatCameAfterOthersStillCollideWithTheWriterBeforeThem) {
  Play play = document();
  writer(play, 2, 90, 180);
  reader(play, 0, 100, 200);
  reader(play, 1, 150, 250);
  EXPECT_EQ(judged(play, "belief-exclusion").status, Status::violated);
}

TEST(Readers, InterleaveWithEachOtherOnOnePage) {
  Play play = document();
  const auto first = reader(play, 0, 100, 200);
  const auto second = reader(play, 1, 100, 200);
  page(play, 110, 0, first, 1, 0);
  page(play, 120, 1, second, 1, 0);
  page(play, 130, 0, first, 1, 0);
  EXPECT_EQ(judged(play, "effect-exclusion").status, Status::holds);
}

TEST(Readers, InterleaveWithNoWriter) {
  Play play = document();
  const auto first = reader(play, 0, 100, 200);
  const auto second = writer(play, 1, 100, 200);
  page(play, 110, 0, first, 1, 0);
  page(play, 120, 1, second, 1, 1, true);
  page(play, 130, 0, first, 1, 1);
  EXPECT_EQ(judged(play, "effect-exclusion").status, Status::violated);
}

TEST(NoTornRead, HoldsWhenReadersSeeOneEdition) {
  Play play = document();
  const auto first = writer(play, 1, 100, 150);
  page(play, 110, 1, first, 1, 1, true);
  page(play, 120, 1, first, 2, 1, true);
  const auto second = reader(play, 0, 160, 200);
  page(play, 170, 0, second, 1, 1);
  page(play, 180, 0, second, 2, 1);
  EXPECT_EQ(judged(play, "no-torn-read").status, Status::holds);
}

TEST(NoTornRead, IsViolatedWhenAPageIsWrittenUnderAReader) {
  Play play = document();
  const auto first = reader(play, 0, 100, 200);
  const auto second = writer(play, 1, 150, 250);
  page(play, 110, 0, first, 1, 0);
  page(play, 160, 1, second, 1, 1, true);
  page(play, 170, 1, second, 2, 1, true);
  page(play, 180, 0, first, 2, 1);
  const Verdict verdict = judged(play, "no-torn-read");
  EXPECT_EQ(verdict.status, Status::violated);
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_THAT(verdict.explanation,
              HasSubstr("client-1 read edition 0 of page-1 and edition 1 of page-2, for client-2"));
}

TEST(NoTornRead, DoesNotBlameTheLockForAWriterThatWasCutOff) {
  Play play = document();
  const auto first = writer(play, 1, 100, 150);
  page(play, 110, 1, first, 1, 1, true);  // and dies before the second page
  const auto second = reader(play, 0, 160, 200);
  page(play, 170, 0, second, 1, 1);
  page(play, 180, 0, second, 2, 0);
  EXPECT_EQ(judged(play, "no-torn-read").status, Status::holds);
}

/// A client asks as a reader and is in after 5 ms, `times` over.
void read_again_and_again(Play& play, std::int64_t process, std::int64_t from, int times) {
  OpValue mode;
  mode.held = std::string("read");
  for (int i = 0; i < times; ++i, from += 10) {
    play.operation(process, "acquire", play.lock, from, from + 5, OpType::ok, "r", 0, mode);
  }
}

/// What is said of a writer that asks at 100 ms and is in, or gives up, at 190 ms.
Verdict writer_passed_by(int readers, OpType outcome, bool fair = true) {
  Play play = document();
  play.claims.fifo = fair;
  play.scenario.clients = 3;
  read_again_and_again(play, 0, 60, 4);  // those that asked before it do not count
  read_again_and_again(play, 0, 101, readers);
  play.op(1, "acquire", 100, 190, outcome, "w");
  return play.judge("no-starved-writer");
}

TEST(StarvedWriter, IsOneThatAStreamOfReadersPasses) {
  const Verdict verdict = writer_passed_by(7, OpType::ok);
  EXPECT_EQ(verdict.status, Status::violated);
  EXPECT_TRUE(verdict.claimed);
  EXPECT_EQ(verdict.witness.size(), 8U);
  EXPECT_THAT(verdict.explanation, HasSubstr("7 readers that asked for lock-1 after client-2"));
}

TEST(StarvedWriter, MayHaveGivenUp) {
  EXPECT_EQ(writer_passed_by(7, OpType::fail).status, Status::violated);
}

TEST(StarvedWriter, IsNotOneThatAFewPass) {
  EXPECT_EQ(writer_passed_by(6, OpType::ok).status, Status::holds);
}

TEST(StarvedWriter, IsNoBrokenPromiseOfALockThatPromisedNoOrder) {
  const Verdict verdict = writer_passed_by(7, OpType::ok, false);
  EXPECT_EQ(verdict.status, Status::violated);
  EXPECT_FALSE(verdict.claimed);
}

}  // namespace
}  // namespace lockstep
