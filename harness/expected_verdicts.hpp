#pragma once
// What is known of each lock under each fault class, read from verdicts/*.toml, which the program
// carries with it.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/scenario.hpp"

namespace lockstep {

/// Where careful simulation shows otherwise than the sources say, and why we believe it.
struct Correction {
  std::vector<std::string> faults;  // codes of fault classes
  std::string expected;             // the code that we expect instead
  std::string why;
  std::uint64_t hunt = 0;  // runs in which a rare one shows; 0: as many as for any other
};

/// One run that shows how a lock breaks, and what its explanation has to name.
struct Explained {
  std::string fault;  // code of a fault class; empty: the lock does not break
  std::uint64_t seed = 0;
  std::string assumption;  // reports/assumption.hpp
  std::string decisive;    // what sort of event broke it: "expired", "gc-pause", ...
};

/// Cells whose bug takes more clients than two by its nature.
struct NeededClients {
  std::vector<std::string> faults;  // codes of fault classes
  std::int64_t clients = 0;
  std::string why;
};

/// Cell codes (lock-algorithms.md, section B): `.` exclusion and effects hold and it stays live;
/// `v` an unfenced effect can land outside; `V` two clients believe at once; `b` that too, but
/// guarded effects can't follow; `l` blocked for a bounded time; `L` blocked until an operator
/// acts; `-` does not apply. A digit is a footnote: 1 needs two users of one lock with different
/// leases, 8 needs clients whose wall clocks differ.
struct ExpectedRow {
  std::string lock;
  std::string group;               // the file's name: "redis", "databases", ...
  std::vector<std::string> cells;  // in the order of all_fault_classes()
  ResourcePolicy resource{};       // under which the row is measured
  std::string workload;            // by which, if not by the usual one
  /// Under RP1, where a fault breaks exclusion: "f" an update can be lost, "ok" it can't, "d" a
  /// holder with a live grant is refused; "ok, Rn Fo: f" under some faults. Else why not to ask.
  std::string fence_writes;
  std::string fence_all;  // the same under RP2, with "F"
  std::string fifo;       // "yes", "yes*": broken under some fault, "no": not claimed
  std::string source;
  std::vector<Correction> corrections;
  Explained explained;
  std::vector<NeededClients> needed_clients;
  std::map<std::string, std::uint64_t> seeds;  // by column: the first run that showed a rare cell

  /// Where to look first for what a column expects; 0: nowhere in particular.
  std::uint64_t first_seed(const std::string& column) const;
  /// Null where measurement and sources agree.
  const Correction* correction_on(std::string_view fault) const;
  /// Null where two clients are enough.
  const NeededClients* needed_clients_on(std::string_view fault) const;
  /// Does any cell carry this footnote?
  bool has_note(char digit) const;
};

/// All rows, in the order of the files. Throws std::runtime_error, which says where, when a file
/// that was built in is not as it should be.
const std::vector<ExpectedRow>& expected_verdicts();

}  // namespace lockstep
