#include "workloads/session.hpp"

namespace lockstep {

Session::Session(Env& environment, ResourceClient& resource, Pen& pen, Options options)
    : env(environment), resource_(resource), pen_(pen), options_(std::move(options)) {
  handles_.push_back({options_.connect()});
}

/// The one last used for this lock where it is free, for its connection is there already.
std::size_t Session::free_handle(const std::string& lock) {
  if (options_.one_handle) return 0;
  std::size_t found = handles_.size();
  for (std::size_t i = handles_.size(); i-- > 0;) {
    if (handles_[i].busy) continue;
    found = i;
    if (handles_[i].name == lock) return i;
  }
  if (found == handles_.size()) handles_.push_back({options_.connect()});
  return found;
}

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
  return acquire(std::move(lock), settings().duration("patience"));
}

Task<Result<Hold>> Session::acquire(std::string lock, Duration patience) {
  return acquire_as(Mode::exclusive, std::move(lock), patience);
}

Task<Result<Hold>> Session::acquire_shared(std::string lock) {
  return acquire_as(Mode::shared, std::move(lock), settings().duration("patience"));
}

Task<Result<Hold>> Session::acquire_as(Mode mode, std::string lock, Duration patience) {
  co_await env.step("acquiring");
  Op op = begin("acquire", lock);
  if (mode == Mode::shared) op.value.held = std::string("read");
  pen_.write(op);
  Hold hold;
  hold.handle = free_handle(lock);
  handles_[hold.handle].name = lock;
  handles_[hold.handle].busy = true;
  Result<Lease> lease;
  if (mode == Mode::shared) {
    lease = co_await lock_of(hold).acquire_shared(std::move(lock), patience);
  } else {
    lease = co_await lock_of(hold).acquire(std::move(lock), patience);
  }
  if (!lease) {
    handles_[hold.handle].busy = false;
    end(std::move(op), &lease.error());
    co_return fail(lease.error());
  }
  op.owner = lease->owner;
  op.token = lease->token;
  const std::int64_t index = end(std::move(op), nullptr);
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
  if (hold.lease.shared) op.value.held = std::string("read");
  pen_.disbelieve(hold.section);
  pen_.write(op);
  auto released = co_await lock_of(hold).release(std::move(hold.lease));
  handles_[hold.handle].busy = false;
  end(std::move(op), released ? nullptr : &released.error());
  co_return released;
}

Task<Result<StoredValue>> Session::read(Hold hold, std::string resource) {
  Op op = begin("read", resource);
  op.token = hold.lease.token;
  pen_.write(op);
  Result<StoredValue> stored;
  if (options_.policy == ResourcePolicy::same_store) {
    pen_.act(options_.process, hold.section, resource);
    stored = co_await lock_of(hold).guarded_read(std::move(hold.lease), std::move(resource));
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
    pen_.act(options_.process, hold.section, resource);
    stored =
        co_await lock_of(hold).guarded_write(std::move(hold.lease), std::move(resource), value);
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

namespace {

/// One request for all of the changes; there is at least one.
ResourceRequest request_for(const std::vector<Change>& changes) {
  ResourceRequest request;
  request.write = true;
  const Change& first = changes.front();
  request.resource = first.resource;
  request.value = first.value;
  request.token = first.hold.lease.token;
  request.section = first.hold.section;
  request.based_on = first.seen.version;
  for (auto change = changes.begin() + 1; change != changes.end(); ++change) {
    request.more.push_back({change->resource, change->value, change->hold.lease.token,
                            change->hold.section, change->seen.version});
  }
  return request;
}

std::vector<GuardedWrite> guarded_writes(const std::vector<Change>& changes) {
  std::vector<GuardedWrite> writes;
  for (const Change& change : changes) {
    GuardedWrite& write = writes.emplace_back();
    write.lease = change.hold.lease;
    write.resource = change.resource;
    write.value = change.value;
  }
  return writes;
}

}  // namespace

Task<Result<void>> Session::write_all(std::vector<Change> changes) {
  Op op = begin("write", {});
  OpValue::List values;
  for (const Change& change : changes) {
    op.key += (op.key.empty() ? "" : " and ") + change.resource;
    values.push_back({change.value});
  }
  op.value.held = std::move(values);
  pen_.write(op);
  Result<void> done;
  if (options_.policy == ResourcePolicy::same_store) {
    for (const Change& change : changes) {
      pen_.act(options_.process, change.hold.section, change.resource);
    }
    Lock& lock = lock_of(changes.front().hold);
    done = co_await lock.guarded_write_all(guarded_writes(changes));
  } else {
    const bool await_answer = settings().flag("await_ack");
    const auto stored = co_await resource_.access(request_for(changes), await_answer);
    if (!stored) done = fail(stored.error());
  }
  end(std::move(op), done ? nullptr : &done.error());
  co_await env.step("wrote");
  co_return done;
}

Task<Result<StoredValue>> Session::use(Hold hold, std::string resource, Duration length) {
  Op op = begin("use", resource);
  op.token = hold.lease.token;
  pen_.write(op);
  ResourceRequest request;
  request.resource = std::move(resource);
  request.token = hold.lease.token;
  request.section = hold.section;
  request.use = length;
  const auto served = co_await resource_.access(std::move(request), true);
  end(std::move(op), served ? nullptr : &served.error());
  co_await env.step("used");
  co_return served;
}

Task<bool> Session::may_act(Hold hold) {
  const bool may = !settings().flag("check") || lock_of(hold).still_held(hold.lease);
  co_await env.step("checked");
  co_return may;
}

}  // namespace lockstep
