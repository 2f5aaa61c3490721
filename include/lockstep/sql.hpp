#pragma once
// For locks in a database: sql::Driver with its statements, and sql::entry(), which brings the
// simulated server with standbys, its advisory and row locks, and their queues.

#include "backends/sql/driver.hpp"
#include "backends/sql/locks/entry.hpp"
#include "backends/sql/locks/row_ttl.hpp"
#include "backends/sql/locks/session_lock.hpp"
#include "backends/sql/locks/transaction_lock.hpp"
#include "lockstep/lock.hpp"
