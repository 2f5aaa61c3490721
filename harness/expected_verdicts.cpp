#include "harness/expected_verdicts.hpp"

namespace lockstep {

// Transcribed from the literature, real servers and a prototype (lock-algorithms.md, section B);
// where our own measurements differ and are right, docs/verdicts/disagreements.md says why.
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

}  // namespace lockstep
