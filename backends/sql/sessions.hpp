#pragma once
// A server's clients between its coroutines: which connection belongs to which session of the
// database, what is sent to whom, and what is told for the record.

#include <map>
#include <string>

#include "backends/sql/database.hpp"
#include "core/env.hpp"
#include "core/settings.hpp"

namespace lockstep::sql {

class Sessions {
 public:
  Sessions(Env& env, const Settings& settings);

  Database& database() { return database_; }
  Instant now() const;

  SessionId open(Connection& connection);
  void execute(SessionId session, const Statement& statement);
  /// Looks at a waiting session whose timer rang.
  void on_time(SessionId session);
  /// The client is gone. The session ends at once, or, as PostgreSQL's do, not before it has an
  /// answer that it cannot deliver.
  void leave(SessionId session);
  /// As leave, but a session that waits is ended too.
  void abandon(SessionId session);
  /// Another session has ended this one: its client learns when it asks next.
  bool terminated(SessionId session) const;
  /// Rows of lock tables that were read back from the log go on.
  void tell_recovered(const std::string& table);
  /// Sends every answer there is.
  void send_answers();

 private:
  struct Client {
    Connection* connection = nullptr;  // null: gone
    NodeId node = no_node;
    NodeId speaks_for = no_node;  // one behind a proxy, or itself
  };

  void send(Finished& finished);
  void end(SessionId session);
  std::string name_of(SessionId session) const;
  NodeId client_of(SessionId session) const;
  void tell(const HoldChange& change);
  void tell(const RowAccess& access);

  Env& env_;
  Duration keepalive_;
  Database database_;
  std::map<SessionId, Client> clients_;
  SessionId ending_ = 0;  // the session that is being ended just now
};

}  // namespace lockstep::sql
