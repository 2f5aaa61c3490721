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
  for (const Write& other : more) {
    digest.fold(std::string_view(other.resource));
    digest.fold(static_cast<std::uint64_t>(other.value));
    digest.fold(other.token);
    digest.fold(other.based_on);
  }
  if (use > Duration::zero()) digest.fold(static_cast<std::uint64_t>(use.count()));
}

std::string ResourceRequest::describe() const {
  const std::string with = token == 0 ? std::string() : fmt::format(" with token {}", token);
  if (use > Duration::zero()) return fmt::format("use {} for {}", resource, to_text(use));
  if (!write) return fmt::format("read {}{}", resource, with);
  std::string text = fmt::format("write {} = {}{}", resource, value, with);
  for (const Write& other : more) text += fmt::format(", {} = {}", other.resource, other.value);
  return text;
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

/// The request for one of several values.
ResourceRequest part_of(const ResourceRequest::Write& write) {
  ResourceRequest request;
  request.write = true;
  request.resource = write.resource;
  request.value = write.value;
  request.token = write.token;
  request.section = write.section;
  request.based_on = write.based_on;
  return request;
}

/// The requests for each of them.
std::vector<ResourceRequest> parts_of(const ResourceRequest& request) {
  std::vector<ResourceRequest> parts{request};
  parts.front().more.clear();
  for (const ResourceRequest::Write& write : request.more) parts.push_back(part_of(write));
  return parts;
}

class ResourceStore {
 public:
  ResourceStore(Env& env, ResourcePolicy policy) : env_(env), policy_(policy) {}

  ResourceAnswer execute(NodeId by, const ResourceRequest& request) {
    Stored& stored = resources_[request.resource];
    ResourceAnswer answer;
    answer.id = request.id;
    if (request.more.empty()) {
      answer.refusal = refusal(policy_, stored, request);
      carry_out(by, stored, request, answer.refusal);
    } else {
      answer.refusal = execute_all(by, request);
    }
    answer.accepted = answer.refusal.empty();
    answer.value = stored.value;
    answer.version = stored.version;
    return answer;
  }

  /// Begins to serve somebody, unless the policy refuses.
  ResourceAnswer begin_use(NodeId by, const ResourceRequest& request) {
    return count_user(by, request, +1, refusal(policy_, resources_[request.resource], request));
  }
  ResourceAnswer end_use(NodeId by, const ResourceRequest& request) {
    return count_user(by, request, -1, {});
  }

 private:
  ResourceAnswer count_user(NodeId by, const ResourceRequest& request, std::int64_t change,
                            std::string refused) {
    Stored& stored = resources_[request.resource];
    ResourceRequest::Write write;
    write.resource = request.resource;
    write.value = stored.value + change;
    write.token = request.token;
    write.section = request.section;
    write.based_on = stored.version;
    carry_out(by, stored, part_of(write), refused);
    ResourceAnswer answer;
    answer.id = request.id;
    answer.refusal = std::move(refused);
    answer.accepted = answer.refusal.empty();
    answer.value = stored.value;
    answer.version = stored.version;
    return answer;
  }

  /// Why none of them may be written; empty when all were.
  std::string execute_all(NodeId by, const ResourceRequest& request) {
    std::vector<ResourceRequest> parts = parts_of(request);
    for (const ResourceRequest& part : parts) {
      Stored& stored = resources_[part.resource];
      const std::string refused = refusal(policy_, stored, part);
      if (refused.empty()) continue;
      carry_out(by, stored, part, refused);
      return refused;
    }
    for (const ResourceRequest& part : parts) carry_out(by, resources_[part.resource], part, {});
    return {};
  }

  void carry_out(NodeId by, Stored& stored, const ResourceRequest& request,
                 const std::string& refused) {
    if (refused.empty()) apply(stored, request);
    ResourceAccess access;
    access.resource = request.resource;
    access.by = by;
    access.section = request.section;
    access.token = request.token;
    access.write = request.write;
    access.accepted = refused.empty();
    access.value = request.write ? request.value : stored.value;
    access.version = stored.version;
    access.based_on = request.based_on;
    access.refusal = refused;
    env_.note(access);
  }

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

Task<void> converse(Env& env, std::shared_ptr<ResourceStore> store, ConnectionPtr connection) {
  const NodeId peer = connection->peer();
  for (;;) {
    const auto frame = co_await connection->receive();
    if (!frame) co_return;
    const auto* request = content_of<ResourceRequest>(*frame);
    if (request == nullptr) co_return;
    Frame answer;
    if (request->use == Duration::zero()) {
      answer = make_frame(store->execute(peer, *request));
    } else {
      ResourceAnswer served = store->begin_use(peer, *request);
      if (served.accepted) {
        co_await env.sleep_for(request->use);
        served = store->end_use(peer, *request);
      }
      answer = make_frame(std::move(served));
    }
    if (!connection->send(std::move(answer))) co_return;
  }
}

}  // namespace

Task<void> serve_resource(Env& env, ResourcePolicy policy) {
  const auto store = std::make_shared<ResourceStore>(env, policy);
  for (;;) {
    auto connection = co_await env.accept();
    env.spawn(converse(env, store, std::move(connection)));
  }
}

Task<Result<StoredValue>> ResourceClient::access(ResourceRequest request, bool await_answer) {
  constexpr Duration longest = 24h;
  const Duration patience = timeout_ > Duration::zero() ? timeout_ + request.use : longest;
  const SteadyTime until = env_.steady_now() + patience;
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
