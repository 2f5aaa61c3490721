#pragma once
// What is known of each lock under each fault class, as data.

#include <cstdint>
#include <string_view>
#include <vector>

namespace lockstep {

/// Cell codes (lock-algorithms.md, section B): `.` exclusion and effects hold and it stays live;
/// `v` an unfenced effect can land outside; `V` two clients believe at once; `b` that too, but
/// guarded effects can't follow; `l` blocked for a bounded time; `L` blocked until an operator
/// acts. A digit is a footnote: 1 needs two users of one lock with different leases.
struct ExpectedRow {
  std::string_view lock;
  std::vector<std::string_view> cells;  // in the order of all_fault_classes()
  std::string_view fence_writes;        // RP1: "f" an update can be lost, "ok" not, "-" no token
  std::string_view fence_all;           // RP2: "F", "ok", "-"
  std::string_view source;
};

const std::vector<ExpectedRow>& expected_verdicts();

/// Where careful simulation shows otherwise than the sources say, and why we believe it.
struct Disagreement {
  std::string_view lock;
  std::vector<std::string_view> faults;  // codes of fault classes
  std::string_view measured;             // the code that we expect instead
  std::string_view why;
  std::uint64_t hunt = 0;  // runs in which a rare one shows; 0: as many as for any other
};
const std::vector<Disagreement>& disagreements();

/// Null where measurement and sources agree.
const Disagreement* disagreement_on(std::string_view lock, std::string_view fault);

}  // namespace lockstep
