#include "backends/raft/replicated_server.hpp"

#include <utility>

namespace lockstep::raft {
namespace {

Task<void> converse(std::shared_ptr<ReplicatedServer> server, ConnectionPtr connection) {
  const NodeId client = connection->peer();
  for (;;) {
    const auto frame = co_await connection->receive();
    if (!frame) co_return;
    auto reply = co_await server->answer(*frame, client);
    if (!reply || !connection->send(std::move(reply))) co_return;
  }
}

}  // namespace

Task<void> take_requests(std::shared_ptr<ReplicatedServer> server) {
  Env& env = server->env();
  for (;;) {
    auto connection = co_await env.accept();
    env.spawn(converse(server, std::move(connection)));
  }
}

}  // namespace lockstep::raft
