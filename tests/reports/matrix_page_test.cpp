#include "reports/matrix_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

MatrixPageCell cell(std::string observed, std::string expected) {
  MatrixPageCell made;
  made.agrees = observed == expected;
  made.observed = std::move(observed);
  made.expected = std::move(expected);
  made.enough = true;
  made.runs = 10;
  return made;
}

MatrixPage small_matrix() {
  MatrixPage matrix;
  matrix.command = "lockstep matrix";
  matrix.columns = {{"G", "client pause"}, {"C", "client crash"}};
  matrix.rows.push_back({"redis-setpx", "SET NX PX", "no two hold it at once", "RD", "redis", {}});
  matrix.rows[0].cells = {cell("V", "V"), cell(".", ".")};
  matrix.rows[0].cells[0].timeline = "cell.redis-setpx.G.html";
  return matrix;
}

TEST(MatrixPage, LinksACellThatBreaksToItsCounterexample) {
  const std::string page = matrix_page(small_matrix());
  EXPECT_THAT(page, HasSubstr("<a href=\"cell.redis-setpx.G.html\">V</a>"));
  EXPECT_THAT(page, HasSubstr("2 cells are as expected, 0 are not"));
  EXPECT_THAT(page, Not(HasSubstr("differs\"")));
}

TEST(MatrixPage, MarksWhatDiffersWhatIsUnsureAndWhatIsExplained) {
  MatrixPage matrix = small_matrix();
  matrix.rows[0].cells[0].expected = ".";
  matrix.rows[0].cells[0].agrees = false;
  matrix.rows[0].cells[1].enough = false;
  matrix.rows[0].cells[1].why = "a reason of ours";
  const std::string page = matrix_page(matrix);
  EXPECT_THAT(page, HasSubstr("V<sup>!</sup>"));
  EXPECT_THAT(page, HasSubstr(".<sup>*?</sup>"));
  EXPECT_THAT(page, HasSubstr("<strong>redis-setpx/C</strong>: a reason of ours"));
  EXPECT_THAT(page, HasSubstr("0 cells are as expected, 2 are not"));
}

TEST(MatrixPage, SaysWhenItWasInterrupted) {
  MatrixPage matrix = small_matrix();
  matrix.interrupted = true;
  matrix.rows[0].cells.pop_back();
  EXPECT_THAT(matrix_page(matrix), HasSubstr("the rest was not measured"));
}

TEST(MatrixPage, ShowsNamesAsTextAndNotAsHtml) {
  MatrixPage matrix = small_matrix();
  matrix.rows[0].summary = "<b>&";
  EXPECT_THAT(matrix_page(matrix), HasSubstr("&lt;b&gt;&amp;"));
}

TEST(MatrixPage, NeedsNothingFromOutside) {
  EXPECT_THAT(matrix_page(small_matrix()), Not(testing::ContainsRegex("https?:|<script|src=")));
}

}  // namespace
}  // namespace lockstep::reports
