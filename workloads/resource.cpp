#include "workloads/resource.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <memory>

namespace lockstep {

void ResourceRequest::fold(Digest& digest) const {
  digest.fold(id << 1 | static_cast<std::uint64_t>(write));
  digest.fold(std::string_view(resource));
  digest.fold(static_cast<std::uint64_t>(value));
  digest.fold(token);
  digest.fold(based_on);
}

std::string ResourceRequest::describe() const {
  const std::string with = token == 0 ? std::string() : fmt::format(" with token {}", token);
  if (!write) return fmt::format("read {}{}", resource, with);
  return fmt::format("write {} = {}{}", resource, value, with);
}

void ResourceAnswer::fold(Digest& digest) const {
  digest.fold(id << 1 | static_cast<std::uint64_t>(accepted));
  digest.fold(static_cast<std::uint64_t>(value));
  digest.fold(version);
}

std::string ResourceAnswer::describe() const {
  if (!accepted) return "refused: " + refusal;
  return fmt::format("accepted: {} (version {})", value, version);
}

namespace {

struct Stored {
  std::int64_t value = 0;
  std::uint64_t version = 0;
  std::uint64_t highest_write_token = 0;
  std::uint64_t highest_token = 0;
};

/// Why the policy refuses a request; empty when it does not.
std::string refusal(ResourcePolicy policy, const Stored& stored, const ResourceRequest& request) {
  switch (policy) {
    case ResourcePolicy::fence_writes:
      if (request.write && request.token < stored.highest_write_token) {
        return fmt::format("token {} is older than {}", request.token, stored.highest_write_token);
      }
      break;
    case ResourcePolicy::fence_all:
      if (request.token < stored.highest_token) {
        return fmt::format("token {} is older than {}", request.token, stored.highest_token);
      }
      break;
    case ResourcePolicy::compare_version:
      if (request.write && request.based_on != stored.version) {
        return fmt::format("version {} is not the current {}", request.based_on, stored.version);
      }
      break;
    case ResourcePolicy::none:
    case ResourcePolicy::same_store: break;
  }
  return {};
}

class ResourceStore {
 public:
  ResourceStore(Env& env, ResourcePolicy policy) : env_(env), policy_(policy) {}

  ResourceAnswer execute(NodeId by, const ResourceRequest& request) {
    Stored& stored = resources_[request.resource];
    ResourceAnswer answer;
    answer.id = request.id;
    answer.refusal = refusal(policy_, stored, request);
    answer.accepted = answer.refusal.empty();
    if (answer.accepted) apply(stored, request);
    answer.value = stored.value;
    answer.version = stored.version;
    ResourceAccess access;
    access.resource = request.resource;
    access.by = by;
    access.section = request.section;
    access.token = request.token;
    access.write = request.write;
    access.accepted = answer.accepted;
    access.value = request.write ? request.value : stored.value;
    access.version = stored.version;
    access.based_on = request.based_on;
    access.refusal = answer.refusal;
    env_.note(access);
    return answer;
  }

 private:
  void apply(Stored& stored, const ResourceRequest& request) {
    if (request.write) {
      stored.value = request.value;
      ++stored.version;
      stored.highest_write_token = std::max(stored.highest_write_token, request.token);
    }
    stored.highest_token = std::max(stored.highest_token, request.token);
  }

  Env& env_;
  ResourcePolicy policy_;
  std::map<std::string, Stored> resources_;
};

Task<void> converse(std::shared_ptr<ResourceStore> store, ConnectionPtr connection) {
  const NodeId peer = connection->peer();
  for (;;) {
    const auto frame = co_await connection->receive();
    if (!frame) co_return;
    const auto* request = content_of<ResourceRequest>(*frame);
    if (request == nullptr) co_return;
    Frame answer = make_frame(store->execute(peer, *request));
    if (!connection->send(std::move(answer))) co_return;
  }
}

}  // namespace

Task<void> serve_resource(Env& env, ResourcePolicy policy) {
  const auto store = std::make_shared<ResourceStore>(env, policy);
  for (;;) {
    auto connection = co_await env.accept();
    env.spawn(converse(store, std::move(connection)));
  }
}

Task<Result<StoredValue>> ResourceClient::access(ResourceRequest request, bool await_answer) {
  constexpr Duration longest = 24h;
  const SteadyTime until = env_.steady_now() + (timeout_ > Duration::zero() ? timeout_ : longest);
  if (!connection_) {
    auto connected = co_await env_.connect(server_, until);
    if (!connected) co_return fail(ErrorCode::refused, "could not reach the resource");
    connection_ = std::move(*connected);
  }
  request.id = ++requests_;
  const std::uint64_t id = request.id;
  Frame frame = make_frame(std::move(request));
  if (!connection_->send(std::move(frame))) {
    connection_.reset();
    co_return fail(ErrorCode::refused, "the connection to the resource was over");
  }
  if (!await_answer) co_return fail(ErrorCode::timeout, "did not wait for the answer");
  for (;;) {
    const auto reply = co_await connection_->receive(until);
    if (!reply) {
      connection_.reset();
      co_return fail(reply.error());
    }
    const auto* answer = content_of<ResourceAnswer>(*reply);
    if (answer == nullptr || answer->id != id) continue;  // late: for an earlier request
    if (!answer->accepted) co_return fail(ErrorCode::refused, answer->refusal);
    StoredValue stored;
    stored.value = answer->value;
    stored.version = answer->version;
    co_return stored;
  }
}

}  // namespace lockstep
