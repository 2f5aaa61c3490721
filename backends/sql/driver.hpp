#pragma once
// A SQL driver as applications use one: one session on one connection, to whichever server of the
// list is primary (libpq's target_session_attrs=read-write).

#include <optional>
#include <string>
#include <vector>

#include "backends/sql/statement.hpp"
#include "core/env.hpp"
#include "core/settings.hpp"

namespace lockstep::sql {

struct DriverOptions {
  std::string database = "postgres";
  Duration connect_timeout = 1s;
  /// How long to wait for an answer; zero: for ever.
  Duration request_timeout = 1s;
};
DriverOptions driver_options(const Settings& settings);

class Driver {
 public:
  Driver(Env& env, std::vector<NodeId> servers, DriverOptions options)
      : env_(env), servers_(std::move(servers)), options_(std::move(options)) {}

  /// Opens a session unless there is one. Ends in `refused` when no server takes it as primary.
  Task<Result<void>> connect();
  bool connected() const { return connection_ != nullptr; }
  /// Ends the session; the server learns when the FIN arrives.
  void close() { connection_.reset(); }

  /// Sends one statement on the session and gives the server's answer, errors included. Without a
  /// session it ends in `refused`. When no answer comes in time, or the connection is over, the
  /// session is closed: in `timeout` or `disconnected` the statement may have been executed.
  /// `longer` is waited beyond the request timeout, for statements that wait themselves.
  Task<Result<Answer>> execute(Statement statement, Duration longer = {});

  /// The server's name of this session ("pg-1:7"); of the one before when it is closed.
  const std::string& session() const { return session_; }

 private:
  Task<Result<void>> open(NodeId server);

  Env& env_;
  std::vector<NodeId> servers_;
  DriverOptions options_;
  ConnectionPtr connection_;
  std::string session_;
};

/// An answer that is an error, as the error of a call that certainly did nothing.
Result<Answer> refusal_as_error(Result<Answer> answer);

}  // namespace lockstep::sql
