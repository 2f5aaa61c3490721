#pragma once
// Our typed statements in PostgreSQL's own language.

#include <string>

#include "backends/sql/statement.hpp"

namespace lockstep::sql {

/// What makes the tables that tests use.
std::string schema();
/// The text of a statement, for tables of that schema.
std::string text_of(const Statement& statement);

}  // namespace lockstep::sql
