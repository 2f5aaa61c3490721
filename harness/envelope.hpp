#pragma once
// How much trouble a lock takes: the line between safe and unsafe in the plane of two numbers.

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/scenario.hpp"

namespace lockstep {

/// A number that is varied: the size of a fault ("pause", "drift", ...) or a setting of the lock or
/// the workload ("lease").
struct Axis {
  std::string name;
  std::string fault{};   // its kind; empty: a setting
  bool length = false;   // of a fault: its length is varied, else its amount
  std::int64_t low = 0;  // in ns, ppb, millionths, or as the setting counts
  std::int64_t high = 0;

  /// "4.2 %", "3.5 s", "7".
  std::string told(std::int64_t value) const;
  /// The value so many `parts` of the way from low to high.
  std::int64_t at(std::int64_t part, std::int64_t parts) const;
};

/// Reads "pause=0..20s", "drift=0..10%", "lease=1s..30s". Ends in invalid with a sentence.
Result<Axis> parse_axis(const std::string& text, const Scenario& base);
/// The words that name a fault: "pause", "crash", ...
std::vector<std::string> axis_words();

struct EnvelopeOptions {
  std::string property = "belief-exclusion";
  std::uint64_t seeds = 20;  // of each point: it is safe when none of them violates the property
  std::int64_t columns = 16;
  std::int64_t steps = 64;  // the line is found to within 1 / steps of y's range; a power of two
  std::atomic<bool>* interrupted = nullptr;
};

/// Along one x: safe up to one y, unsafe from another on, a step apart.
struct EnvelopeColumn {
  std::int64_t x = 0;
  std::optional<std::int64_t> safe;    // none: unsafe even at y's low end
  std::optional<std::int64_t> unsafe;  // none: safe even at y's high end
  std::uint64_t seed = 0;              // that shows it at `unsafe`
};

struct Envelope {
  Axis x;
  Axis y;
  std::vector<EnvelopeColumn> columns;
  std::uint64_t runs = 0;
  bool interrupted = false;
};

/// The Scenario of one seed at one point: where and when a fault strikes is the seed's.
Scenario scenario_at(const Scenario& base, const Axis& x, std::int64_t x_value, const Axis& y,
                     std::int64_t y_value, std::uint64_t seed);

/// Bisects y in each column, as if more of it were never safer.
Envelope envelope_of(const Scenario& base, const Axis& x, const Axis& y,
                     const EnvelopeOptions& options = {});

}  // namespace lockstep
