#include "workloads/session.hpp"

namespace lockstep {

Op Session::begin(std::string_view f, std::string key) {
  Op op;
  op.process = options_.process;
  op.type = OpType::invoke;
  op.f = std::string(f);
  op.key = std::move(key);
  return op;
}

std::int64_t Session::end(Op op, const Error* error) {
  op.type = OpType::ok;
  if (error != nullptr) {
    op.type = error->definite() ? OpType::fail : OpType::info;
    op.error = error->text.empty() ? std::string(name_of(error->code)) : error->text;
  }
  return pen_.write(std::move(op));
}

Task<Result<Hold>> Session::acquire(std::string lock) {
  co_await env.step("acquiring");
  Op op = begin("acquire", lock);
  pen_.write(op);
  const Duration patience = settings().duration("patience");
  auto lease = co_await lock_.acquire(std::move(lock), patience);
  if (!lease) {
    end(std::move(op), &lease.error());
    co_return fail(lease.error());
  }
  op.owner = lease->owner;
  op.token = lease->token;
  const std::int64_t index = end(std::move(op), nullptr);
  Hold hold;
  hold.section = pen_.believe(options_.process, *lease, index);
  hold.lease = std::move(*lease);
  co_await env.step("granted");
  co_return hold;
}

Task<Result<void>> Session::release(Hold hold) {
  co_await env.step("releasing");
  Op op = begin("release", hold.lease.lock);
  op.owner = hold.lease.owner;
  op.token = hold.lease.token;
  pen_.disbelieve(hold.section);
  pen_.write(op);
  auto released = co_await lock_.release(std::move(hold.lease));
  end(std::move(op), released ? nullptr : &released.error());
  co_return released;
}

Task<Result<StoredValue>> Session::read(Hold hold, std::string resource) {
  Op op = begin("read", resource);
  op.token = hold.lease.token;
  pen_.write(op);
  Result<StoredValue> stored;
  if (options_.policy == ResourcePolicy::same_store) {
    stored = co_await lock_.guarded_read(std::move(hold.lease), std::move(resource));
  } else {
    ResourceRequest request;
    request.resource = std::move(resource);
    request.token = hold.lease.token;
    request.section = hold.section;
    stored = co_await resource_.access(std::move(request), true);
  }
  if (stored) op.value.held = stored->value;
  end(std::move(op), stored ? nullptr : &stored.error());
  co_await env.step("read");
  co_return stored;
}

Task<Result<StoredValue>> Session::write(Hold hold, std::string resource, std::int64_t value,
                                         StoredValue seen) {
  Op op = begin("write", resource);
  op.value.held = value;
  op.token = hold.lease.token;
  pen_.write(op);
  Result<StoredValue> stored;
  if (options_.policy == ResourcePolicy::same_store) {
    stored = co_await lock_.guarded_write(std::move(hold.lease), std::move(resource), value);
  } else {
    ResourceRequest request;
    request.write = true;
    request.resource = std::move(resource);
    request.value = value;
    request.token = hold.lease.token;
    request.section = hold.section;
    request.based_on = seen.version;
    const bool await_answer = settings().flag("await_ack");
    stored = co_await resource_.access(std::move(request), await_answer);
  }
  end(std::move(op), stored ? nullptr : &stored.error());
  co_await env.step("wrote");
  co_return stored;
}

Task<bool> Session::may_act(Hold hold) {
  const bool may = !settings().flag("check") || lock_.still_held(hold.lease);
  co_await env.step("checked");
  co_return may;
}

}  // namespace lockstep
