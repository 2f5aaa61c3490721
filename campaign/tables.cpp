#include "campaign/tables.hpp"

#include <fmt/core.h>

#include <charconv>

namespace lockstep::campaign_tables {
namespace {

// The view is for people: SELECT * FROM verdict WHERE status = 'violated'.
constexpr const char* schema = R"sql(
  CREATE TABLE campaign (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE property (place INTEGER PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE run (
    idx INTEGER PRIMARY KEY, seed INTEGER NOT NULL, digest TEXT NOT NULL, verdicts TEXT NOT NULL,
    tried TEXT NOT NULL, overlapped INTEGER NOT NULL, holds INTEGER NOT NULL,
    events INTEGER NOT NULL, messages INTEGER NOT NULL, simulated_ns INTEGER NOT NULL,
    failure TEXT, pattern TEXT);
  CREATE INDEX run_pattern ON run (pattern) WHERE pattern IS NOT NULL;
  CREATE TABLE failure (
    pattern TEXT PRIMARY KEY, property TEXT NOT NULL, promised INTEGER NOT NULL,
    idx INTEGER NOT NULL, seed INTEGER NOT NULL, clients INTEGER NOT NULL,
    faults INTEGER NOT NULL, duration_ns INTEGER NOT NULL, scenario TEXT NOT NULL);
  CREATE VIEW verdict AS
    SELECT idx, seed, name AS property,
      CASE lower(substr(verdicts, place + 1, 1))
        WHEN 'h' THEN 'holds' WHEN 'v' THEN 'violated' ELSE 'unknown' END AS status,
      unicode(substr(verdicts, place + 1, 1)) BETWEEN 65 AND 90 AS promised
    FROM run JOIN property WHERE substr(verdicts, place + 1, 1) <> '-';
)sql";

constexpr const char* run_columns =
    "idx, seed, digest, verdicts, tried, overlapped, holds, events, messages, simulated_ns, "
    "failure, "
    "pattern";

constexpr const char* failure_columns =
    "pattern, property, promised, idx, seed, clients, faults, duration_ns, scenario";

constexpr const char* shrunk_columns =
    "pattern, idx, clients, faults, duration_ns, minimal, scenario";

std::string hex(std::uint64_t number) {
  return fmt::format("{:016x}", number);
}

std::uint64_t from_text(const std::string& text, int base) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number, base);
  return number;
}

void write_head(const Database& database, const CampaignHead& head) {
  put(database, "build", head.build);
  put(database, "settings", head.settings);
  put(database, "first_seed", std::to_string(head.first_seed));
  put(database, "planned", std::to_string(head.planned));
  for (std::size_t place = 0; place < head.properties.size(); ++place) {
    Statement(database, "INSERT INTO property (place, name) VALUES (?, ?)")
        .bind(1, static_cast<std::int64_t>(place))
        .bind(2, head.properties[place])
        .run();
  }
}

}  // namespace

void make(Database& database, const CampaignHead& head) {
  Transaction transaction(database);
  database.execute(schema);
  database.execute(fmt::format("PRAGMA application_id = {}", application_id).c_str());
  database.execute(fmt::format("PRAGMA user_version = {}", schema_version).c_str());
  write_head(database, head);
  transaction.commit();
}

std::int64_t asked(const Database& database, const char* sql) {
  Statement statement(database, sql);
  return statement.step() ? statement.integer(0) : 0;
}

void put(const Database& database, std::string_view name, std::string_view value) {
  Statement(database, "INSERT OR REPLACE INTO campaign (name, value) VALUES (?, ?)")
      .bind(1, name)
      .bind(2, value)
      .run();
}

CampaignHead read_head(const Database& database) {
  CampaignHead head;
  Statement values(database, "SELECT name, value FROM campaign");
  while (values.step()) {
    const std::string name = values.text(0);
    if (name == "build") head.build = values.text(1);
    if (name == "settings") head.settings = values.text(1);
    if (name == "first_seed") head.first_seed = from_text(values.text(1), 10);
    if (name == "planned") head.planned = from_text(values.text(1), 10);
  }
  Statement properties(database, "SELECT name FROM property ORDER BY place");
  while (properties.step()) head.properties.push_back(properties.text(0));
  return head;
}

std::string select_runs() {
  return fmt::format("SELECT {} FROM run ORDER BY idx", run_columns);
}

std::string select_failures() {
  return fmt::format(
      "SELECT {}, (SELECT count(*) FROM run WHERE run.pattern = failure.pattern) AS runs "
      "FROM failure ORDER BY runs DESC, pattern",
      failure_columns);
}

void bind(Statement& statement, const RunRow& run) {
  statement.bind(1, static_cast<std::int64_t>(run.index));
  statement.bind(2, static_cast<std::int64_t>(run.seed));
  statement.bind(3, hex(run.digest)).bind(4, run.verdicts).bind(5, run.tried);
  statement.bind(6, run.overlapped ? 1 : 0).bind(7, static_cast<std::int64_t>(run.holds));
  statement.bind(8, static_cast<std::int64_t>(run.events));
  statement.bind(9, static_cast<std::int64_t>(run.messages)).bind(10, run.simulated.count());
  run.failure.empty() ? statement.bind_null(11) : statement.bind(11, run.failure);
  run.pattern.empty() ? statement.bind_null(12) : statement.bind(12, run.pattern);
}

RunRow run_in(const Statement& row) {
  RunRow run;
  run.index = static_cast<std::uint64_t>(row.integer(0));
  run.seed = static_cast<std::uint64_t>(row.integer(1));
  run.digest = from_text(row.text(2), 16);
  run.verdicts = row.text(3);
  run.tried = row.text(4);
  run.overlapped = row.integer(5) != 0;
  run.holds = static_cast<std::uint64_t>(row.integer(6));
  run.events = static_cast<std::uint64_t>(row.integer(7));
  run.messages = static_cast<std::uint64_t>(row.integer(8));
  run.simulated = Duration(row.integer(9));
  run.failure = row.text(10);
  run.pattern = row.text(11);
  return run;
}

void bind(Statement& statement, const FailureRow& failure) {
  statement.bind(1, failure.pattern).bind(2, failure.property).bind(3, failure.promised ? 1 : 0);
  statement.bind(4, static_cast<std::int64_t>(failure.index));
  statement.bind(5, static_cast<std::int64_t>(failure.seed)).bind(6, failure.clients);
  statement.bind(7, failure.faults).bind(8, failure.duration.count()).bind(9, failure.scenario);
}

FailureRow failure_in(const Statement& row) {
  FailureRow failure;
  failure.pattern = row.text(0);
  failure.property = row.text(1);
  failure.promised = row.integer(2) != 0;
  failure.index = static_cast<std::uint64_t>(row.integer(3));
  failure.seed = static_cast<std::uint64_t>(row.integer(4));
  failure.clients = row.integer(5);
  failure.faults = row.integer(6);
  failure.duration = Duration(row.integer(7));
  failure.scenario = row.text(8);
  failure.runs = static_cast<std::uint64_t>(row.integer(9));
  return failure;
}

std::string insert_failure() {
  return fmt::format(
      "INSERT INTO failure ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (pattern) DO UPDATE SET idx = excluded.idx, seed = excluded.seed, "
      "clients = excluded.clients, faults = excluded.faults, "
      "duration_ns = excluded.duration_ns, scenario = excluded.scenario "
      "WHERE (excluded.clients, excluded.faults, excluded.duration_ns, excluded.idx) < "
      "(failure.clients, failure.faults, failure.duration_ns, failure.idx)",
      failure_columns);
}

std::string insert_run(std::string_view how) {
  return fmt::format("INSERT {} INTO run ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", how,
                     run_columns);
}

std::optional<RunRow> find_run(const Database& database, std::uint64_t index) {
  Statement found(database, fmt::format("SELECT {} FROM run WHERE idx = ?", run_columns));
  found.bind(1, static_cast<std::int64_t>(index));
  if (!found.step()) return std::nullopt;
  return run_in(found);
}

const char* make_shrunk() {
  return "CREATE TABLE IF NOT EXISTS shrunk (pattern TEXT NOT NULL, idx INTEGER NOT NULL, "
         "clients INTEGER NOT NULL, faults INTEGER NOT NULL, duration_ns INTEGER NOT NULL, "
         "minimal INTEGER NOT NULL, scenario TEXT NOT NULL, "
         "PRIMARY KEY (pattern, idx)) WITHOUT ROWID";
}

bool has_shrunk(const Database& database) {
  return asked(database, "SELECT count(*) FROM sqlite_master WHERE name = 'shrunk'") != 0;
}

std::string insert_shrunk(std::string_view how) {
  return fmt::format("INSERT {} INTO shrunk ({}) VALUES (?, ?, ?, ?, ?, ?, ?)", how,
                     shrunk_columns);
}

std::string select_shrunk() {
  return fmt::format("SELECT {} FROM shrunk ORDER BY pattern, idx", shrunk_columns);
}

void bind(Statement& statement, const ShrunkRow& shrunk) {
  statement.bind(1, shrunk.pattern).bind(2, static_cast<std::int64_t>(shrunk.index));
  statement.bind(3, shrunk.clients).bind(4, shrunk.faults).bind(5, shrunk.duration.count());
  statement.bind(6, shrunk.minimal ? 1 : 0).bind(7, shrunk.scenario);
}

ShrunkRow shrunk_in(const Statement& row) {
  ShrunkRow shrunk;
  shrunk.pattern = row.text(0);
  shrunk.index = static_cast<std::uint64_t>(row.integer(1));
  shrunk.clients = row.integer(2);
  shrunk.faults = row.integer(3);
  shrunk.duration = Duration(row.integer(4));
  shrunk.minimal = row.integer(5) != 0;
  shrunk.scenario = row.text(6);
  return shrunk;
}

}  // namespace lockstep::campaign_tables
