// A line of contenders: who holds, who joined, who left.
#include "backends/queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using ::testing::ElementsAre;

Contender contender(std::string owner, std::string kind = {}) {
  Contender one;
  one.client = NodeId{static_cast<std::uint32_t>(owner.front() - 'a')};
  one.owner = std::move(owner);
  one.kind = std::move(kind);
  return one;
}

KeyChange change(const std::vector<Contender>& before, const std::vector<Contender>& after,
                 ChangeCause cause = ChangeCause::command) {
  KeyChange note;
  note.key = "/locks/one";
  note.before = queue_text(before);
  note.after = queue_text(after);
  note.cause = cause;
  return note;
}

/// "granted a", "released b", "expired c".
std::vector<std::string> grants(const KeyChange& note, std::int64_t permits = 1) {
  std::vector<GrantNote> notes;
  interpret_line(note, "/locks/", permits, notes);
  std::vector<std::string> told;
  for (const GrantNote& grant : notes) {
    EXPECT_EQ(grant.lock, "one");
    told.push_back(std::string(name_of(grant.change)) + " " + grant.owner);
  }
  return told;
}

TEST(Line, SurvivesBeingWrittenAsText) {
  const std::vector<Contender> line = {contender("a"), contender("b", "read")};
  EXPECT_EQ(queue_in(queue_text(line)), line);
  EXPECT_EQ(queue_text({}), std::nullopt);
}

TEST(Line, IsHeldByItsFirst) {
  EXPECT_THAT(grants(change({}, {contender("a")})), ElementsAre("granted a"));
  EXPECT_THAT(grants(change({contender("a")}, {contender("a"), contender("b")})), ElementsAre());
  EXPECT_THAT(grants(change({contender("a"), contender("b")}, {contender("b")})),
              ElementsAre("released a", "granted b"));
}

TEST(Line, WithoutOneWhoWaitedGrantsNothing) {
  EXPECT_THAT(grants(change({contender("a"), contender("b"), contender("c")},
                            {contender("a"), contender("c")})),
              ElementsAre());
}

TEST(Line, TellsAnEndThatNobodyAskedForAsExpiry) {
  EXPECT_THAT(grants(change({contender("a")}, {}, ChangeCause::expired)), ElementsAre("expired a"));
}

TEST(Line, IsHeldByAsManyAsThereArePermits) {
  EXPECT_THAT(grants(change({contender("a"), contender("b"), contender("c")},
                            {contender("b"), contender("c")}),
                     2),
              ElementsAre("released a", "granted c"));
}

TEST(Line, IsHeldByAllReadersBeforeTheFirstWriter) {
  const Contender a = contender("a", "read");
  const Contender b = contender("b", "read");
  const Contender w = contender("w", "write");
  const Contender c = contender("c", "read");
  EXPECT_THAT(grants(change({}, {a, b, w, c})), ElementsAre("granted a", "granted b"));
  EXPECT_THAT(grants(change({a, b, w, c}, {b, w, c})), ElementsAre("released a"));
  EXPECT_THAT(grants(change({b, w, c}, {w, c})), ElementsAre("released b", "granted w"));
  EXPECT_THAT(grants(change({w, c}, {c})), ElementsAre("released w", "granted c"));
}

TEST(Line, TellsWhoJoinedAndWhoLeft) {
  std::vector<QueueNote> notes;
  interpret_line_queue(change({contender("a"), contender("b")}, {contender("b"), contender("c")}),
                       "/locks/", notes);
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_EQ(notes[0].owner, "a");
  EXPECT_FALSE(notes[0].joined);
  EXPECT_EQ(notes[1].owner, "c");
  EXPECT_TRUE(notes[1].joined);
}

TEST(Line, OfAnotherPrefixIsNotRead) {
  KeyChange note = change({}, {contender("a")});
  note.key = "/other/one";
  EXPECT_THAT(grants(note), ElementsAre());
}

}  // namespace
}  // namespace lockstep
