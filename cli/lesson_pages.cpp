#include "cli/lesson_pages.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "formats/json_writer.hpp"
#include "reports/html.hpp"
#include "reports/plain.hpp"
#include "reports/story.hpp"

namespace lockstep {
namespace {

using reports::escaped;
using reports::wrapped;

std::vector<std::string> violated(const Outcome& outcome) {
  std::vector<std::string> names;
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.status == Status::violated) names.push_back(verdict.property);
  }
  return names;
}
std::string listed_or_nothing(const std::vector<std::string>& names) {
  return names.empty() ? std::string("nothing") : reports::listed(names);
}

/// "5,048 messages for 56 holds: 90.1 each".
std::string cost(const Outcome& outcome) {
  const Stats& stats = outcome.stats;
  const std::uint64_t holds = std::max<std::uint64_t>(outcome.record.beliefs.size(), 1);
  return fmt::format("{} messages for {}: {}.{} for each", reports::grouped(stats.messages),
                     reports::counted(holds, "hold"), stats.messages / holds,
                     stats.messages * 10 / holds % 10);
}

/// What the runs came to, a sentence each.
std::string result_before(const Taught& shown) {
  if (shown.lesson.scenario.empty()) return shown.lesson.lock + ": " + cost(shown.before) + ".";
  return "Violated: " + listed_or_nothing(violated(shown.before)) + ".";
}
std::string result_after(const Taught& shown) {
  if (shown.lesson.scenario.empty()) return shown.lesson.instead + ": " + cost(shown.after) + ".";
  return "With it, the same run violates: " + listed_or_nothing(violated(shown.after)) + ".";
}

void add_steps(JsonWriter& json, const Outcome& outcome) {
  json.key("steps").array();
  const auto story = reports::first_violation(outcome);
  for (const reports::StoryStep& step : story ? story->steps : std::vector<reports::StoryStep>()) {
    json.object().field("at", to_text(step.at)).field("who", step.who);
    json.field("text", step.text).field("mark", step.mark).end();
  }
  json.end();
}

constexpr const char* style =
    "body{font:17px/1.55 system-ui,sans-serif;max-width:46em;margin:2em auto;padding:0 1em;"
    "color:#1a1a1a;background:#fff}a{color:#00558b}code{font-family:ui-monospace,monospace}"
    "table{border-collapse:collapse}td,th{padding:.2em .6em;text-align:left;"
    "border-bottom:1px solid #ccc}td:first-child{text-align:right;white-space:nowrap}"
    "td:nth-child(2){white-space:nowrap}"
    "@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#16181c}a{color:#7cc4f5}"
    "td,th{border-color:#444}}";

std::string steps_html(const Outcome& outcome) {
  const auto story = reports::first_violation(outcome);
  if (!story) return "";
  std::string html =
      "<table><thead><tr><th scope=\"col\">at, in s</th><th scope=\"col\">who</th>"
      "<th scope=\"col\">what</th></tr></thead><tbody>\n";
  for (const reports::StoryStep& step : story->steps) {
    const std::string mark =
        step.mark.empty() ? "" : " <strong>(" + escaped(step.mark) + ")</strong>";
    html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}{}</td></tr>\n", to_text(step.at),
                        escaped(step.who), escaped(step.text), mark);
  }
  html += "</tbody></table>\n";
  return story->why.empty() ? html : html + "<p>" + escaped(story->why) + "</p>\n";
}

std::string steps_markdown(const Outcome& outcome) {
  const auto story = reports::first_violation(outcome);
  if (!story) return "";
  std::string page = "| at, in s | who | what |\n|---:|---|---|\n";
  for (const reports::StoryStep& step : story->steps) {
    const std::string mark = step.mark.empty() ? "" : " (**" + step.mark + "**)";
    page += fmt::format("| {} | {} | {}{} |\n", to_text(step.at), step.who, step.text, mark);
  }
  return story->why.empty() ? page + "\n" : page + "\n" + wrapped(story->why, 0) + "\n\n";
}

}  // namespace

std::string lesson_text(const Taught& shown, const std::string& folder) {
  const Lesson& lesson = shown.lesson;
  std::string text = fmt::format("{}\n\n{}\n\n{}\n\n", lesson.title, wrapped(lesson.text, 0),
                                 wrapped(shown.story, 0));
  text += fmt::format("{}\n  its timeline: {}/broken.html\n\n", wrapped(result_before(shown), 0),
                      folder);
  text += fmt::format("question: {}\n\n", wrapped(lesson.question, 10));
  text += fmt::format("the fix:  {}\n\n{}\n  its timeline: {}/fixed.html\n\n",
                      wrapped(shown.fix, 10), wrapped(result_after(shown), 0), folder);
  return text + fmt::format("try it yourself: {}\n", lesson.command);
}

std::string lesson_json(const Taught& shown, const std::string& folder) {
  const Lesson& lesson = shown.lesson;
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "lesson").field("name", lesson.name);
  json.field("title", lesson.title).field("text", lesson.text).field("story", shown.story);
  json.field("violated", violated(shown.before)).field("messages", shown.before.stats.messages);
  add_steps(json, shown.before);
  json.field("question", lesson.question).field("fix", shown.fix);
  json.field("violated_with_fix", violated(shown.after));
  json.field("messages_with_fix", shown.after.stats.messages);
  json.field("try", lesson.command).field("source", shown.source).field("folder", folder).end();
  return json.text() + "\n";
}

std::string lesson_html(const Taught& shown) {
  const Lesson& lesson = shown.lesson;
  const auto part = [](const char* title, const std::string& text) {
    return fmt::format("<h2>{}</h2>\n<p>{}</p>\n", title, escaped(text));
  };
  const auto link = [](const char* file, const std::string& text) {
    return fmt::format("<p>{} <a href=\"{}\">See its timeline.</a></p>\n", escaped(text), file);
  };
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta "
      "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n"
      "<style>{1}</style></head>\n<body><main>\n<h1>{0}</h1>\n<p>{2}</p>\n",
      escaped(lesson.title), style, escaped(lesson.text));
  page += part("What happens", shown.story) + steps_html(shown.before) +
          link("broken.html", result_before(shown));
  page += part("Question", lesson.question) + part("The fix", shown.fix) +
          link("fixed.html", result_after(shown));
  page += fmt::format("<h2>Try it yourself</h2>\n<p><code>{}</code></p>\n<p>Source: {}.</p>\n",
                      escaped(lesson.command), escaped(shown.source));
  return page + "</main></body></html>\n";
}

std::string lesson_markdown(const Taught& shown) {
  const Lesson& lesson = shown.lesson;
  std::string page = fmt::format("# {}\n\n{}\n\n", lesson.title, wrapped(lesson.text, 0));
  page += fmt::format("    lockstep lesson {}\n\n", lesson.name);
  page += fmt::format("## What happens\n\n{}\n\n{}", wrapped(shown.story, 0),
                      steps_markdown(shown.before));
  page += fmt::format("{}\n\n", wrapped(result_before(shown), 0));
  page += fmt::format("## Question\n\n{}\n\n", wrapped(lesson.question, 0));
  page += fmt::format("## The fix\n\n{}\n\n{}\n\n", wrapped(shown.fix, 0),
                      wrapped(result_after(shown), 0));
  page += fmt::format("## Try it yourself\n\n    {}\n\n", lesson.command);
  return page + wrapped("Source: " + shown.source, 0) + "\n";
}

std::string lesson_list() {
  std::string page =
      "# Lessons\n\nEach of these is a bug that somebody met, or an argument that somebody made, "
      "run and shown\nwith its fix beside it. `lockstep lesson NAME` runs it again and writes its "
      "two timelines. The\npages are made of `lessons/` by `./dev lessons`.\n\n";
  for (const Lesson& one : all_lessons()) {
    page += fmt::format("- [{}]({}.md)\n", one.title, one.name);
  }
  return page;
}

}  // namespace lockstep
