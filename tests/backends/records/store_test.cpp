// Compare-and-set on records, and what of them a log brings back.

#include "backends/records/store.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace lockstep::records {
namespace {

Request put(std::string key, std::string value, Condition condition = {}) {
  Request request;
  request.action = Action::put;
  request.key = std::move(key);
  request.fields["value"] = std::move(value);
  request.condition = std::move(condition);
  return request;
}
Request patch(std::string key, std::string name, std::string value, Condition condition = {}) {
  Request request;
  request.action = Action::patch;
  request.key = std::move(key);
  request.fields[std::move(name)] = std::move(value);
  request.condition = std::move(condition);
  return request;
}
Request erase(std::string key, Condition condition = {}) {
  Request request;
  request.action = Action::erase;
  request.key = std::move(key);
  request.condition = std::move(condition);
  return request;
}

TEST(RecordStore, CreatesARecordOnceIfItMustBeAbsent) {
  Store store;
  EXPECT_EQ(store.execute(put("a", "1", {.absent = true})).status, Status::ok);
  EXPECT_EQ(store.execute(put("a", "2", {.absent = true})).status, Status::conflict);
  EXPECT_EQ(store.execute({.key = "a"}).record.field("value"), "1");
}

TEST(RecordStore, ChangesARecordOnlyIfItIsAsItWasRead) {
  Store store;
  const Record first = store.execute(put("a", "1")).record;
  ASSERT_EQ(store.execute(put("a", "2", {.version = first.version})).status, Status::ok);
  EXPECT_EQ(store.execute(put("a", "3", {.version = first.version})).status, Status::conflict);
  EXPECT_EQ(store.execute(put("a", "4", {.field = "value", .value = "1"})).status,
            Status::conflict);
  EXPECT_EQ(store.execute(put("a", "5", {.field = "value", .value = "2"})).status, Status::ok);
}

TEST(RecordStore, KeepsTheGenerationThroughPatchesAndRenewsItWithEachPut) {
  Store store;
  const Record made = store.execute(put("a", "1")).record;
  const Record patched = store.execute(patch("a", "expires", "9")).record;
  EXPECT_EQ(patched.generation, made.generation);
  EXPECT_EQ(patched.metageneration, made.metageneration + 1);
  EXPECT_EQ(patched.field("value"), "1");
  const Condition stale{.generation = made.generation, .metageneration = made.metageneration};
  EXPECT_EQ(store.execute(erase("a", stale)).status, Status::conflict);
  const Record made_again = store.execute(put("a", "2")).record;
  EXPECT_GT(made_again.generation, made.generation);
  EXPECT_EQ(made_again.metageneration, 1u);
}

TEST(RecordStore, SaysThatWhatIsNotThereIsMissing) {
  Store store;
  EXPECT_EQ(store.execute({.key = "a"}).status, Status::missing);
  EXPECT_EQ(store.execute(erase("a")).status, Status::missing);
  EXPECT_EQ(store.execute(patch("a", "value", "1")).status, Status::missing);
  EXPECT_EQ(store.execute(put("a", "1", {.version = 1})).status, Status::missing);
}

TEST(RecordStore, NeverGivesAVersionTwiceEvenToARecordMadeAnew) {
  Store store;
  const std::uint64_t first = store.execute(put("a", "1")).record.version;
  store.execute(erase("a"));
  EXPECT_GT(store.execute(put("a", "1")).record.version, first + 1);
}

TEST(RecordStore, TellsOfEachChangeOnceAndOfNothingElse) {
  Store store;
  std::vector<std::string> heard;
  store.observe([&](const Change& change) {
    heard.push_back(change.key + (change.before != nullptr ? " was" : " new") +
                    (change.after != nullptr ? " is" : " gone"));
  });
  store.execute(put("a", "1"));
  store.execute({.key = "a"});
  store.execute(put("a", "2", {.absent = true}));
  store.execute(patch("a", "value", "3"));
  store.execute(erase("a"));
  EXPECT_EQ(heard, (std::vector<std::string>{"a new is", "a was is", "a was gone"}));
}

/// A few requests of all kinds, some of whose conditions are met.
Request any_request() {
  const auto key = *rc::gen::element<std::string>("a", "b", "lock:c");
  const auto value = *rc::gen::element<std::string>("", "1", "x=y", "two words");
  Condition condition;
  if (*rc::gen::inRange(0, 3) == 0) condition.version = *rc::gen::inRange<std::uint64_t>(0, 9);
  switch (*rc::gen::inRange(0, 3)) {
    case 0: return put(key, value, condition);
    case 1: return patch(key, *rc::gen::element<std::string>("value", "other"), value, condition);
    default: return erase(key, condition);
  }
}

RC_GTEST_PROP(RecordStoreLaws, ALogBringsBackTheRecordsAndTheCountOfChanges, ()) {
  Store store;
  std::string log;
  const int changes = *rc::gen::inRange(0, 30);
  for (int i = 0; i < changes; ++i) {
    store.execute(any_request());
    log += store.take_log();
  }
  Store from_log;
  RC_ASSERT(from_log.load(log) == log.size());
  RC_ASSERT(from_log.records() == store.records());
  RC_ASSERT(from_log.revision() == store.revision());
  Store from_snapshot;
  const std::string snapshot = store.snapshot();
  RC_ASSERT(from_snapshot.load(snapshot) == snapshot.size());
  RC_ASSERT(from_snapshot.records() == store.records());
  RC_ASSERT(from_snapshot.revision() == store.revision());
}

RC_GTEST_PROP(RecordStoreLaws, ATornLogCountsUpToItsLastWholeLine, ()) {
  Store store;
  for (int i = 0; i < 5; ++i) store.execute(any_request());
  store.execute(put("last", "1"));
  const std::string log = store.take_log();
  const std::size_t cut = *rc::gen::inRange<std::size_t>(0, log.size());
  Store torn;
  const std::size_t counted = torn.load(std::string_view(log).substr(0, cut));
  RC_ASSERT(counted <= cut);
  const bool whole = counted == 0 || log[counted - 1] == '\n';  // the macro would read both sides
  RC_ASSERT(whole);
  RC_ASSERT(torn.records().count("last") == 0);
}

TEST(RecordText, GivesBackTheFieldsItWasMadeOf) {
  const std::string text = to_text({{"holder", "ann_1"}, {"renewTime", "5"}});
  EXPECT_EQ(field_in(text, "holder"), "ann_1");
  EXPECT_EQ(field_in(text, "renewTime"), "5");
  EXPECT_EQ(field_in(text, "Time"), "");
  EXPECT_EQ(to_text({{"value", "7"}}), "7");
}

}  // namespace
}  // namespace lockstep::records
