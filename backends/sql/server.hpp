#pragma once
// A simulated SQL server: the database behind a network, on its machine's clocks and disk.
//
// How a lock on SQL is built (backends/sql/locks/ has examples; a file per lock):
// - `sql::serve` runs the server; `sql::server_parameters()` are what it can be set to.
// - The client talks to it through sql::Driver (driver.hpp): `co_await driver.execute(statement)`,
//   with the statements of statement.hpp: transactions, advisory locks, rows with conditional
//   INSERT ... ON CONFLICT and UPDATE (insert_row, update_row), and expressions over the server's
//   clock: clock_time(+lease) is clock_timestamp() + lease, transaction_time() is now().
// - Rows of the table "resource" are the protected resource (RP4): the server notes each access,
//   writes at their commit, as a ResourceAccess (columns "value" and "version"). A committed write
//   of any other table is told as a KeyChange "<table>:<key>", whose values are lines
//   "column=value" in the order of the columns' names (for Backend::interpret of a lock table).
// - A lock statement whose `remark.lock` names the application's lock is told as a KeyChange
//   "lock:<that name>" whose value is the holding session ("pg-1:7", Answer::backend), and its wait
//   as "queue:<that name>": sql::interpret_holds and interpret_queue (locks/entry.hpp) read them.

#include <string>
#include <vector>

#include "core/env.hpp"
#include "core/lock.hpp"
#include "core/settings.hpp"

namespace lockstep::sql {

/// Parameters of every lock on a SQL server:
///   keepalive                         after how long without an answer of its kernel a client is
///                                     given up (tcp_keepalives_idle and its brothers); 0: never
///   client_connection_check_interval  how often a waiting session looks whether its client is
///                                     there; 0: only when it has an answer for it
///   deadlock_timeout, synchronous_commit
///   standbys, synchronous_standby, failover_after
std::vector<Parameter> server_parameters();

/// The nodes of a deployment (Backend::server_names): a server, or two of them and their monitor.
std::vector<std::string> deployment(const Settings& settings);
/// Those of the deployed nodes that a client talks to.
std::vector<NodeId> database_servers(std::vector<NodeId> deployed);

/// Runs a node of the deployment. A server accepts connections, executes statements, makes commits
/// durable, and tells holds and rows for the record.
Task<void> serve(Env& env, ServerOptions options);

}  // namespace lockstep::sql
