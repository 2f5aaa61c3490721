#include "campaign/campaign_file.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <optional>

#include "campaign/sqlite.hpp"
#include "campaign/tables.hpp"

namespace lockstep {
namespace {

using namespace campaign_tables;
namespace fs = std::filesystem;

tl::unexpected<CampaignError> refuse(CampaignError error) {
  return tl::unexpected<CampaignError>(std::move(error));
}

/// Does something with SQLite and turns what it throws into an error.
template <class Work>
auto guarded(Work work) -> CampaignResult<decltype(work())> {
  try {
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (const SqliteFailure& failure) {
    return refuse(told(failure));
  } catch (const CampaignError& error) {
    return refuse(error);
  }
}

/// What a file's name may hold and a URI may not.
std::string in_uri(const std::string& path) {
  std::string text;
  for (const char c : path) {
    const bool special = c == '%' || c == '?' || c == '#';
    text += special ? fmt::format("%{:02x}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return text;
}

bool is_campaign(const Database& database) {
  return asked(database, "PRAGMA application_id") == application_id;
}

/// Not even begun: made by us and killed, or by somebody who wanted a place for it.
bool is_empty(const Database& database) {
  return asked(database, "SELECT count(*) FROM sqlite_master") == 0;
}

void require_campaign(const Database& database) {
  if (!is_campaign(database)) {
    throw CampaignError{CampaignError::Kind::unusable, "this is no file of a campaign",
                        "one is made by: lockstep sweep LOCK --campaign FILE"};
  }
  const std::int64_t version = asked(database, "PRAGMA user_version");
  if (version != schema_version) {
    throw CampaignError{
        CampaignError::Kind::unusable,
        fmt::format("this program reads campaigns of version {}, not {}", schema_version, version),
        "use the lockstep that made it"};
  }
}

}  // namespace

struct CampaignFile::Open {
  Open(const std::string& path, int flags) : database(path, flags) {}

  /// Nobody else has it. The index of the log is then in memory, not in a file that is shared: so
  /// it works on the file systems of clusters, too. To be said before anything is read.
  void own() {
    database.execute("PRAGMA locking_mode = EXCLUSIVE");
    database.execute("PRAGMA temp_store = MEMORY");
  }

  /// Each commit is on the disk.
  void log_ahead() {
    database.execute("PRAGMA journal_mode = WAL");
    database.execute("PRAGMA synchronous = FULL");
  }

  void begin() {
    if (sqlite3_get_autocommit(database.raw()) != 0) database.execute("BEGIN IMMEDIATE");
  }

  Database database;
  CampaignHead head;
  std::optional<Statement> add_run{};
  std::optional<Statement> add_failure{};
};

CampaignFile::CampaignFile(std::unique_ptr<Open> open) : open_(std::move(open)) {}
CampaignFile::CampaignFile(CampaignFile&&) noexcept = default;
CampaignFile& CampaignFile::operator=(CampaignFile&&) noexcept = default;
CampaignFile::~CampaignFile() = default;

const CampaignHead& CampaignFile::head() const {
  return open_->head;
}

CampaignResult<CampaignFile> CampaignFile::take_up(const std::string& path,
                                                   const CampaignHead& head) {
  return guarded([&] {
    auto open = std::make_unique<Open>(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (open->database.read_only()) throw SqliteFailure(SQLITE_READONLY, "");
    open->own();
    const bool fresh = is_empty(open->database);
    if (!fresh) require_campaign(open->database);
    open->log_ahead();
    if (fresh) make(open->database, head);
    open->head = read_head(open->database);
    if (const std::string why = difference(head, open->head); !why.empty()) {
      throw CampaignError{CampaignError::Kind::different, "this file is another campaign's: " + why,
                          "name another file, or repeat the settings that it was begun with"};
    }
    if (head.planned > open->head.planned) {
      put(open->database, "planned", std::to_string(head.planned));
      open->head.planned = head.planned;
    }
    return CampaignFile(std::move(open));
  });
}

CampaignResult<CampaignFile> CampaignFile::look_into(const std::string& path) {
  std::error_code absent;
  if (!fs::is_regular_file(path, absent)) {
    return refuse({CampaignError::Kind::unusable, "there is no such file", ""});
  }
  return guarded([&] {
    auto open = std::make_unique<Open>(path, SQLITE_OPEN_READWRITE);
    if (open->database.read_only() && !fs::exists(path + "-wal")) {
      // Nothing to be applied, and nothing that could be written beside it.
      const std::string uri = "file:" + in_uri(fs::absolute(path).string()) + "?immutable=1";
      open = std::make_unique<Open>(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    }
    open->own();
    require_campaign(open->database);
    open->head = read_head(open->database);
    return CampaignFile(std::move(open));
  });
}

CampaignResult<void> CampaignFile::add(const RunRow& run) {
  return guarded([&] {
    open_->begin();
    if (!open_->add_run) open_->add_run.emplace(open_->database, insert_run(""));
    bind(*open_->add_run, run);
    open_->add_run->run();
  });
}

CampaignResult<void> CampaignFile::add(const FailureRow& failure) {
  return guarded([&] {
    open_->begin();
    if (!open_->add_failure) open_->add_failure.emplace(open_->database, insert_failure());
    bind(*open_->add_failure, failure);
    open_->add_failure->run();
  });
}

CampaignResult<void> CampaignFile::add(const ShrunkRow& shrunk) {
  return guarded([&] {
    open_->begin();
    open_->database.execute(make_shrunk());
    Statement add(open_->database, insert_shrunk("OR REPLACE"));
    bind(add, shrunk);
    add.run();
  });
}

CampaignResult<void> CampaignFile::commit() {
  return guarded([&] {
    if (sqlite3_get_autocommit(open_->database.raw()) == 0) open_->database.execute("COMMIT");
  });
}

CampaignResult<void> CampaignFile::take_over(const CampaignFile& other) {
  return guarded([&] {
    open_->begin();
    Database& database = open_->database;
    Statement add_run(database, insert_run("OR IGNORE"));
    const auto visited = other.each_run([&](const RunRow& run) {
      bind(add_run, run);
      add_run.run();
      if (database.changes() > 0) return;
      if (find_run(database, run.index) == run) return;
      throw CampaignError{
          CampaignError::Kind::diverged,
          fmt::format("the run of seed {} went otherwise than in the other files", run.seed),
          "two programs, or two machines, do not agree: compare `lockstep doctor` on both"};
    });
    if (!visited) throw visited.error();
    const auto failures = other.failures();
    if (!failures) throw failures.error();
    Statement add_failure(database, insert_failure());
    for (const FailureRow& failure : *failures) {
      bind(add_failure, failure);
      add_failure.run();
    }
    const auto shrunk = other.shrunk();
    if (!shrunk) throw shrunk.error();
    if (!shrunk->empty()) database.execute(make_shrunk());
    for (const ShrunkRow& one : *shrunk) {
      Statement add(database, insert_shrunk("OR IGNORE"));
      bind(add, one);
      add.run();
    }
    if (other.head().planned > open_->head.planned) {
      open_->head.planned = other.head().planned;
      put(database, "planned", std::to_string(open_->head.planned));
    }
  });
}

CampaignResult<std::uint64_t> CampaignFile::count_runs() const {
  return guarded([&] {
    return static_cast<std::uint64_t>(asked(open_->database, "SELECT count(*) FROM run"));
  });
}

CampaignResult<void> CampaignFile::each_run(const std::function<void(const RunRow&)>& visit) const {
  return guarded([&] {
    Statement rows(open_->database, select_runs());
    while (rows.step()) visit(run_in(rows));
  });
}

CampaignResult<void> CampaignFile::each_index(
    const std::function<void(std::uint64_t)>& visit) const {
  return guarded([&] {
    Statement rows(open_->database, "SELECT idx FROM run ORDER BY idx");
    while (rows.step()) visit(static_cast<std::uint64_t>(rows.integer(0)));
  });
}

CampaignResult<std::vector<FailureRow>> CampaignFile::failures() const {
  return guarded([&] {
    std::vector<FailureRow> failures;
    Statement rows(open_->database, select_failures());
    while (rows.step()) failures.push_back(failure_in(rows));
    return failures;
  });
}

CampaignResult<std::vector<ShrunkRow>> CampaignFile::shrunk() const {
  return guarded([&] {
    std::vector<ShrunkRow> shrunk;
    if (!has_shrunk(open_->database)) return shrunk;
    Statement rows(open_->database, select_shrunk());
    while (rows.step()) shrunk.push_back(shrunk_in(rows));
    return shrunk;
  });
}

}  // namespace lockstep
