#include "cli/envelope_files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checker/property.hpp"
#include "formats/json_writer.hpp"
#include "formats/scenario_toml.hpp"
#include "reports/html.hpp"
#include "reports/plain.hpp"

namespace lockstep {
namespace {

/// A column in which a line was found, the middle one of them; null when there is none.
const EnvelopeColumn* column_with_line(const Envelope& envelope) {
  std::vector<const EnvelopeColumn*> found;
  for (const EnvelopeColumn& column : envelope.columns) {
    if (!lines_of(column).empty()) found.push_back(&column);
  }
  return found.empty() ? nullptr : found[found.size() / 2];
}

std::string line_of(const Envelope& envelope, const EnvelopeColumn& column) {
  const Axis& y = envelope.y;
  std::string text = fmt::format("{} {}:", envelope.x.name, envelope.x.told(column.x));
  for (const Stretch& stretch : column.stretches) {
    const bool point = stretch.from == stretch.to;
    text += fmt::format("{} {} {} {}", &stretch == column.stretches.data() ? "" : ",",
                        name_of(stretch.state), point ? "at" : "from", y.told(stretch.from));
    if (!point) text += " to " + y.told(stretch.to);
    if (stretch.state == PointState::unsafe) text += fmt::format(" (seed {})", stretch.from_seed);
    if (!stretch.why.empty()) text += " (" + stretch.why + ")";
  }
  return text;
}

std::string_view sign_of(std::optional<PointState> state) {
  if (!state) return " ~ ";
  switch (*state) {
    case PointState::safe: return " . ";
    case PointState::unsafe: return " # ";
    case PointState::undecided: return " ? ";
    case PointState::refused: return " - ";
  }
  return "";
}

std::string map_of(const Envelope& envelope) {
  constexpr std::int64_t rows = 16;
  std::string text;
  for (std::int64_t row = rows; row >= 0; --row) {
    const std::int64_t y = envelope.y.at(row, rows);
    text += fmt::format("{:>12} |", row % 4 == 0 ? envelope.y.told(y) : "");
    for (const EnvelopeColumn& column : envelope.columns) {
      text += sign_of(column.at(y));
    }
    text += '\n';
  }
  text +=
      fmt::format("{:>12} +{}\n", envelope.y.name, std::string(envelope.columns.size() * 3, '-'));
  if (envelope.columns.empty()) return text;
  const std::string first = envelope.x.told(envelope.columns.front().x);
  if (envelope.columns.size() == 1) {
    return text + fmt::format("{:>13} {} at {}\n", "", envelope.x.name, first);
  }
  return text + fmt::format("{:>13} {} from {} to {}\n", "", envelope.x.name, first,
                            envelope.x.told(envelope.columns.back().x));
}

void add_axis(JsonWriter& json, const char* name, const Axis& axis) {
  json.key(name).object().field("name", axis.name).field("fault", axis.fault);
  json.field("low", axis.low).field("high", axis.high).field("low_text", axis.told(axis.low));
  json.field("high_text", axis.told(axis.high)).end();
}

constexpr int left = 90;
constexpr int top = 20;
constexpr int wide = 800;
constexpr int high = 480;

/// A column as rectangles, one a stretch, and a title that a pointer shows.
std::string bars_of(const EnvelopeReport& report, std::size_t place) {
  const Envelope& envelope = report.envelope;
  const EnvelopeColumn& column = envelope.columns[place];
  const Axis& axis = envelope.y;
  const double width = static_cast<double>(wide) / static_cast<double>(report.options.columns);
  const double x = left + width * static_cast<double>(place);
  const auto height_of = [&](std::int64_t y) {
    return high * static_cast<double>(y - axis.low) / static_cast<double>(axis.high - axis.low);
  };
  const auto bar = [&](std::string_view sort, double from, double to) {
    return fmt::format(R"(<rect class="{}" x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}"/>)",
                       sort, x, top + high - to, width, to - from);
  };
  std::string text = "<g><title>" + reports::escaped(line_of(envelope, column)) + "</title>" +
                     bar("between", 0, high);
  for (const Stretch& stretch : column.stretches) {
    // A point alone is drawn two units high, so that it is seen.
    const double from = std::max(0.0, height_of(stretch.from) - 1);
    const double to = std::min<double>(high, height_of(stretch.to) + 1);
    text += bar(name_of(stretch.state), from, to);
  }
  return text + "</g>\n";
}

std::string ticks_of(const Envelope& envelope) {
  std::string text;
  for (int i = 0; i <= 4; ++i) {
    text += fmt::format(R"(<text x="{}" y="{}" text-anchor="end">{}</text>)", left - 8,
                        top + high - high * i / 4 + 4, envelope.y.told(envelope.y.at(i, 4)));
    text += fmt::format(R"(<text x="{}" y="{}" text-anchor="middle">{}</text>)",
                        left + wide * i / 4, top + high + 20, envelope.x.told(envelope.x.at(i, 4)));
    text += '\n';
  }
  return text;
}

constexpr const char* style =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:960px;margin:2em auto;padding:0 1em;"
    "color:#1a1a1a;background:#fff}text{font-size:13px;fill:currentColor}.safe{fill:#8fc7a3}"
    ".unsafe{fill:url(#unsafe)}.between{fill:url(#between)}.refused{fill:#9aa0a6}"
    ".undecided{fill:url(#undecided)}"
    "pre{overflow:auto}:root{color-scheme:light dark}"
    "@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#16181c}}";

// What tells the areas apart for those who do not see the colours.
constexpr const char* patterns =
    "<defs><pattern id=\"unsafe\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
    "<path d=\"M0 0h8v8h-8z\" fill=\"#c8503c\"/><path d=\"M-1 9L9 -1M-1 1L1 -1M7 9L9 7\" "
    "stroke=\"#5c150a\" stroke-width=\"1.5\"/></pattern><pattern id=\"between\" width=\"6\" "
    "height=\"6\" patternUnits=\"userSpaceOnUse\"><path d=\"M0 0h6v6h-6z\" fill=\"#e9c46a\"/>"
    "<circle cx=\"3\" cy=\"3\" r=\"1\" fill=\"#5a4200\"/></pattern><pattern id=\"undecided\" "
    "width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><path d=\"M0 0h8v8h-8z\" "
    "fill=\"#c9d3e6\"/><path d=\"M0 4h8\" stroke=\"#3b4a66\" stroke-width=\"1.5\"/></pattern>"
    "</defs>\n";

/// What is to be known of the whole picture, a line each.
std::vector<std::string> notes_on(const EnvelopeReport& report) {
  const Envelope& envelope = report.envelope;
  std::vector<std::string> notes;
  if (envelope.judged == 0 && envelope.without > 0) {
    notes.push_back(why_never_judged(report.options.property) +
                    "; see: lockstep list properties -v");
  } else if (envelope.undecided()) {
    notes.emplace_back("undecided points are no pass: each column says why");
  }
  if (envelope.failures > 0) {
    notes.push_back(fmt::format("a bug ended {}: {}", reports::counted(envelope.failures, "run"),
                                reports::printable(envelope.first_failure)));
  }
  if (envelope.diverged > 0) {
    notes.push_back(fmt::format("{} diverged when repeated: {}",
                                reports::counted(envelope.diverged, "run"),
                                reports::printable(envelope.first_divergence)));
  }
  return notes;
}

}  // namespace

std::string tell(const EnvelopeReport& report) {
  const Envelope& envelope = report.envelope;
  std::string text = fmt::format(
      "{}: where {} holds (.), where it breaks (#), where it is undecided (?), where there is no "
      "such scenario (-) and what lies between two points (~); {} seeds a point, {} runs\n\n",
      report.base.lock, report.options.property, report.options.seeds, envelope.runs);
  text += map_of(envelope) + "\n";
  for (const EnvelopeColumn& column : envelope.columns) {
    text += "  " + line_of(envelope, column) + "\n";
  }
  const std::vector<std::string> notes = notes_on(report);
  if (!notes.empty()) text += "\n";
  for (const std::string& note : notes) text += "  " + note + "\n";
  if (envelope.interrupted)
    text += "interrupted: the columns that were complete are all there is\n";
  return text;
}

std::string json_of(const EnvelopeReport& report) {
  const Envelope& envelope = report.envelope;
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "envelope");
  json.field("lock", report.base.lock).field("property", report.options.property);
  json.field("seeds", report.options.seeds).field("runs", envelope.runs);
  json.field("judged", envelope.judged).field("failures", envelope.failures);
  json.field("diverged", envelope.diverged).field("undecided", envelope.undecided());
  json.field("notes", notes_on(report));
  json.field("interrupted", envelope.interrupted);
  add_axis(json, "x", envelope.x);
  add_axis(json, "y", envelope.y);
  json.key("columns").array();
  for (const EnvelopeColumn& column : envelope.columns) {
    json.object().field("x", column.x);
    json.key("stretches").array();
    for (const Stretch& stretch : column.stretches) {
      json.object().field("state", name_of(stretch.state));
      json.field("from", stretch.from).field("to", stretch.to);
      if (stretch.state == PointState::unsafe) {
        json.field("from_seed", stretch.from_seed).field("to_seed", stretch.to_seed);
      }
      if (!stretch.why.empty()) json.field("why", stretch.why);
      json.end();
    }
    json.end().end();
  }
  json.end().end();
  return json.text() + "\n";
}

std::string page_of(const EnvelopeReport& report) {
  const Envelope& envelope = report.envelope;
  std::string notes;
  for (const std::string& note : notes_on(report)) {
    notes += "<p>" + reports::escaped(note) + "</p>\n";
  }
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n<title>{0}: safety envelope"
      "</title>\n<style>{1}</style>\n<main>\n<h1>{0}</h1>\n<p>Where {2} holds (green, plain), "
      "where it breaks (red, hatched), where it is undecided (blue, lined), what was not tried "
      "between two points (yellow, dotted) and where there is no such scenario (grey): {3} against "
      "{4}, {5} seeds a point.{8}</p>\n{9}<svg viewBox=\"0 0 {6} {7}\" role=\"img\" "
      "aria-label=\"{4} up, {3} to the right\">\n",
      report.base.lock, style, report.options.property, envelope.x.name, envelope.y.name,
      report.options.seeds, left + wide + 40, top + high + 50,
      envelope.interrupted ? " It was interrupted: the rest was not measured." : "", notes);
  page += patterns;
  for (std::size_t i = 0; i < envelope.columns.size(); ++i) page += bars_of(report, i);
  page += ticks_of(envelope);
  page += fmt::format(R"(<text x="{}" y="{}" text-anchor="middle">{}</text>)", left + wide / 2,
                      top + high + 42, envelope.x.name);
  page += fmt::format(
      "<text x=\"8\" y=\"14\">{}</text>\n</svg>\n<pre tabindex=\"0\" role=\"region\" "
      "aria-label=\"Columns\">",
      envelope.y.name);
  for (const EnvelopeColumn& column : envelope.columns) {
    page += reports::escaped(line_of(envelope, column)) + "\n";
  }
  return page + "</pre>\n</main>\n</html>\n";
}

std::vector<OutputFile> files_of(const EnvelopeReport& report) {
  std::vector<OutputFile> files = {{"envelope.json", json_of(report)},
                                   {"envelope.html", page_of(report)}};
  const Envelope& envelope = report.envelope;
  if (const EnvelopeColumn* column = column_with_line(envelope)) {
    const EnvelopeLine line = lines_of(*column).front();
    const auto at = [&](std::int64_t y) {
      return write_scenario(
          scenario_at(report.base, envelope.x, column->x, envelope.y, y, line.seed));
    };
    files.push_back({"safe.toml", at(line.safe)});
    files.push_back({"unsafe.toml", at(line.unsafe)});
  }
  return files;
}

}  // namespace lockstep
