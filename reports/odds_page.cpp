#include "reports/odds_page.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "reports/html.hpp"
#include "reports/plain.hpp"
#include "reports_embedded.hpp"

namespace lockstep::reports {
namespace {

constexpr int left = 56;
constexpr int right = 24;
constexpr int top = 30;
constexpr int wide = 860;
constexpr int high = 240;
constexpr int ticks = 4;

std::string shown(const std::string& text) {
  return escaped(printable(text));
}

/// Some of the points, drawn over the time from the first to the last of them.
class Chart {
 public:
  Chart(const OddsPage& odds, std::size_t first, std::size_t last, std::string title)
      : odds_(odds), first_(first), last_(last), title_(std::move(title)) {}

  std::string draw() const {
    std::string svg = fmt::format(
        "<h2>{}</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\n"
        "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n",
        title_, title_, left + wide + right, top + high + 46, described());
    svg += grid() + band() + mark_of_jump() + "<path class=\"chance\" d=\"";
    for (std::size_t i = first_; i <= last_; ++i) {
      svg += fmt::format("{}{:.1f} {:.1f} ", i == first_ ? "M" : "L", x(i), y(share(i)));
    }
    svg += "\"/>\n";
    for (std::size_t i = first_; i <= last_; ++i) svg += point(i);
    return svg + "</svg>\n</div>\n";
  }

 private:
  WorldTime at(std::size_t i) const { return odds_.points[i].at; }
  double share(std::size_t i) const { return odds_.points[i].share(); }
  double x(std::size_t i) const {
    const double whole =
        static_cast<double>(std::max<std::int64_t>((at(last_) - at(first_)).count(), 1));
    return left + wide * static_cast<double>((at(i) - at(first_)).count()) / whole;
  }
  static double y(double share) { return top + high * (1 - share); }
  bool has_jump() const { return odds_.jump > first_ && odds_.jump <= last_; }

  /// What somebody who does not see it is told; the table below has each point.
  std::string described() const {
    std::string text = fmt::format("Chance of {} from {} s to {} s.", escaped(odds_.property),
                                   to_text(at(first_)), to_text(at(last_)));
    if (!has_jump()) return text;
    return text + fmt::format(" It rises from {} to {} at {} s: {}.",
                              odds_.points[odds_.jump - 1].chance, odds_.points[odds_.jump].chance,
                              to_text(at(odds_.jump)), shown(odds_.points[odds_.jump].event));
  }

  std::string grid() const {
    std::string svg;
    for (int i = 0; i <= ticks; ++i) {
      const double height = y(static_cast<double>(i) / ticks);
      svg += fmt::format(
          "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
          "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5} %</text>\n",
          left, left + wide, height, left - 8, height + 4, 100 * i / ticks);
      const WorldTime time = at(first_) + (at(last_) - at(first_)) / ticks * i;
      svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\">{} s</text>\n",
                         left + wide * i / ticks, top + high + 20,
                         i == 0       ? "start"
                         : i == ticks ? "end"
                                      : "middle",
                         to_text(time));
    }
    return svg +
           fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">simulated time</text>\n",
                       left + wide / 2, top + high + 40);
  }

  /// The intervals, from point to point.
  std::string band() const {
    std::string there;
    std::string back;
    for (std::size_t i = first_; i <= last_; ++i) {
      const OddsPoint& one = odds_.points[i];
      there += fmt::format("{:.1f},{:.1f} ", x(i), y(one.high));
      back = fmt::format("{:.1f},{:.1f} ", x(i), y(one.low)) + back;
    }
    return "<polygon class=\"doubt\" points=\"" + there + back + "\"/>\n";
  }

  std::string mark_of_jump() const {
    if (!has_jump()) return {};
    const double place = x(odds_.jump);
    const bool near_end = place > left + wide * 0.5;
    std::string event = odds_.points[odds_.jump].event;
    constexpr std::size_t most = 70;
    if (event.size() > most) event = event.substr(0, most) + "...";
    return fmt::format(
        "<line class=\"at-jump\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
        "<text class=\"of-jump\" x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"{4}\">\u25c6 {5} s: {6}"
        "</text>\n",
        place, top - 8, top + high, top - 14, near_end ? "end" : "start", to_text(at(odds_.jump)),
        shown(event));
  }

  std::string point(std::size_t i) const {
    const OddsPoint& one = odds_.points[i];
    const double across = x(i);
    const double up = y(one.share());
    std::string svg = fmt::format(
        "<g><title>{0} s, {1}: {2}</title><path class=\"interval\" d=\"M{3:.1f} {4:.1f}V{5:.1f}"
        "m-4 0h8M{6:.1f} {4:.1f}h8\"/>",
        to_text(one.at), shown(one.event), one.chance, across, y(one.low), y(one.high), across - 4);
    if (i + 1 == odds_.points.size() && !odds_.interrupted) {
      svg += fmt::format("<path class=\"violated\" d=\"M{0:.1f} {1:.1f}l12 12m0 -12l-12 12\"/>",
                         across - 6, up - 6);
    } else if (i > 0 && i == odds_.jump) {
      svg += fmt::format("<path class=\"jump\" d=\"M{:.1f} {:.1f}l8 8l-8 8l-8 -8z\"/>", across,
                         up - 8);
    } else {
      svg +=
          fmt::format("<circle class=\"point\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/>", across, up);
    }
    return svg + "</g>\n";
  }

  const OddsPage& odds_;
  std::size_t first_;
  std::size_t last_;
  std::string title_;
};

std::string lead_of(const OddsPage& odds) {
  if (odds.points.empty()) return "It was interrupted before the first instant was measured.";
  if (odds.jump == 0 && odds.interrupted) {
    return "It was interrupted, and what was measured by then does not tell what made it likelier.";
  }
  if (odds.jump == 0) {
    return fmt::format(
        "No event made it likelier: from the beginning on it was {}. The faults as "
        "planned did that.",
        odds.points.front().chance);
  }
  const OddsPoint& before = odds.points[odds.jump - 1];
  const OddsPoint& after = odds.points[odds.jump];
  const bool sure = before.high < after.low;
  return fmt::format(
      "{} at {} s: <b>{}</b>. Before, it was {}; after, {}.{}",
      odds.interrupted ? "So far it rose most"
      : sure           ? "It became likely"
                       : "It rose most",
      to_text(after.at), shown(after.event), before.chance, after.chance,
      sure ? "" : " The two intervals overlap: this may be chance, and more futures would tell.");
}

std::string how_of(const OddsPage& odds) {
  std::string text = fmt::format(
      "Just after each of these events, {} of the same past {} run: what had been "
      "drawn by then stays, all that is drawn later is drawn anew, and the faults come as planned. "
      "The chart shows in how many of them {} is violated.",
      counted(odds.futures, "other future"), odds.futures == 1 ? "was" : "were",
      escaped(odds.property));
  if (odds.interrupted) text += " It was interrupted: this is what was complete.";
  return text;
}

/// All of it, and what lies around the jump, where the instants stand too close in the whole.
std::string charts_of(const OddsPage& odds) {
  if (odds.points.size() < 2) return {};
  const std::size_t last = odds.points.size() - 1;
  std::string charts = Chart(odds, 0, last, "The whole run").draw();
  if (odds.jump == 0) return charts;
  const auto length = [&](std::size_t a, std::size_t b) {
    return odds.points[b].at - odds.points[a].at;
  };
  constexpr std::size_t most = 4;
  for (std::size_t around = most; around > 0; --around) {
    const std::size_t from = odds.jump > around ? odds.jump - around : 0;
    const std::size_t to = std::min(odds.jump + around, last);
    if (length(from, to) * 3 < length(0, last)) {
      return charts + Chart(odds, from, to, "Around the jump").draw();
    }
  }
  return charts;
}

std::string rows_of(const OddsPage& odds) {
  std::string rows;
  for (std::size_t i = 0; i < odds.points.size(); ++i) {
    const OddsPoint& one = odds.points[i];
    const bool rise = i > 0 && i == odds.jump;
    const bool end = i + 1 == odds.points.size() && !odds.interrupted;
    rows += fmt::format(
        "<tr{}><td>{}</td><td class=\"n\">{}</td><th scope=\"row\">{}</th><td class=\"n\">{}</td>"
        "<td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
        rise ? " class=\"rise\"" : "",
        rise  ? "\u25c6 jump"
        : end ? "\u2715 violated"
              : "",
        to_text(one.at), shown(one.event), end ? "" : grouped(one.violated),
        end ? "" : grouped(one.futures), end ? "it has happened" : one.chance);
  }
  return rows;
}

std::string links_of(const OddsPage& odds) {
  std::string links;
  if (!odds.timeline.empty()) {
    links += fmt::format("<a href=\"{}\">The timeline of this run</a>. ", escaped(odds.timeline));
  }
  if (odds.scenario.empty()) return links;
  return links + fmt::format(
                     "<a href=\"{0}\">Its scenario</a>; in this folder, <code>lockstep "
                     "odds {0} --futures 1000</code> measures it more sharply.",
                     escaped(odds.scenario));
}

}  // namespace

std::string odds_page(const OddsPage& odds) {
  const std::string name = fmt::format("When {} became inevitable: {}, seed {}",
                                       escaped(odds.property), escaped(odds.lock), odds.seed);
  return filled(embedded::odds_html, {{"@BEGIN@", page_begin(name + ": point of no return")},
                                      {"@NAME@", name},
                                      {"@LEAD@", lead_of(odds)},
                                      {"@HOW@", how_of(odds)},
                                      {"@CHARTS@", charts_of(odds)},
                                      {"@ROWS@", rows_of(odds)},
                                      {"@LINKS@", links_of(odds)}});
}

}  // namespace lockstep::reports
