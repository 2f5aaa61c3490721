#include "backends/etcd/calls.hpp"

#include <utility>

namespace lockstep::etcd {

Task<Result<ConnectionPtr>> Calls::take(NodeId peer, Deadline connect_by) {
  std::vector<ConnectionPtr>& idle = idle_[peer];
  if (!idle.empty()) {
    ConnectionPtr connection = std::move(idle.back());
    idle.pop_back();
    co_return connection;
  }
  auto connection = co_await env_.connect(peer, connect_by);
  if (!connection) co_return fail(ErrorCode::refused, "could not connect to the member");
  co_return connection;
}

Task<Result<Response>> Calls::call(NodeId peer, Frame request, Deadline connect_by,
                                   Deadline until) {
  auto connection = co_await take(peer, connect_by);
  if (!connection) co_return fail(connection.error());
  // One that was kept may have died meanwhile.
  while (!(*connection)->send(request)) {
    connection = co_await take(peer, connect_by);
    if (!connection) co_return fail(connection.error());
  }
  const auto frame = co_await (*connection)->receive(until);
  if (!frame) co_return fail(frame.error());
  const auto* response = content_of<Response>(*frame);
  if (response == nullptr) co_return fail(ErrorCode::disconnected, "not an answer of etcd");
  idle_[peer].push_back(std::move(*connection));
  co_return *response;
}

}  // namespace lockstep::etcd
