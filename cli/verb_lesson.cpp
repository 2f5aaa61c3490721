// lockstep lesson: famous bugs of locks, each run with its fix beside it.
#include <fmt/core.h>

#include "cli/lesson_pages.hpp"
#include "cli/output_folder.hpp"
#include "cli/run_files.hpp"
#include "cli/saved_scenarios.hpp"
#include "cli/scenario_source.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"
#include "formats/scenario_toml.hpp"
#include "reports/plain.hpp"
#include "reports/report.hpp"

namespace lockstep {
namespace {

void list_lessons(const LessonRequest& request, VerbContext context) {
  if (context.json) {
    JsonWriter json;
    json.object().field("schema_version", 1).field("verb", "lesson").key("lessons").array();
    for (const Lesson& one : all_lessons()) {
      json.object().field("name", one.name).field("title", one.title).end();
    }
    json.end().end();
    context.terminal.out << json.text() << "\n";
    return;
  }
  if (request.markdown) {
    context.terminal.out << lesson_list();
    return;
  }
  for (const Lesson& one : all_lessons()) {
    context.terminal.out << fmt::format("{:<30} {}\n", one.name, one.title);
  }
  context.terminal.out << "\nlockstep lesson NAME runs one of them.\n";
}

Checked<const Lesson*> lesson_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Lesson& one : all_lessons()) {
    if (one.name == name) return &one;
    names.push_back(one.name);
  }
  const std::string near = did_you_mean(name, names);
  return wrong_usage(fmt::format("there is no lesson \"{}\"", name), "lesson " + name,
                     near.empty() ? "see: lockstep lesson" : near);
}

/// The circumstances of a lesson that has no saved scenario.
Checked<Scenario> scenario_of(const Lesson& lesson, const std::string& lock) {
  ScenarioRequest request;
  request.lock = lock;
  request.workload = "mutex";
  request.clients = lesson.clients;
  request.duration = "20s";
  const Checked<DrawOptions> options = drawing(request);
  if (!options) return complain(options.error());
  return options->base;
}

Checked<Taught> taught(const Lesson& lesson) {
  if (lesson.scenario.empty()) {
    const Checked<Scenario> before = scenario_of(lesson, lesson.lock);
    if (!before) return complain(before.error());
    const Checked<Scenario> after = scenario_of(lesson, lesson.instead);
    if (!after) return complain(after.error());
    return Taught{lesson,
                  lesson.story,
                  lesson.fix,
                  lesson.source,
                  timed_run(*before, true).outcome,
                  timed_run(*after, true).outcome};
  }
  const NamedScenario* broken = find_named_scenario(lesson.scenario);
  const NamedScenario* fixed = find_named_scenario(lesson.scenario + "-fixed");
  if (broken == nullptr || fixed == nullptr) {
    return wrong_usage(fmt::format("the lesson shows \"{}\", which is not there", lesson.scenario),
                       "lesson " + lesson.name);
  }
  const ScenarioAbout& about = broken->about;
  Taught shown{lesson,
               about.story,
               about.fix,
               about.source,
               timed_run(broken->scenario, true).outcome,
               timed_run(fixed->scenario, true).outcome};
  add_counterfactuals(shown.before, fixed);
  return shown;
}

std::vector<OutputFile> files_of(const Taught& shown) {
  const auto timeline = find_report("timeline")->write;
  return {{"index.html", lesson_html(shown)},
          {"broken.html", timeline(shown.before)},
          {"broken.toml", write_scenario(shown.before.scenario)},
          {"fixed.html", timeline(shown.after)},
          {"fixed.toml", write_scenario(shown.after.scenario)}};
}

}  // namespace

Checked<ExitCode> lesson(const LessonRequest& request, VerbContext context) {
  if (request.name.empty()) {
    list_lessons(request, context);
    return ExitCode::met;
  }
  const Checked<const Lesson*> known = lesson_named(request.name);
  if (!known) return complain(known.error());
  const std::string folder =
      request.output.empty() ? "out/lesson/" + request.name : std::string(request.output);
  if (!request.markdown) {
    if (const Checked<void> ok = check_output(folder); !ok) return complain(ok.error());
  }
  const Checked<Taught> shown = taught(**known);
  if (!shown) return complain(shown.error());
  if (request.markdown) {
    context.terminal.out << lesson_markdown(*shown);
    return ExitCode::met;
  }
  if (const auto kept = write_output(folder, files_of(*shown)); !kept)
    return complain(kept.error());
  context.terminal.out << (context.json ? lesson_json(*shown, folder)
                                        : lesson_text(*shown, folder));
  return ExitCode::met;
}

}  // namespace lockstep
