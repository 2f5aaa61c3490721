#include "backends/records/record.hpp"

#include <fmt/format.h>

namespace lockstep::records {
namespace {

constexpr std::string_view only_value = "value";

void fold_fields(Digest& digest, const Fields& fields) {
  digest.fold(static_cast<std::uint64_t>(fields.size()));
  for (const auto& [name, value] : fields) {
    digest.fold(std::string_view(name));
    digest.fold(std::string_view(value));
  }
}

std::string_view name_of(Action action) {
  switch (action) {
    case Action::get: return "get";
    case Action::put: return "put";
    case Action::patch: return "patch";
    case Action::erase: return "delete";
  }
  return "?";
}

std::string to_text(const Condition& condition) {
  std::string text;
  if (condition.absent) text += " if absent";
  if (condition.version) text += fmt::format(" if version is {}", *condition.version);
  if (condition.generation) text += fmt::format(" if generation is {}", *condition.generation);
  if (condition.metageneration) {
    text += fmt::format(" if metageneration is {}", *condition.metageneration);
  }
  if (!condition.field.empty()) text += fmt::format(" if {}={}", condition.field, condition.value);
  return text;
}

}  // namespace

const std::string& Record::field(std::string_view name) const {
  static const std::string none;
  const auto at = fields.find(std::string(name));
  return at == fields.end() ? none : at->second;
}

bool Condition::met_by(const Record* record) const {
  if (record == nullptr) return !version && !generation && !metageneration && field.empty();
  if (absent) return false;
  if (version && *version != record->version) return false;
  if (generation && *generation != record->generation) return false;
  if (metageneration && *metageneration != record->metageneration) return false;
  return field.empty() || record->field(field) == value;
}

void Request::fold(Digest& digest) const {
  digest.fold(static_cast<std::uint64_t>(action) << 1 |
              static_cast<std::uint64_t>(condition.absent));
  digest.fold(std::string_view(key));
  fold_fields(digest, fields);
  for (const auto& number : {condition.version, condition.generation, condition.metageneration}) {
    digest.fold(number.value_or(0));
  }
  digest.fold(std::string_view(condition.field));
  digest.fold(std::string_view(condition.value));
  digest.fold(std::string_view(reason));
}

std::string Request::describe() const {
  std::string line = fmt::format("{} {}", name_of(action), key);
  if (!fields.empty()) line += " " + to_text(fields);
  line += to_text(condition);
  if (!reason.empty()) line += fmt::format(" ({})", reason);
  return line;
}

void Response::fold(Digest& digest) const {
  digest.fold(static_cast<std::uint64_t>(status));
  digest.fold(record.version);
  digest.fold(record.generation);
  digest.fold(record.metageneration);
  fold_fields(digest, record.fields);
}

std::string Response::describe() const {
  switch (status) {
    case Status::missing: return "not found";
    case Status::conflict: return "condition not met";
    case Status::unavailable: return "503 unavailable";
    case Status::ok: break;
  }
  return fmt::format("{} (version {}, generation {}.{})", to_text(record.fields), record.version,
                     record.generation, record.metageneration);
}

std::string to_text(const Fields& fields) {
  if (fields.size() == 1 && fields.begin()->first == only_value) return fields.begin()->second;
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!text.empty()) text += ' ';
    text += name + "=" + value;
  }
  return text;
}

std::string field_in(const std::string& text, std::string_view name) {
  const std::string sought = std::string(name) + "=";
  std::size_t from = 0;
  while (from < text.size()) {
    std::size_t end = text.find(' ', from);
    if (end == std::string::npos) end = text.size();
    if (text.compare(from, sought.size(), sought) == 0) {
      return text.substr(from + sought.size(), end - from - sought.size());
    }
    from = end + 1;
  }
  return {};
}

}  // namespace lockstep::records
