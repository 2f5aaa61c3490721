#pragma once
// The transfer workload as its record shows it: who moved money between which grant and release,
// what of it took effect, and what all accounts held at every instant.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/case.hpp"

namespace lockstep {

constexpr std::size_t accounts = 2;
constexpr std::array<std::string_view, accounts> account_names = {"account-1", "account-2"};

/// One turn of a client: from its first acquire to its last release.
struct Transfer {
  std::int64_t process = -1;
  /// What it read, in the history; null where it did not.
  std::array<const Op*, accounts> read{};
  std::array<const ResourceEvent*, accounts> read_at{};  // the same, where the resource tells
  std::vector<const ResourceEvent*> writes;              // accepted, of balances and the journal
  const Op* refused = nullptr;                           // a write of it that failed
  const Op* unanswered = nullptr;                        // a write of which nothing was heard
  const Op* last = nullptr;                              // the last that it did
  std::vector<const Belief*> beliefs;                    // in its locks
  bool found_entry = false;                              // somebody else's in the journal
  bool released = false;                                 // it gave a lock back

  /// When what it wrote to an account last took effect by `at`, less what it had read there: what
  /// it put in or took out.
  std::int64_t moved(std::size_t account, WorldTime at, std::int64_t opening) const;
  WorldTime first_write() const { return writes.empty() ? never : writes.front()->at; }
  WorldTime last_write() const { return writes.empty() ? WorldTime{} : writes.back()->at; }
};

/// All turns, in the order of their first acquires.
std::vector<Transfer> transfers_of(const Record& record);

/// Which account a resource is; `accounts` when it is none.
std::size_t account_of(const std::string& resource);

/// What the accounts hold. An entry of the journal counts as done (workloads/transfer.cpp).
class Balances {
 public:
  explicit Balances(std::int64_t opening) { held_.fill(opening); }

  void write(const ResourceAccess& access);
  std::int64_t of(std::size_t account) const;
  std::int64_t sum() const { return of(0) + of(1); }

 private:
  std::array<std::int64_t, accounts> held_{};
  std::int64_t journal_ = 0;
};

}  // namespace lockstep
