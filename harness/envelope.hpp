#pragma once
// How much trouble a lock takes: the line between safe and unsafe in the plane of two numbers.

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/scenario.hpp"
#include "harness/contained.hpp"

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
/// Two axes for the trouble that this scenario is in: the size of its first fault, and the setting
/// `lease`, or else the size of another fault; each from nothing to twice of what it is. Empty: it
/// has no two such numbers.
std::vector<std::string> axes_for(const Scenario& scenario, const std::string& lease);
/// The words that name a fault: "pause", "crash", ...
std::vector<std::string> axis_words();

struct EnvelopeOptions {
  std::string property = "belief-exclusion";
  std::uint64_t seeds = 20;  // of each point: it is safe when none of them violates the property
  std::int64_t columns = 16;
  std::int64_t coarse = 8;  // parts of y's range between the points that every column measures
  std::int64_t steps =
      64;           // each line is found to within 1 / steps of y's range; coarse divides it
  Bounds bounds{};  // of each run
  std::atomic<bool>* interrupted = nullptr;
};

enum class PointState {
  safe,       // the property holds with every seed, and some run put it to the test
  unsafe,     // a seed violates it
  undecided,  // no seed violates it, and of some nothing is known
  refused,    // there is no such Scenario: a setting is out of its range
};

/// "safe", "unsafe", "undecided", "refused".
std::string_view name_of(PointState state);

/// Neighbours along one x that are alike, from the lowest y that was measured to the highest.
struct Stretch {
  PointState state{};
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::uint64_t from_seed = 0;  // of an unsafe one: violates the property at `from`
  std::uint64_t to_seed = 0;    // and at `to`
  std::string why{};            // of an undecided or refused one
};

/// Along one x, from y's low end up. Between two stretches lies a line, a step wide.
struct EnvelopeColumn {
  std::int64_t x = 0;
  std::vector<Stretch> stretches;

  /// Of the stretch that y lies in; none: between two.
  std::optional<PointState> at(std::int64_t y) const;
};

/// Where a safe stretch and an unsafe one meet.
struct EnvelopeLine {
  std::int64_t safe = 0;
  std::int64_t unsafe = 0;
  std::uint64_t seed = 0;  // that shows it at `unsafe`
};

/// The column's lines, from low to high.
std::vector<EnvelopeLine> lines_of(const EnvelopeColumn& column);

struct Envelope {
  Axis x;
  Axis y;
  std::vector<EnvelopeColumn> columns;
  std::uint64_t runs = 0;
  std::uint64_t judged = 0;    // runs with a verdict of the property
  std::uint64_t without = 0;   // runs that it does not apply to
  std::uint64_t failures = 0;  // runs that a bug ended
  std::string first_failure{};
  std::uint64_t diverged = 0;  // runs that were another one the second time
  std::string first_divergence{};
  bool interrupted = false;

  /// Is a point undecided?
  bool undecided() const;
};

/// The Scenario of one seed at one point: where and when a fault strikes is the seed's.
Scenario scenario_at(const Scenario& base, const Axis& x, std::int64_t x_value, const Axis& y,
                     std::int64_t y_value, std::uint64_t seed);

/// Measures each column at its coarse points and bisects between neighbours that differ, so that
/// more of y may be safer (a lease) or less safe (a pause). A stretch thinner than a coarse part of
/// the range can be missed; a column that an interrupt cut short is left out.
Envelope envelope_of(const Scenario& base, const Axis& x, const Axis& y,
                     const EnvelopeOptions& options = {});

}  // namespace lockstep
