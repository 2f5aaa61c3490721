// Whatever the pieces in which a history comes, it reads as the whole file does.
#include "formats/history_stream.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "formats/history_csv.hpp"
#include "formats/history_log.hpp"
#include "tests/formats/random_data.hpp"

namespace lockstep {
namespace {

const std::string csv =
    "\nprocess,type,f,value,error\n0,invoke,cas,[1 2],\n0,info,cas,,\"lost,\n\"\"for\"\" good\"\n"
    "\n1,invoke,read,,\n1,ok,read,a\"b,\n2,invoke,read,,";
const std::string log =
    "INFO  jepsen.core - begins\nINFO  jepsen.util - 3\t:invoke\t:cas\t[1 2]\n"
    "INFO  jepsen.util - 3\t:info\t:cas\t:timed-out\nERROR oh\njava.lang.Oh\n";
const std::string lines =
    "; one {after\n{:process 0 :type :invoke :f :write :value \"}\\\"\n{\"} {:process 1,\n"
    " :type :invoke, :f :read :value \\}}\n#_ {:left \"out\"}\n{:process 1 :type :ok :f :read}";

FileResult<HistoryFile> in_pieces(const std::string& text, const std::vector<std::size_t>& sizes) {
  HistoryStream stream;
  std::size_t at = 0;
  for (const std::size_t size : sizes) {
    const FileResult<void> added = stream.add(std::string_view(text).substr(at, size));
    if (!added) return misread(added.error());
    at = std::min(text.size(), at + size);
  }
  const FileResult<void> added = stream.add(std::string_view(text).substr(at));
  if (!added) return misread(added.error());
  const FileResult<void> ended = stream.end();
  if (!ended) return misread(ended.error());
  return std::move(stream.file());
}

FileResult<HistoryFile> as_file(const std::string& text) {
  switch (detect_history(text).value()) {
    case HistoryFormat::edn: return read_history_edn(text);
    case HistoryFormat::csv: return read_history_csv(text);
    case HistoryFormat::log: return read_history_log(text);
    default: return read_history_jsonl(text);
  }
}

void reads_alike(const std::string& text, const std::vector<std::size_t>& sizes) {
  const FileResult<HistoryFile> whole = as_file(text);
  const FileResult<HistoryFile> pieces = in_pieces(text, sizes);
  RC_ASSERT(whole.has_value() == pieces.has_value());
  if (!whole) return;
  RC_ASSERT(whole->history == pieces->history);
  RC_ASSERT(whole->places == pieces->places);
}

RC_GTEST_PROP(HistoryStream, ReadsPiecesAsTheWholeFile, ()) {
  const History history = any_history();
  std::string enclosed = write_history_edn(history);
  const std::string text =
      *rc::gen::element(csv, log, lines, enclosed, enclosed + " {:more 1}",
                        write_history_jsonl(history), csv + ",\"", lines + "[");
  const auto sizes = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange(0, 40));
  RC_PRE(detect_history(text).has_value());
  reads_alike(text, sizes);
}

TEST(HistoryStream, GivesEveryOperationAsSoonAsItsLineHasCome) {
  const std::string one = "{:process 0 :type :invoke :f :read}";
  for (const std::string begins : {"", "["}) {
    HistoryStream stream;
    ASSERT_TRUE(stream.add(begins + one));
    EXPECT_EQ(stream.file().history.size(), 0u);
    ASSERT_TRUE(stream.add("\n {:process 1 :type"));
    EXPECT_EQ(stream.file().history.size(), 1u);
    ASSERT_TRUE(stream.add(" :invoke :f :read}\n"));
    EXPECT_EQ(stream.file().history.size(), 2u);
    EXPECT_EQ(stream.file().places[1], (Place{2, 2, begins.size() + one.size() + 2}));
  }
  HistoryStream rows;
  ASSERT_TRUE(rows.add("process,type,f\n0,invoke,read\n1,inv"));
  EXPECT_EQ(rows.file().history.size(), 1u);
  EXPECT_EQ(rows.format(), HistoryFormat::csv);
}

TEST(HistoryStream, PointsAtTheLineThatIsWrong) {
  HistoryStream rows;
  ASSERT_TRUE(rows.add("process,type,f\n0,invoke,read\n"));
  const FileResult<void> row = rows.add("0,okay,read\n");
  ASSERT_FALSE(row);
  EXPECT_EQ(to_text(row.error().at), "3:3");
  HistoryStream maps;
  ASSERT_TRUE(maps.add("[{:process 0 :type :invoke :f :read}\n"));
  const FileResult<void> map = maps.add(" {:process 0 :type :okay :f :read}\n");
  ASSERT_FALSE(map);
  EXPECT_EQ(to_text(map.error().at), "2:20");
}

TEST(HistoryStream, SaysWhatCannotBeReadWhileItGrows) {
  HistoryStream stream;
  EXPECT_FALSE(stream.add(std::string("\x16\x0a\x10lockstep-history\x10\x01", 21)));
  HistoryStream packed;
  EXPECT_FALSE(packed.add("\x1f\x8b\x08\x0a"));
}

}  // namespace
}  // namespace lockstep
