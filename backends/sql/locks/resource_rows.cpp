#include "backends/sql/locks/resource_rows.hpp"

#include <utility>

namespace lockstep::sql {
namespace {

std::int64_t number_in(const Columns& columns, const std::string& name) {
  const auto at = columns.find(name);
  const auto* number = at == columns.end() ? nullptr : std::get_if<std::int64_t>(&at->second);
  return number == nullptr ? 0 : *number;
}

Result<StoredValue> stored_value(const Result<Answer>& answer) {
  if (!answer) return fail(answer.error());
  if (answer->failed()) return fail(ErrorCode::lost, answer->error + " " + answer->text);
  StoredValue stored;
  if (answer->rows.empty()) return stored;
  stored.value = number_in(answer->rows.front().columns, "value");
  stored.version = static_cast<std::uint64_t>(number_in(answer->rows.front().columns, "version"));
  return stored;
}

Statement upsert(std::string resource, std::int64_t value) {
  const Assignment set{"value", literal(value)};
  const Assignment first{"version", literal(std::int64_t{1})};
  const Assignment next{"version", column("version", 1)};
  return insert_row("resource", std::move(resource), {set, first}, {set, next});
}

}  // namespace

Task<Result<StoredValue>> ResourceRows::read(Driver& driver, std::string resource,
                                             RowLock row_lock) {
  const auto answer = co_await driver.execute(select_row("resource", resource, row_lock));
  auto stored = stored_value(answer);
  if (stored) seen_[resource] = stored->version;
  co_return stored;
}

Task<Result<StoredValue>> ResourceRows::write(Driver& driver, std::string resource,
                                              std::int64_t value) {
  Statement statement = upsert(resource, value);
  statement.remark.based_on = seen_[resource];
  const auto answer = co_await driver.execute(std::move(statement));
  auto stored = stored_value(answer);
  if (stored) seen_[resource] = stored->version;
  co_return stored;
}

}  // namespace lockstep::sql
