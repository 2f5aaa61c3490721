#include "formats/lesson.hpp"

#include <fmt/core.h>

#include <sstream>
#include <stdexcept>

#include "core/toml.hpp"
#include "formats_embedded.hpp"

namespace lockstep {
namespace {

/// Text on one line, however the file breaks it.
std::string on_one_line(const std::string& text) {
  std::istringstream words(text);
  std::string line;
  for (std::string word; words >> word;) line += (line.empty() ? "" : " ") + word;
  return line;
}

std::vector<Lesson> read_all() {
  std::vector<Lesson> all;
  for (const lesson_files::File& file : lesson_files::files) {
    const std::string_view name = file.name.substr(0, file.name.rfind('.'));
    FileResult<Lesson> lesson = read_lesson(name, file.text);
    if (!lesson) {
      throw std::runtime_error(fmt::format("lessons/{}: {}: {}", file.name,
                                           to_text(lesson.error().at), lesson.error().text));
    }
    all.push_back(std::move(*lesson));
  }
  return all;
}

}  // namespace

FileResult<Lesson> read_lesson(std::string_view name, std::string_view text) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::source_position at = parsed.error().source().begin;
    return misread(Place{at.line, at.column, 0}, std::string(parsed.error().description()));
  }
  const toml::table& table = parsed.table();
  Lesson lesson;
  lesson.name = name;
  std::vector<std::pair<std::string_view, std::string*>> fields = {{"title", &lesson.title},
                                                                   {"text", &lesson.text},
                                                                   {"question", &lesson.question},
                                                                   {"try", &lesson.command}};
  if (table.contains("lock")) {
    fields.insert(fields.end(), {{"lock", &lesson.lock},
                                 {"instead", &lesson.instead},
                                 {"clients", &lesson.clients},
                                 {"story", &lesson.story},
                                 {"why", &lesson.fix},
                                 {"source", &lesson.source}});
  } else {
    fields.emplace_back("scenario", &lesson.scenario);
  }
  for (const auto& [key, field] : fields) {
    *field = on_one_line(table[key].value_or(std::string()));
    if (field->empty()) return misread(whole_file, fmt::format("\"{}\" is missing", key));
  }
  return lesson;
}

const std::vector<Lesson>& all_lessons() {
  static const std::vector<Lesson> all = read_all();
  return all;
}

}  // namespace lockstep
