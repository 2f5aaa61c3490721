#include "backends/sql/tables.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace lockstep::sql {
namespace {

rc::Gen<CommitRecord> any_record() {
  return rc::gen::exec([] {
    CommitRecord record;
    for (int rows = *rc::gen::inRange(0, 4); rows > 0; --rows) {
      RowWrite row{*rc::gen::arbitrary<std::string>(), *rc::gen::arbitrary<std::string>(), {}};
      row.columns["n"] = *rc::gen::arbitrary<std::int64_t>();
      row.columns["t"] = *rc::gen::arbitrary<std::string>();
      row.columns["null"] = Value();
      record.rows.push_back(row);
    }
    if (*rc::gen::arbitrary<bool>()) record.sequences["s"] = *rc::gen::arbitrary<std::int64_t>();
    return record;
  });
}

RC_GTEST_PROP(Log, GivesBackWhatWasWritten, ()) {
  const auto records = *rc::gen::container<std::vector<CommitRecord>>(any_record());
  std::string log;
  for (const CommitRecord& record : records) log += encode(record);
  const auto read = decode(log);
  RC_ASSERT(read.size() == records.size());
  for (std::size_t i = 0; i < read.size(); ++i) RC_ASSERT(encode(read[i]) == encode(records[i]));
}

RC_GTEST_PROP(Log, EndsBeforeATornRecord, ()) {
  const auto whole = encode(*any_record());
  const auto torn = encode(*any_record());
  const auto kept = *rc::gen::inRange<std::size_t>(0, torn.size());
  RC_ASSERT(decode(whole + torn.substr(0, kept)).size() == 1u);
}

TEST(Tables, ASequenceSkipsAheadAfterACrash) {
  Tables before;
  CommitRecord logged;
  EXPECT_EQ(before.next_value("s", logged), 1);
  EXPECT_EQ(before.next_value("s", logged), 2);
  Tables after;
  after.apply(logged, 0);
  CommitRecord again;
  EXPECT_GT(after.next_value("s", again), 2);
}

}  // namespace
}  // namespace lockstep::sql
