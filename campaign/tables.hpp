#pragma once
// The tables of a campaign's file, and how rows go in and come out.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "campaign/rows.hpp"
#include "campaign/sqlite.hpp"

namespace lockstep::campaign_tables {

constexpr std::int64_t application_id = 0x4c4b5354;  // "LKST"
constexpr std::int64_t schema_version = 2;

/// Makes the tables in an empty database.
void make(Database& database, const CampaignHead& head);

/// The first number that a query gives; 0 when it gives none.
std::int64_t asked(const Database& database, const char* sql);

/// One of the values that the head is made of.
void put(const Database& database, std::string_view name, std::string_view value);
CampaignHead read_head(const Database& database);

/// Statements whose parameters bind() fills, or whose rows run_in() and failure_in() read.
std::string insert_run(std::string_view how);  // "", "OR IGNORE"
std::string insert_failure();                  // keeps the smaller one
std::string select_runs();
std::string select_failures();

void bind(Statement& statement, const RunRow& run);
void bind(Statement& statement, const FailureRow& failure);
RunRow run_in(const Statement& row);
FailureRow failure_in(const Statement& row);
std::optional<RunRow> find_run(const Database& database, std::uint64_t index);

/// Not in the files of earlier versions, nor in those whose failures nobody has shrunk.
const char* make_shrunk();
bool has_shrunk(const Database& database);
std::string insert_shrunk(std::string_view how);
std::string select_shrunk();
void bind(Statement& statement, const ShrunkRow& shrunk);
ShrunkRow shrunk_in(const Statement& row);

}  // namespace lockstep::campaign_tables
