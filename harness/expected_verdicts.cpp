#include "harness/expected_verdicts.hpp"

namespace lockstep {

// Transcribed from the literature, real servers and a prototype (lock-algorithms.md, section B);
// where our own measurements differ, see disagreements() below.
const std::vector<ExpectedRow>& expected_verdicts() {
  static const std::vector<ExpectedRow> rows{
      // clang-format off
      // 0, W, G, C, Rf, Rn, J+, J-, Jc, d, D, Ps, Pa, S, X, T, E
      {"redis-setnx",
       {".", ".", ".", "L", "L", "VL", ".", ".", ".", ".", ".", "L", "L", "L", "VL", ".", "v"},
       "-", "-", "RSX SIM"},
      {"redis-setnx-expire",
       {".", "V", "V", "L", "L", "VL", "V", "l", ".", ".", "V", "V", "L", "L", "L", "V", "V"},
       "-", "-", "RD SIM T"},
      {"redis-setnx-expire-repair",
       {"V1", "V1", "V1", "V1", "V1", "V", "V", "V1", "V1", "V1", "V",
        "V", "V1", "V1", "V1", "V", "V"},
       "-", "-", "T SIM"},
      {"redis-getset-ts",
       {".", "V", "V", "l", ".", "V", ".", ".", "V", ".", ".", "V", "l", ".", "V", "V", "V"},
       "-", "-", "RSX SIM"},
      {"redis-setpx-del",
       {".", "V", "V", "l", ".", "V", "V", "l", ".", ".", "V", "V", "l", ".", "V", "V", "V"},
       "-", "-", "RD SIM"},
      {"redis-setpx-getdel",
       {".", "V", "V", "l", ".", "V", "V", "l", ".", ".", "V", "V", "l", ".", "V", "V", "V"},
       "-", "-", "RD SIM"},
      {"redis-setpx-pid",
       {".", "V", "V", "l", ".", "V", "V", "l", ".", ".", "V", "V", "l", ".", "V", "V", "V"},
       "-", "-", "RD SIM"},
      {"redis-setpx",
       {".", "V", "V", "l", ".", "V", "V", "l", ".", ".", "V", "V", "l", ".", ".", "V", "V"},
       "-", "-", "RD SIM T"},
      {"redis-setpx-lease",
       {".", ".", "v", "l", ".", "V", "V", "l", ".", ".", "V", ".", "l", ".", ".", ".", "v"},
       "-", "-", "SIM T"},
      {"redis-setpx-lease-late",
       {".", "V", "v", "l", ".", "V", "V", "l", ".", ".", "V", ".", "l", "V", ".", "V", "v"},
       "-", "-", "INF"},
      {"redis-setpx-lease-wall",
       {".", ".", "v", "l", ".", "V", "V", "l", "V", ".", "V", ".", "l", ".", ".", ".", "v"},
       "-", "-", "K16 SIM"},
      {"redis-watchdog",
       {".", ".", "V", "l", ".", "V", "V", "l", ".", ".", ".", "V", ".", ".", ".", "V", "v"},
       "-", "-", "redisson#3636 SIM"},
      {"redis-watchdog-notify",
       {".", ".", "V", "l", ".", "V", "V", "l", ".", ".", ".", "V", ".", ".", ".", "V", "v"},
       "-", "-", "SIM"},
      {"redis-watchdog-lease",
       {".", ".", "v", "l", ".", "V", "V", "l", ".", ".", ".", ".", ".", ".", ".", ".", "v"},
       "-", "-", "SIM"},
      {"redis-watchdog-leak",
       {"L", ".", "V", "l", ".", "V", "V", "l", ".", ".", ".", "V", ".", ".", ".", "V", "v"},
       "-", "-", "redisson#7272"},
      {"redis-watchdog-recreate",
       {".", ".", "V", "l", ".", "V", "V", "l", ".", ".", ".", "V", ".", ".", ".", "V", "v"},
       "-", "-", "redis-semaphore#175"},
      {"redis-fence-atomic",
       {".", "V", "V", "l", ".", "V", "V", "l", ".", ".", "V", "V", "l", ".", ".", "V", "V"},
       "f", "ok, Rn Fo: F", "SIM T"},
      {"redis-fence-after",
       {".", "V", "V", "l", ".", "V", "V", "l", ".", ".", "V", "V", "l", ".", ".", "V", "V"},
       "f", "live holder fenced", "INF SIM"},
      {"redis-fence-clock",
       {".", "V", "V", "l", ".", "V", "V", "l", "V", ".", "V", "V", "l", ".", ".", "V", "V"},
       "f", "wrong winner; L", "INF SIM"},
      {"redis-setpx-evicted",
       {"V", "V", "V", "l", ".", "V", "V", "l", ".", ".", "V", "V", "l", ".", ".", "V", "V"},
       "f", "F if counter evicted", "T"},
      {"redis-fair",
       {".", ".", "V", "l", ".", "V", "V", "l", "Vl", ".", ".", "V", ".", "l", ".", "V", "v"},
       "-", "-", "redisson#3004 #1104 #2883"},
      // clang-format on
  };
  return rows;
}

const std::vector<Disagreement>& disagreements() {
  static const std::vector<Disagreement> all{
      {"redis-watchdog-leak",
       {"W", "C", "Rf", "J-", "Jc", "d", "D", "Pa", "S", "X"},
       "L",
       "the leak needs no fault (column 0): a caller's patience may end between the granting SET "
       "and the callback of the acquire, in every column"},
      {"redis-setpx-evicted",
       {"C", "Rf", "J-", "Jc", "d", "Pa", "S", "X"},
       "V",
       "the memory pressure that evicts the lock needs no fault (column 0), so it shows in every "
       "column"},
      {"redis-setpx-pid",
       {"Rf", "Pa", "S", "X"},
       "V",
       "a client whose SET ended in doubt takes it back by compare and delete, as it should; with "
       "a value that other clients share, it takes back the lock of another holder"},
      {"redis-setpx-lease-late",
       {"W"},
       ".",
       "long work alone is not enough: the deadline is late by the reply's latency, which must "
       "exceed the allowance of 1 % and 2 ms. Columns S and T show it"},
      {"redis-watchdog-notify",
       {"Pa"},
       "V",
       "over TCP the lost replies include the SYN-ACK: a watchdog that has to open its connection "
       "never gets one, no renewal arrives, and work that outlasts the lease goes on until the "
       "watchdog tells"},
      {"redis-watchdog-notify",
       {"X"},
       "V",
       "rare, 4 of 10,000 runs: packets lost in a row keep every renewal from arriving for a whole "
       "lease, and work that outlasts it goes on until the watchdog tells",
       2000},
      {"redis-fence-clock",
       {"Jc"},
       ".",
       "a client's clock moves tokens, not grants: belief stays exclusive. What breaks is the "
       "order "
       "of tokens (token-order), and with it who is fenced"},
      {"redis-fair",
       {"Jc"},
       ".",
       "the lock's lease is on the server's clock; a client's clock moves only deadlines in the "
       "queue, so what breaks is who is next (bounded-wait), not exclusion"},
      {"redis-fair",
       {"X"},
       "V",
       "the owner is the client and its thread, not the acquisition: an unlock that the library "
       "sent twice arrives late and ends the same client's next hold"},
  };
  return all;
}

const Disagreement* disagreement_on(std::string_view lock, std::string_view fault) {
  for (const Disagreement& entry : disagreements()) {
    if (entry.lock != lock) continue;
    for (const std::string_view code : entry.faults) {
      if (code == fault) return &entry;
    }
  }
  return nullptr;
}

}  // namespace lockstep
