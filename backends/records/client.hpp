#pragma once
// A client library for a store of records: requests over pooled connections, with timeouts and, if
// asked for, at-least-once retry.

#include <vector>

#include "backends/records/record.hpp"
#include "core/env.hpp"
#include "core/result.hpp"
#include "core/settings.hpp"

namespace lockstep::records {

struct ClientOptions {
  Duration connect_timeout = 1s;
  Duration request_timeout = 1s;  // zero: for ever
  std::int64_t retries = 0;       // how often an unanswered request is sent again
};
ClientOptions client_options(const Settings& settings);

class Client {
 public:
  Client(Env& env, NodeId server, ClientOptions options)
      : env_(env), server_(server), options_(options) {}

  /// Sends one request and gives the store's answer, whatever it says. Ends in `refused` when no
  /// connection could be made, in `timeout` or `disconnected` once it may have arrived. Calls may
  /// be made side by side.
  Task<Result<Response>> call(Request request);

 private:
  Task<Result<Response>> attempt(Frame request);
  Task<Result<ConnectionPtr>> take_connection();

  Env& env_;
  NodeId server_;
  ClientOptions options_;
  std::vector<ConnectionPtr> idle_;
};

}  // namespace lockstep::records
