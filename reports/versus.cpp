#include "reports/versus.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "formats/json_writer.hpp"
#include "reports/html.hpp"
#include "reports/plain.hpp"
#include "reports/report.hpp"
#include "reports/story.hpp"
#include "reports_embedded.hpp"

namespace lockstep::reports {
namespace {

std::string told(const ResourceAccess& access) {
  const std::string what =
      fmt::format("{} {} = {}", access.write ? "writes" : "reads", access.resource, access.value);
  return access.accepted ? what : what + ", and is refused";
}

std::string told(const Happening& one) {
  return fmt::format("{} s: {} {}", to_text(one.at), one.who, one.text);
}

/// What one run did where the other did something else.
std::string told(const std::optional<Happening>& one) {
  return one ? told(*one) : "nothing more happens";
}

std::string sentence(const std::optional<Parting>& parting) {
  if (!parting) return "What the clients and the resource saw is alike in both.";
  if (parting->alike == 0) return "They differ from the beginning.";
  const std::string alike = parting->alike == 1 ? std::string("happening is")
                                                : grouped(parting->alike) + " happenings are";
  const std::string apart = parting->apart == Duration::zero()
                                ? std::string("at the same instants")
                                : "at most " + brief(parting->apart) + " apart in time";
  return fmt::format("The first {} alike, {}; then they part.", alike, apart);
}

std::string_view word_of(const Verdict* verdict) {
  if (verdict == nullptr) return "-";
  if (verdict->status == Status::holds) return "PASS";
  if (verdict->status == Status::unknown) return "UNKNOWN";
  return verdict->claimed ? "FAIL" : "FAIL (not promised)";
}

const Verdict* verdict_on(const Outcome& outcome, const std::string& property) {
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.property == property) return &verdict;
  }
  return nullptr;
}

/// The properties that either run was judged by, those of A first.
std::vector<std::string> properties_of(const Outcome& a, const Outcome& b) {
  std::vector<std::string> names;
  for (const Outcome* outcome : {&a, &b}) {
    for (const Verdict& verdict : outcome->verdicts) {
      if (std::ranges::find(names, verdict.property) == names.end()) {
        names.push_back(verdict.property);
      }
    }
  }
  return names;
}

std::string circumstances(const Scenario& scenario) {
  return fmt::format(
      "{}, {}, {}, seed {}, {}", scenario.workload, name_of(scenario.resource),
      counted(static_cast<std::uint64_t>(std::max<std::int64_t>(scenario.clients, 0)), "client"),
      scenario.seed, counted(scenario.faults.size(), "fault"));
}

void add_happening(JsonWriter& json, const char* name, const std::optional<Happening>& one) {
  json.key(name);
  if (!one) {
    json.null();
    return;
  }
  json.object().field("at_ns", nanos(one->at)).field("who", one->who);
  json.field("text", one->text).end();
}

void add_side(JsonWriter& json, const char* name, const VersusSide& side) {
  const Outcome& outcome = side.outcome;
  json.key(name).object().field("name", side.name).field("lock", outcome.scenario.lock);
  json.field("digest", fmt::format("{:016x}", outcome.digest));
  const auto story = first_violation(outcome);
  json.field("headline", story ? story->headline : std::string());
  json.key("verdicts").array();
  for (const Verdict& verdict : outcome.verdicts) {
    json.object().field("property", verdict.property).field("status", name_of(verdict.status));
    json.field("claimed", verdict.claimed).field("explanation", verdict.explanation).end();
  }
  json.end().end();
}

std::string rows_of(const Outcome& a, const Outcome& b) {
  std::string rows;
  for (const std::string& name : properties_of(a, b)) {
    const std::string_view left = word_of(verdict_on(a, name));
    const std::string_view right = word_of(verdict_on(b, name));
    rows += fmt::format("<tr{}><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n",
                        left == right ? "" : " class=\"differs\"", escaped(name), left, right);
  }
  return rows;
}

/// What the page's script needs: what to show first, and where the runs part.
std::string places_of(const std::optional<Parting>& parting, const Outcome& a, const Outcome& b) {
  JsonWriter json{0};
  json.object();
  const auto instant = [&](const char* name, const std::optional<Happening>& one) {
    json.key(name);
    one ? json.value(nanos(one->at)) : json.null();
  };
  instant("a", parting ? parting->a : std::nullopt);
  instant("b", parting ? parting->b : std::nullopt);
  std::optional<Story> story = first_violation(a);
  if (!story) story = first_violation(b);
  WorldTime from = story ? story->from : WorldTime{};
  WorldTime to = story ? story->to : std::max(a.record.ended_at, b.record.ended_at);
  for (const auto& one :
       parting ? std::vector{parting->a, parting->b} : std::vector<std::optional<Happening>>()) {
    if (one) from = std::min(from, one->at), to = std::max(to, one->at);
  }
  json.field("from", nanos(from)).field("to", nanos(to)).end();
  return json.text();
}

}  // namespace

std::vector<Happening> happenings(const Outcome& outcome) {
  const Record& record = outcome.record;
  std::vector<Happening> all;
  for (const FaultSpan& fault : record.faults) all.push_back({fault.from, "fault:", fault.text});
  for (const Belief& belief : record.beliefs) {
    const std::string who = client_name(record, belief.process);
    all.push_back({belief.from, who, "believes that it holds " + belief.lock});
    if (belief.to == never) continue;
    all.push_back(
        {belief.to, who,
         fmt::format("believes no more that it holds {} ({})", belief.lock, name_of(belief.end))});
  }
  for (const ResourceEvent& event : record.resource) {
    all.push_back({event.at, client_name(record, event.process), told(event.access)});
  }
  const auto earlier = [](const Happening& one, const Happening& other) {
    return one.at < other.at;
  };
  std::stable_sort(all.begin(), all.end(), earlier);
  return all;
}

std::optional<Parting> parting_of(const Outcome& a, const Outcome& b) {
  const std::vector<Happening> left = happenings(a);
  const std::vector<Happening> right = happenings(b);
  Parting parting;
  std::size_t& i = parting.alike;
  for (; i < left.size() && i < right.size(); ++i) {
    if (left[i].who != right[i].who || left[i].text != right[i].text) break;
    const Duration apart = left[i].at - right[i].at;
    parting.apart = std::max(parting.apart, apart < Duration::zero() ? -apart : apart);
  }
  if (i == left.size() && i == right.size()) return std::nullopt;
  if (i < left.size()) parting.a = left[i];
  if (i < right.size()) parting.b = right[i];
  return parting;
}

std::string versus_text(const VersusSide& a, const VersusSide& b) {
  const auto parting = parting_of(a.outcome, b.outcome);
  std::string text =
      fmt::format("A  {}\nB  {}\nin {}\n\n{}\n", printable(a.name), printable(b.name),
                  circumstances(a.outcome.scenario), sentence(parting));
  if (parting) {
    text += fmt::format("  A  {}\n  B  {}\n", wrapped(printable(told(parting->a)), 5),
                        wrapped(printable(told(parting->b)), 5));
  }
  text += fmt::format("\n{:<20} {:<20} {}\n", "", "A", "B");
  for (const std::string& name : properties_of(a.outcome, b.outcome)) {
    text += fmt::format("{:<20} {:<20} {}\n", name, word_of(verdict_on(a.outcome, name)),
                        word_of(verdict_on(b.outcome, name)));
  }
  return text;
}

std::string versus_json(const VersusSide& a, const VersusSide& b) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "versus");
  json.field("seed", a.outcome.scenario.seed);
  add_side(json, "a", a);
  add_side(json, "b", b);
  json.key("first_difference");
  if (const auto parting = parting_of(a.outcome, b.outcome)) {
    json.object().field("alike", parting->alike).field("apart_ns", parting->apart.count());
    add_happening(json, "a", parting->a);
    add_happening(json, "b", parting->b);
    json.end();
  } else {
    json.null();
  }
  json.end();
  return json.text() + "\n";
}

std::string versus_page(const VersusSide& a, const VersusSide& b) {
  const auto parting = parting_of(a.outcome, b.outcome);
  const auto timeline = find_report("timeline")->write;
  const auto part = [&](const std::optional<Happening>& one) {
    return escaped(parting ? told(one) : std::string("alike"));
  };
  return filled(embedded::versus_html,
                {{"@BEGIN@", page_begin(escaped(a.name) + " against " + escaped(b.name),
                                        PageMay::run_scripts_and_frame_pages)},
                 {"@A@", escaped(a.name)},
                 {"@B@", escaped(b.name)},
                 {"@CIRCUMSTANCES@", escaped(circumstances(a.outcome.scenario))},
                 {"@SENTENCE@", escaped(sentence(parting))},
                 {"@PARTA@", part(parting ? parting->a : std::nullopt)},
                 {"@PARTB@", part(parting ? parting->b : std::nullopt)},
                 {"@ROWS@", rows_of(a.outcome, b.outcome)},
                 {"@PAGEA@", escaped(timeline(a.outcome))},
                 {"@PAGEB@", escaped(timeline(b.outcome))},
                 {"@PLACES@", places_of(parting, a.outcome, b.outcome)}});
}

}  // namespace lockstep::reports
