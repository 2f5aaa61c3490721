// Values in words.
#include "backends/redis/value.hpp"

#include "backends/redis/text.hpp"

namespace lockstep::redis {

std::string_view type_name(const Value& value) {
  static constexpr std::string_view names[] = {"string", "hash", "list", "zset"};
  return names[value.index()];
}

std::string describe(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  std::string out;
  const auto add = [&out](std::string_view left, std::string_view join, std::string_view right) {
    if (!out.empty()) out += ", ";
    out.append(left).append(join).append(right);
  };
  if (const auto* hash = std::get_if<Hash>(&value)) {
    for (const auto& [name, content] : hash->fields()) add(name, ": ", content);
    return "{" + out + "}";
  }
  if (const auto* list = std::get_if<List>(&value)) {
    for (const std::string& element : *list) add(element, "", "");
    return "[" + out + "]";
  }
  for (const auto& member : std::get<SortedSet>(value).members()) {
    add(member.name, " ", format_score(member.score));
  }
  return "(" + out + ")";
}

}  // namespace lockstep::redis
