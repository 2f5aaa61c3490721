#pragma once
// The verdict matrix: locks by fault classes, what is known against what is measured.

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/scenario.hpp"

namespace lockstep {

struct MatrixOptions {
  std::vector<std::string> locks;   // empty: all
  std::vector<std::string> faults;  // codes of columns; empty: all
  std::uint64_t hunt = 1000;        // runs in which an expected violation must show
  std::uint64_t quiet = 40;         // runs met by the fault in which a quiet cell must stay quiet
  bool quiet_only = false;          // do not measure the cells that expect a violation
  unsigned workers = 0;
  std::atomic<bool>* interrupted = nullptr;
};

/// A fault class, or one of RP1, RP2 (fencing) and FIFO (fairness).
struct MatrixColumn {
  std::string code;
  std::string summary;
};
const std::vector<MatrixColumn>& matrix_columns();

struct MatrixCell {
  std::string lock;
  std::string group;          // of locks, as the row's file is named
  std::string fault;          // code of the class
  std::string sources;        // what they say: "V", ".", "Vl", ...; a digit is a footnote
  std::string expected;       // the same, or what we know better
  std::string source;         // who says so
  std::string why;            // we do, then
  ResourcePolicy resource{};  // under which it was measured
  std::string observed;  // of V, v, b and L what was seen; "." when nothing was; "-": can't happen;
                         // empty: left out
  bool agrees = false;
  bool enough = false;  // the fault met a hold often enough to say so
  std::uint64_t runs = 0;
  std::uint64_t overlapping_runs = 0;
  std::uint64_t belief_violations = 0;
  std::uint64_t effect_violations = 0;
  std::uint64_t liveness_violations = 0;
  std::uint64_t failures = 0;
  std::optional<std::uint64_t> seed;  // the lowest that shows the worst of `observed`
  std::optional<Scenario> scenario;   // of that seed
};

/// Measures the cells one by one and hands each over as it is done. The result of a cell does not
/// depend on the number of workers; one that an interrupt cut short is left out.
std::vector<MatrixCell> measure_matrix(const MatrixOptions& options,
                                       const std::function<void(const MatrixCell&)>& done);

}  // namespace lockstep
