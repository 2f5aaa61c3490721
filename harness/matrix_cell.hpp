#pragma once
// How one cell of the matrix is measured: what its fault classes and the columns for fencing and
// fairness have in common.

#include "harness/expected_verdicts.hpp"
#include "harness/fault_class.hpp"
#include "harness/matrix.hpp"
#include "harness/sweep.hpp"

namespace lockstep {

struct Backend;

/// What a cell of this row that expects `expected` needs besides its fault, by its footnotes.
Circumstances circumstances_of(const ExpectedRow& row, std::string_view expected);

/// Can this class of fault strike this lock at all?
bool can_strike(const FaultClass& fault_class, const Backend& backend);

/// A sweep that ends once `shown` says that it has seen all there was to see, or after `runs`.
SweepResult hunt(const ScenarioOf& scenario_of, const MatrixOptions& options, std::uint64_t runs,
                 std::function<bool(const Outcome&)> met,
                 std::function<bool(const SweepResult&)> shown);
/// A sweep that ends once `options.quiet` runs have met their fault, within reason.
SweepResult watch(const ScenarioOf& scenario_of, const MatrixOptions& options,
                  std::function<bool(const Outcome&)> met);

/// Puts what was counted into the cell.
void put_counts(MatrixCell& cell, const SweepResult& result);

/// Columns RP1 and RP2: can an update be lost when the resource checks tokens?
MatrixCell measure_fencing(const Backend& backend, const ExpectedRow& row, ResourcePolicy policy,
                           const MatrixOptions& options);
/// Column FIFO: is who asked first served first?
MatrixCell measure_fairness(const Backend& backend, const ExpectedRow& row,
                            const MatrixOptions& options);

}  // namespace lockstep
