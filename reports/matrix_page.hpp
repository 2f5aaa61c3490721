#pragma once
// The verdict matrix as a page: locks by faults, what was expected against what was seen, each cell
// with its counterexample to open.

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep::reports {

struct MatrixPageColumn {
  std::string code;     // "G"
  std::string summary;  // "client pause longer than the lease"
};

struct MatrixPageCell {
  std::string observed;  // "V", ".", "-" for what does not apply
  std::string expected;
  std::string why;  // why we expect otherwise than the sources
  bool agrees = false;
  bool enough = false;  // the fault met a hold often enough to say so
  std::uint64_t runs = 0;
  std::uint64_t overlapping_runs = 0;
  std::string timeline;  // the file that shows its counterexample; empty: there is none
};

struct MatrixPageRow {
  std::string lock;
  std::string summary;
  std::string claims;  // in words
  std::string source;
  std::string group;
  std::vector<MatrixPageCell> cells;  // in the order of the columns
};

struct MatrixPage {
  std::string command;  // that makes it again
  std::vector<MatrixPageColumn> columns;
  std::vector<MatrixPageRow> rows;
  bool interrupted = false;
};

/// One self-contained file of HTML; the same matrix gives the same bytes.
std::string matrix_page(const MatrixPage& matrix);

}  // namespace lockstep::reports
