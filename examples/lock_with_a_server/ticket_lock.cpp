// ticket-lock: a lock with a server of its own, which bears its server's crash. Grants are memory,
// so a server that comes back grants nothing for one lease; the counter of tokens is on its disk.
//
// Claims that no two clients believe at once, and tokens that rise with each grant.
#include <charconv>
#include <lockstep/lock.hpp>
#include <lockstep/plugin.hpp>
#include <map>

namespace ticket_lock {

using namespace lockstep;

// What client and server say to each other. fold() must take in all of it: two runs with other
// messages are other runs. describe() is for people who read a timeline.
struct Request {
  enum class Verb : std::uint8_t { acquire, release };
  Verb verb{};
  std::string lock;
  std::string owner;

  void fold(Digest& digest) const {
    digest.fold(static_cast<std::uint64_t>(verb));
    digest.fold(lock);
    digest.fold(owner);
  }
  std::string describe() const {
    return (verb == Verb::acquire ? "ACQUIRE " : "RELEASE ") + lock + " " + owner;
  }
};

struct Answer {
  bool yes = false;
  std::uint64_t token = 0;

  void fold(Digest& digest) const {
    digest.fold(static_cast<std::uint64_t>(yes));
    digest.fold(token);
  }
  std::string describe() const { return yes ? "YES " + std::to_string(token) : "NO"; }
};

class Server {
 public:
  Server(Env& env, Duration lease) : env_(env), lease_(lease) {}

  /// What an earlier life left: its counter, and maybe grants that nobody knows of any more.
  Task<void> remember() {
    const auto text = co_await env_.disk().read("granted");
    if (!text || text->empty()) co_return;
    std::from_chars(text->data(), text->data() + text->size(), granted_);
    grants_from_ = env_.steady_now() + lease_ * 101 / 100;
  }

  /// Before a grant is answered: no later life gives its token again.
  Task<bool> save() {
    const auto written = co_await env_.disk().replace("granted", std::to_string(granted_));
    const auto synced = co_await env_.disk().sync("granted");
    co_return written.has_value() && synced.has_value();
  }

  Answer execute(const Request& request, NodeId by) {
    forget_what_is_over(request.lock);
    const auto held = grants_.find(request.lock);
    if (request.verb == Request::Verb::acquire) {
      if (held != grants_.end() || env_.steady_now() < grants_from_) return {};
      grants_[request.lock] = {request.owner, env_.steady_now() + lease_};
      tell(request.lock, std::nullopt, request.owner, ChangeCause::command, by);
      return {true, ++granted_};
    }
    if (held == grants_.end() || held->second.owner != request.owner) return {};
    grants_.erase(held);
    tell(request.lock, request.owner, std::nullopt, ChangeCause::command, by);
    return {true, 0};
  }

  Env& env() { return env_; }

 private:
  struct Grant {
    std::string owner;
    SteadyTime until{};
  };

  void forget_what_is_over(const std::string& lock) {
    const auto held = grants_.find(lock);
    if (held == grants_.end() || held->second.until > env_.steady_now()) return;
    tell(lock, held->second.owner, std::nullopt, ChangeCause::expired, no_node);
    grants_.erase(held);
  }

  // For the record alone: what the checkers judge the service by.
  void tell(const std::string& lock, std::optional<std::string> before,
            std::optional<std::string> after, ChangeCause cause, NodeId by) {
    KeyChange change;
    change.key = lock;
    change.before = std::move(before);
    change.after = std::move(after);
    change.cause = cause;
    change.by = by;
    env_.note(change);
  }

  Env& env_;
  Duration lease_;
  std::map<std::string, Grant> grants_;
  std::uint64_t granted_ = 0;
  SteadyTime grants_from_{};
};

Task<void> converse(std::shared_ptr<Server> server, ConnectionPtr connection) {
  for (;;) {
    const auto frame = co_await connection->receive();
    if (!frame) co_return;
    const auto* request = content_of<Request>(*frame);
    if (request == nullptr) co_return;
    const Answer answer = server->execute(*request, connection->peer());
    if (answer.token != 0) {
      const bool saved = co_await server->save();
      if (!saved) co_return;
    }
    if (!connection->send(make_frame(answer))) co_return;
  }
}

// What each server node runs, from its start and after each restart.
Task<void> serve(Env& env, ServerOptions options) {
  const auto server = std::make_shared<Server>(env, options.settings.duration("lease"));
  co_await server->remember();
  for (;;) {
    auto connection = co_await env.accept();
    env.spawn(converse(server, std::move(connection)));
  }
}

class TicketLock final : public Lock {
 public:
  TicketLock(Env& env, LockOptions options)
      : env_(env), server_(options.servers.front()), settings_(std::move(options.settings)) {}

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  Task<Result<void>> release(Lease lease) override;
  bool still_held(const Lease& lease) const override {
    return *lease.until > Deadline(env_.steady_now());
  }

 private:
  Task<Result<Answer>> ask(Request request);

  Env& env_;
  NodeId server_;
  Settings settings_;
};

// A connection for each request: simple, and nothing late can answer another one.
Task<Result<Answer>> TicketLock::ask(Request request) {
  const Deadline until = env_.steady_now() + settings_.duration("request_timeout");
  auto connection = co_await env_.connect(server_, until);
  if (!connection) co_return fail(ErrorCode::refused, "could not connect");
  const auto sent = (*connection)->send(make_frame(std::move(request)));
  if (!sent) co_return fail(sent.error());
  const auto frame = co_await (*connection)->receive(until);
  if (!frame) co_return fail(frame.error());
  const auto* answer = content_of<Answer>(*frame);
  if (answer == nullptr) co_return fail(ErrorCode::disconnected, "no answer of our server");
  co_return *answer;
}

Task<Result<Lease>> TicketLock::acquire(std::string name, Duration patience) {
  const SteadyTime give_up = env_.steady_now() + patience;
  bool in_doubt = false;
  for (;;) {
    Request request;
    request.verb = Request::Verb::acquire;
    request.lock = name;
    request.owner = env_.random().token();
    Lease lease;
    lease.lock = name;
    lease.owner = request.owner;
    // From before the request, less a hundredth for clocks that drift.
    lease.until = env_.steady_now() + settings_.duration("lease") * 99 / 100;
    const auto answer = co_await ask(std::move(request));
    if (answer && answer->yes) {
      lease.token = answer->token;
      if (still_held(lease)) co_return lease;
    }
    in_doubt = in_doubt || (!answer && !answer.error().definite());
    const Duration pause = env_.random().between(Duration(1ms), settings_.duration("retry_max"));
    if (env_.steady_now() + pause >= give_up) break;
    co_await env_.sleep_for(pause);
  }
  if (in_doubt) co_return fail(ErrorCode::timeout, "a try may have taken the lock");
  co_return fail(ErrorCode::held);
}

Task<Result<void>> TicketLock::release(Lease lease) {
  Request request;
  request.verb = Request::Verb::release;
  request.lock = lease.lock;
  request.owner = lease.owner;
  const auto answer = co_await ask(std::move(request));
  if (!answer) co_return fail(answer.error());
  if (!answer->yes) co_return fail(ErrorCode::lost, "somebody else has it, or nobody");
  co_return Result<void>();
}

// What a change at the service means: the key is the lock's name, its value the owner.
void interpret(const KeyChange& change, std::vector<GrantNote>& out) {
  const bool over = change.cause == ChangeCause::expired;
  const GrantChange end = over ? GrantChange::expired : GrantChange::released;
  if (change.before) out.push_back({change.key, end, *change.before});
  if (change.after) out.push_back({change.key, GrantChange::granted, *change.after});
}

// When everything is healed: a dead holder's lease, and a few requests that time out.
Duration bound(const Settings& settings) {
  return settings.duration("lease") * 4 + settings.duration("request_timeout") * 4 +
         settings.duration("retry_max") * 4 + 1s;
}

std::unique_ptr<Lock> connect(Env& client, LockOptions options) {
  return std::make_unique<TicketLock>(client, std::move(options));
}

Backend entry() {
  Backend lock;
  lock.name = "ticket-lock";
  lock.summary = "a lock with a server of its own";
  lock.source = "this project";
  lock.product = "ticket_lock";
  lock.claims.checks_lease = true;
  lock.claims.ordered_token = true;
  lock.parameters = {
      {"lease", Duration(10s), "how long the server keeps the lock for a silent owner"},
      {"request_timeout", Duration(1s), "how long a client waits for an answer"},
      {"retry_max", Duration(200ms), "longest pause between two tries"},
  };
  lock.serve = serve;
  lock.connect = connect;
  lock.interpret = interpret;
  lock.liveness_bound = bound;
  return lock;
}

}  // namespace ticket_lock

LOCKSTEP_PLUGIN(plugin) {
  plugin.locks.push_back(ticket_lock::entry());
}
