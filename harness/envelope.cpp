#include "harness/envelope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "checker/property.hpp"
#include "core/random.hpp"
#include "harness/thresholds.hpp"
#include "harness/witness_pattern.hpp"

namespace lockstep {
namespace {

struct FaultAxis {
  const char* word;
  const char* kind;
  bool length;
  std::int64_t percent;  // how much one percent is; 0: a length of time
};

constexpr FaultAxis fault_axes[] = {
    {"pause", "gc-pause", true, 0},      {"crash", "crash", true, 0},
    {"partition", "partition", true, 0}, {"delay", "delay", false, 0},
    {"jump", "clock-jump", false, 0},    {"drift", "clock-drift", false, 10'000'000},
    {"loss", "loss", false, 10'000},     {"duplicate", "duplicate", false, 10'000},
};

std::optional<std::int64_t> parse_length(const std::string& text) {
  Duration length{};
  if (!parse_duration(text, length)) return std::nullopt;
  return length.count();
}

std::optional<std::int64_t> parse_percent(std::string text, std::int64_t one) {
  if (text.ends_with('%')) text.pop_back();
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !std::isfinite(value)) return std::nullopt;
  return static_cast<std::int64_t>(value * static_cast<double>(one));
}

const SettingValue* setting_of(const Scenario& scenario, const std::string& name) {
  for (const Settings* settings : {&scenario.lock_settings, &scenario.workload_settings}) {
    for (const Settings::Entry& entry : settings->entries()) {
      if (entry.name == name) return &entry.value;
    }
  }
  return nullptr;
}

Result<Axis> invalid(std::string text) {
  return fail(ErrorCode::invalid, std::move(text));
}

/// A fault of that size that meets a hold, where and when the seed says.
void add_fault(Scenario& scenario, const Axis& axis, std::int64_t value, Random random) {
  if (value == 0) return;
  static constexpr std::string_view steps[] = {"granted", "read", "checked", "wrote"};
  Fault fault;
  fault.kind = axis.fault;
  fault.when.step = std::string(steps[random.below(4)]);
  fault.when.occurrence = static_cast<std::uint32_t>(random.between(1, 4));
  fault.targets = {"self"};
  if (axis.length) {
    fault.lasts = Duration(value);
  } else {
    fault.amount = value;
  }
  const bool clock = fault.kind == "clock-jump" || fault.kind == "clock-drift";
  if (clock) {
    const NodeNames names = node_names(scenario);
    std::vector<std::string> nodes = names.clients;
    nodes.insert(nodes.end(), names.servers.begin(), names.servers.end());
    fault.targets = {random.below(2) == 0 ? nodes.front() : random.pick(nodes)};
    if (random.below(2) == 0) fault.targets = {names.servers.front()};
    if (random.below(2) == 0) fault.amount = -value;
  }
  // A clock runs wrong from the start.
  if (fault.kind == "clock-drift") fault.when = Trigger{};
  scenario.faults.push_back(std::move(fault));
}

void put(Scenario& scenario, const Axis& axis, std::int64_t value, std::uint64_t purpose) {
  if (!axis.fault.empty()) {
    add_fault(scenario, axis, value, Random(scenario.seed, "envelope").fork(purpose));
    return;
  }
  const bool of_lock = scenario.lock_settings.contains(axis.name);
  Settings& settings = of_lock ? scenario.lock_settings : scenario.workload_settings;
  if (std::holds_alternative<Duration>(*setting_of(scenario, axis.name))) {
    settings.put(axis.name, Duration(value));
  } else {
    settings.put(axis.name, value);
  }
}

struct Point {
  std::int64_t y = 0;
  PointState state{};
  std::uint64_t seed = 0;
  std::string why{};
};

/// What the runs of a point put to the test.
struct Met {
  std::uint64_t holds = 0;
  std::uint64_t faults = 0;  // that met a hold
  bool needs_fault = false;

  /// Why they tested nothing; empty: they did.
  std::string_view nothing() const {
    if (holds == 0) return "nobody ever held the lock";
    return needs_fault && faults == 0 ? "in no run did a fault meet a hold" : "";
  }
};

class Search {
 public:
  Search(const Scenario& base, const EnvelopeOptions& options, Envelope& result)
      : base_(base), options_(options), result_(result) {}

  /// The points of a column in order, enough of them that neighbours which differ are a step apart.
  std::vector<Point> column(std::int64_t x) {
    std::vector<Point> points;
    const std::int64_t stride = options_.steps / options_.coarse;
    for (std::int64_t place = 0; place <= options_.steps; place += stride) {
      Point point = measure(x, place);
      if (place > 0) bisect(x, place - stride, points.back(), place, point, points);
      points.push_back(std::move(point));
    }
    return points;
  }

  bool interrupted() const {
    return options_.interrupted != nullptr && options_.interrupted->load();
  }

 private:
  /// Adds what lies between two points, when they differ.
  void bisect(std::int64_t x, std::int64_t from, Point low, std::int64_t to, const Point& high,
              std::vector<Point>& points) {
    std::vector<Point> above;
    const Point* upper = &high;
    while (low.state != upper->state && to - from > 1 && !interrupted()) {
      const std::int64_t middle = (from + to) / 2;
      Point point = measure(x, middle);
      if (point.state == low.state) {
        from = middle;
        low = point;
        points.push_back(std::move(point));
      } else {
        to = middle;
        above.push_back(std::move(point));
        upper = &above.back();
      }
    }
    points.insert(points.end(), std::make_move_iterator(above.rbegin()),
                  std::make_move_iterator(above.rend()));
  }

  Point measure(std::int64_t x, std::int64_t place) {
    Point point;
    point.y = result_.y.at(place, options_.steps);
    Met met;
    // The seed that broke a neighbour is the likeliest to break here.
    const std::uint64_t first = last_seed_;
    for (std::uint64_t i = 0; i <= options_.seeds && !interrupted(); ++i) {
      const std::uint64_t seed = i == 0 ? first : base_.seed + i - 1;
      if (i > 0 && seed == first) continue;
      const Scenario scenario = scenario_at(base_, result_.x, x, result_.y, point.y, seed);
      if (const auto problems = problems_of(scenario); !problems.empty()) {
        point.state = PointState::refused;
        point.why = fmt::format("{}: {}", problems.front().where, problems.front().what);
        return point;
      }
      const Outcome outcome = run_one(scenario);
      if (violation_of(outcome, options_.property) != nullptr) {
        point.state = PointState::unsafe;
        point.seed = last_seed_ = seed;
        point.why.clear();
        return point;
      }
      met.holds += outcome.stats.holds;
      met.faults += outcome.stats.faults_in_hold;
      met.needs_fault = !scenario.faults.empty();
      const std::string why = why_open(outcome);
      if (why.empty() || point.state == PointState::undecided) continue;
      point.state = PointState::undecided;
      point.why = why;
      if (does_not_apply(outcome)) return point;  // nor with any other seed
    }
    const std::string_view untested = met.nothing();
    if (point.state == PointState::safe && !untested.empty()) {
      point.state = PointState::undecided;
      point.why = untested;
    }
    return point;
  }

  Outcome run_one(const Scenario& scenario) {
    Outcome outcome =
        run_by_origin(scenario, options_.bounds, RunOptions{.property = options_.property});
    ++result_.runs;
    result_.judged += !outcome.verdicts.empty();
    result_.without += does_not_apply(outcome);
    const auto told = [&](const std::string& text) {
      return fmt::format("seed {}: {}", scenario.seed, text);
    };
    if (!outcome.failure.empty() && ++result_.failures == 1) {
      result_.first_failure = told(outcome.failure);
    }
    if (!outcome.diverged.empty() && ++result_.diverged == 1) {
      result_.first_divergence = told(outcome.diverged);
    }
    return outcome;
  }

  static bool ended_well(const Outcome& outcome) {
    return outcome.failure.empty() && outcome.gave_up.empty();
  }

  static bool does_not_apply(const Outcome& outcome) {
    return outcome.verdicts.empty() && ended_well(outcome);
  }

  /// Why a run without a violation does not tell that the property holds; empty: it does.
  std::string why_open(const Outcome& outcome) const {
    if (does_not_apply(outcome)) return why_never_judged(options_.property);
    const std::uint64_t seed = outcome.scenario.seed;
    if (!ended_well(outcome)) {
      return fmt::format("seed {}: {}{}", seed, outcome.failure, outcome.gave_up);
    }
    if (!outcome.diverged.empty()) return fmt::format("seed {}: two runs of it differ", seed);
    const Verdict& verdict = outcome.verdicts.front();
    if (verdict.status == Status::holds) return {};
    return fmt::format("seed {}: {}", seed, verdict.explanation);
  }

  const Scenario& base_;
  const EnvelopeOptions& options_;
  Envelope& result_;
  std::uint64_t last_seed_ = base_.seed;
};

EnvelopeColumn stretches_of(std::int64_t x, const std::vector<Point>& points) {
  EnvelopeColumn column;
  column.x = x;
  std::vector<Stretch>& all = column.stretches;
  for (const Point& point : points) {
    if (all.empty() || all.back().state != point.state) {
      all.push_back({point.state, point.y, point.y, point.seed, point.seed, point.why});
    } else {
      all.back().to = point.y;
      all.back().to_seed = point.seed;
    }
  }
  return column;
}

}  // namespace

std::string Axis::told(std::int64_t value) const {
  if (!fault.empty()) return length ? to_text(Duration(value)) : told_amount(fault, value);
  return length ? to_text(Duration(value)) : std::to_string(value);
}

std::int64_t Axis::at(std::int64_t part, std::int64_t parts) const {
  if (part == parts) return high;
  const std::int64_t range = high - low;
  const std::int64_t way = range / parts * part + range % parts * part / parts;
  std::int64_t unit = 1;  // five digits are enough for a person
  while (unit <= range / 100'000) unit *= 10;
  return low + way / unit * unit;
}

namespace {

/// "17.252s": one word of a command.
std::string one_word(Duration length) {
  std::string text = to_text(length);
  std::erase(text, ' ');
  return text;
}

}  // namespace

std::vector<std::string> axes_for(const Scenario& scenario, const std::string& lease) {
  std::vector<std::string> axes;
  for (const FaultAxis& axis : fault_axes) {
    const auto fault = std::ranges::find(scenario.faults, axis.kind, &Fault::kind);
    if (fault == scenario.faults.end()) continue;
    if (axis.length && fault->lasts > Duration::zero()) {
      axes.push_back(fmt::format("{}=0..{}", axis.word, one_word(fault->lasts * 2)));
    } else if (axis.percent == 0 && !axis.length && fault->amount != 0) {
      const Duration most(std::abs(fault->amount) * 2);
      axes.push_back(fmt::format("{}=0..{}", axis.word, one_word(most)));
    } else if (!axis.length && fault->amount != 0) {
      const std::int64_t most =
          std::min<std::int64_t>(std::abs(fault->amount) * 2 / axis.percent + 1, 100);
      axes.push_back(fmt::format("{}=0..{}%", axis.word, most));
    }
  }
  const SettingValue* setting = setting_of(scenario, lease);
  const auto* length = setting == nullptr ? nullptr : std::get_if<Duration>(setting);
  if (length != nullptr && *length > Duration::zero()) {
    axes.insert(axes.begin() + std::min<std::ptrdiff_t>(std::ssize(axes), 1),
                fmt::format("{}={}..{}", lease, one_word(*length / 8), one_word(*length * 2)));
  }
  if (axes.size() < 2) return {};
  axes.resize(2);
  return axes;
}

std::vector<std::string> axis_words() {
  std::vector<std::string> words;
  for (const FaultAxis& axis : fault_axes) words.emplace_back(axis.word);
  return words;
}

Result<Axis> parse_axis(const std::string& text, const Scenario& base) {
  const std::size_t equals = text.find('=');
  const std::size_t dots = text.find("..");
  if (equals == std::string::npos || dots == std::string::npos || dots < equals) {
    return invalid("an axis is a name and a range, such as pause=0..20s");
  }
  Axis axis;
  axis.name = text.substr(0, equals);
  const std::string ends[] = {text.substr(equals + 1, dots - equals - 1), text.substr(dots + 2)};
  const FaultAxis* known = nullptr;
  for (const FaultAxis& one : fault_axes) {
    if (axis.name == one.word) known = &one;
  }
  const SettingValue* setting = setting_of(base, axis.name);
  if (known == nullptr && setting == nullptr) {
    return invalid(fmt::format("\"{}\" is neither a setting of {} or {} nor one of {}", axis.name,
                               base.lock, base.workload, fmt::join(axis_words(), ", ")));
  }
  if (known != nullptr) axis.fault = known->kind;
  axis.length = known != nullptr ? known->length : std::holds_alternative<Duration>(*setting);
  const std::int64_t percent = known != nullptr ? known->percent : axis.length ? 0 : 1;
  for (int i = 0; i < 2; ++i) {
    const auto value = percent == 0 ? parse_length(ends[i]) : parse_percent(ends[i], percent);
    if (!value || *value < 0) {
      return invalid(fmt::format("\"{}\" is no {} from 0 up", ends[i],
                                 percent == 0   ? "length of time such as 20s"
                                 : percent == 1 ? "number"
                                                : "share such as 10%"));
    }
    (i == 0 ? axis.low : axis.high) = *value;
  }
  if (axis.high <= axis.low) return invalid("the range is empty: from the lower to the higher");
  return axis;
}

Scenario scenario_at(const Scenario& base, const Axis& x, std::int64_t x_value, const Axis& y,
                     std::int64_t y_value, std::uint64_t seed) {
  Scenario scenario = base;
  scenario.seed = seed;
  put(scenario, x, x_value, 1);
  put(scenario, y, y_value, 2);
  return scenario;
}

std::string_view name_of(PointState state) {
  switch (state) {
    case PointState::safe: return "safe";
    case PointState::unsafe: return "unsafe";
    case PointState::undecided: return "undecided";
    case PointState::refused: return "refused";
  }
  return "";
}

std::optional<PointState> EnvelopeColumn::at(std::int64_t y) const {
  for (const Stretch& stretch : stretches) {
    if (y >= stretch.from && y <= stretch.to) return stretch.state;
  }
  return std::nullopt;
}

bool Envelope::undecided() const {
  return std::ranges::any_of(columns, [](const EnvelopeColumn& column) {
    return std::ranges::find(column.stretches, PointState::undecided, &Stretch::state) !=
           column.stretches.end();
  });
}

std::vector<EnvelopeLine> lines_of(const EnvelopeColumn& column) {
  std::vector<EnvelopeLine> lines;
  for (std::size_t i = 1; i < column.stretches.size(); ++i) {
    const Stretch& low = column.stretches[i - 1];
    const Stretch& high = column.stretches[i];
    if (low.state == PointState::safe && high.state == PointState::unsafe) {
      lines.push_back({low.to, high.from, high.from_seed});
    } else if (low.state == PointState::unsafe && high.state == PointState::safe) {
      lines.push_back({high.from, low.to, low.to_seed});
    }
  }
  return lines;
}

Envelope envelope_of(const Scenario& base, const Axis& x, const Axis& y,
                     const EnvelopeOptions& options) {
  Envelope result;
  result.x = x;
  result.y = y;
  Search search(base, options, result);
  const std::int64_t parts = std::max<std::int64_t>(options.columns - 1, 1);
  for (std::int64_t i = 0; i < options.columns; ++i) {
    const std::vector<Point> points = search.column(x.at(i, parts));
    if (search.interrupted()) break;
    result.columns.push_back(stretches_of(x.at(i, parts), points));
  }
  result.interrupted = search.interrupted();
  return result;
}

}  // namespace lockstep
