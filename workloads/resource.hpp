#pragma once
// The protected resource: a small store on the network that checks what its policy says, and the
// client that talks to it.

#include <string>
#include <vector>

#include "core/env.hpp"
#include "core/lock.hpp"
#include "core/scenario.hpp"

namespace lockstep {

/// What a client asks of the resource: to read one value, to write some, all of them or none, or to
/// be served for a while.
struct ResourceRequest {
  struct Write {
    std::string resource;
    std::int64_t value = 0;
    std::uint64_t token = 0;
    std::uint64_t section = 0;
    std::uint64_t based_on = 0;
  };

  std::uint64_t id = 0;  // answers may be late: each says which request it is for
  bool write = false;
  std::string resource;
  std::int64_t value = 0;      // to be written
  std::uint64_t token = 0;     // fencing token; 0: none
  std::uint64_t section = 0;   // for the record
  std::uint64_t based_on = 0;  // the version that was read (RP3)
  std::vector<Write> more{};   // written in the same step, if all may be
  Duration use{};              // instead of a read or write: to be served for so long

  void fold(Digest& digest) const;
  std::string describe() const;
};

struct ResourceAnswer {
  std::uint64_t id = 0;
  bool accepted = true;
  std::int64_t value = 0;
  std::uint64_t version = 0;
  std::string refusal{};

  void fold(Digest& digest) const;
  std::string describe() const;
};

/// What the resource runs. It keeps its state for as long as its process lives. Values that were
/// never written are 0. While it serves somebody the resource's value is how many it serves.
Task<void> serve_resource(Env& env, ResourcePolicy policy);

/// One client's connection to the resource, made when needed.
class ResourceClient {
 public:
  /// `timeout`: how long to wait for an answer; zero: for ever.
  ResourceClient(Env& env, NodeId server, Duration timeout)
      : env_(env), server_(server), timeout_(timeout) {}

  /// Sends one request and, when `await_answer`, waits for its answer. Ends in `refused` when the
  /// policy says no, in an indefinite error when no answer came or none was waited for.
  Task<Result<StoredValue>> access(ResourceRequest request, bool await_answer);

 private:
  Env& env_;
  NodeId server_;
  Duration timeout_;
  std::uint64_t requests_ = 0;
  ConnectionPtr connection_;
};

}  // namespace lockstep
