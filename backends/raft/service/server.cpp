#include "backends/raft/service/server.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "backends/raft/consensus.hpp"
#include "backends/raft/encoding.hpp"
#include "backends/raft/leader_deadlines.hpp"
#include "backends/raft/member.hpp"
#include "backends/raft/replicated_server.hpp"
#include "backends/raft/service/lock_machine.hpp"
#include "backends/raft/service/variant.hpp"
#include "core/join.hpp"

namespace lockstep::raft::service {
namespace {

Frame told(Status status) {
  Reply reply;
  reply.status = status;
  return make_frame(reply);
}

Task<bool> next_change(Signal& changed) {
  co_await changed.wait();
  co_return true;
}

class Server final : public ReplicatedServer {
 public:
  Server(Env& env, const ServerOptions& options)
      : env_(env),
        variant_(variant_named(options.settings.text("mistake"))),
        tick_(tick_in(options.settings)),
        cleans_up_(options.settings.flag("cleanup")),
        member_options_(
            member_options(options, options.settings.duration("session"), variant_.raft)),
        machine_(variant_.machine),
        member_(env, member_options_, machine_) {
    machine_.observe([this](const KeyChange& change) { env_.note(change); });
    if (variant_.expires_locally) {
      machine_.observe_renewals([this](SessionId session) { local_.erase(session); });
    }
  }

  Env& env() override { return env_; }
  Member& member() { return member_; }
  bool cleans_up() const { return cleans_up_; }

  Task<Frame> answer(Frame frame, NodeId client) override {
    const auto* asked = content_of<Request>(frame);
    if (asked == nullptr) co_return Frame();
    if (!member_.leads()) co_return not_leader();
    Request request = *asked;
    Frame reply;
    if (request.action == Action::keep_alive && !variant_.expires_locally) {
      reply = co_await keep_alive(std::move(request));
    } else if (request.action == Action::wait) {
      reply = co_await wait(std::move(request));
    } else if (request.action == Action::check) {
      reply = co_await check(std::move(request));
    } else {
      reply = co_await execute(std::move(request), client);
    }
    co_return reply;
  }

  /// Ends the sessions of clients that fell silent: proposes it, where this member leads.
  Task<void> watch_sessions() {
    for (;;) {
      co_await env_.sleep_for(tick_);
      if (variant_.expires_locally) expire_locally();
      if (variant_.expires_locally || !member_.leads()) continue;
      const Term term = member_.term();
      for (const SessionId session : deadlines_.due(term, living(), env_.steady_now())) {
        env_.spawn(expire(session, term));
      }
    }
  }

  /// Takes members that can't be reached out of the group, one after the other, for as long as this
  /// one leads: an operator's script that replaces dead servers.
  Task<void> clean_up() {
    const Duration period = member_options_.election_timeout / 8;
    for (;;) {
      co_await env_.sleep_for(period);
      const std::vector<NodeId> members = member_.members();
      for (const NodeId other : members) {
        if (other == env_.id() || !in_charge()) continue;
        const Deadline until = env_.steady_now() + period;
        const auto connection = co_await env_.connect(other, until);
        const bool silent = !connection && connection.error().code == ErrorCode::timeout;
        if (silent && in_charge()) env_.spawn(remove(other));
      }
    }
  }

 private:
  Task<void> remove(NodeId other) {
    const auto removed = co_await member_.remove_server(other, patience());
    (void)removed;  // if it was not, it is tried again
  }
  /// It was elected; perhaps that is all.
  bool in_charge() const {
    const Consensus* consensus = member_.consensus();
    return consensus != nullptr && consensus->role() == Consensus::Role::leader;
  }
  static Duration tick_in(const Settings& settings) {
    const Duration set = settings.duration("tick");
    return set > Duration::zero() ? set : settings.duration("session") / 20;
  }
  Deadline patience() const { return env_.steady_now() + member_options_.election_timeout * 4; }

  Frame not_leader() const {
    NotLeader answer;
    answer.leader = member_.leader();
    return make_frame(answer);
  }

  LeaderDeadlines<SessionId>::Living living() const {
    LeaderDeadlines<SessionId>::Living all;
    for (const auto& [id, session] : machine_.sessions()) {
      all.emplace_back(id, Duration(session.length));
    }
    return all;
  }

  /// Proposes a command and waits until it is executed here.
  Task<Frame> execute(Request request, NodeId client) {
    Command command;
    command.request = std::move(request);
    command.client = index_of(client);
    command.term = member_.term();
    auto reply = co_await member_.propose(to_bytes(command), patience());
    if (reply) co_return *reply;
    if (reply.error().definite()) co_return not_leader();
    co_return told(Status::unknown);
  }

  Task<void> expire(SessionId session, Term term) {
    Command command;
    command.request.action = Action::expire;
    command.request.session = session;
    command.term = term;
    const auto reply = co_await member_.propose(to_bytes(command), patience());
    (void)reply;  // whoever leads next begins the session's deadline anew
  }

  /// Not a command: only the leader keeps deadlines, and it must still lead to move one.
  Task<Frame> keep_alive(Request request) {
    const auto leads = co_await member_.read_barrier(patience());
    if (!leads || !member_.leads()) co_return not_leader();
    const auto session = machine_.sessions().find(request.session);
    if (session == machine_.sessions().end()) co_return told(Status::lost);
    const Duration length(session->second.length);
    const SteadyTime now = env_.steady_now();
    const bool in_time = deadlines_.renew(member_.term(), request.session, length, now);
    co_return told(in_time ? Status::ok : Status::lost);
  }

  /// Keeps the answer to an acquire in line until it is granted, or the asker wants to hear.
  Task<Frame> wait(Request request) {
    const SteadyTime until = env_.steady_now() + Duration(request.length);
    for (;;) {
      const Reply now = machine_.standing(request.session, request.place, request.lock);
      if (now.status != Status::queued || env_.steady_now() >= until) co_return make_frame(now);
      const auto changed = co_await within(env_, until, next_change(member_.changed()));
      (void)changed;
      if (!member_.leads()) co_return not_leader();
    }
  }

  Task<Frame> check(Request request) {
    const auto leads = co_await member_.read_barrier(patience());
    if (!leads) co_return not_leader();
    co_return make_frame(machine_.holder(request.lock));
  }

  void expire_locally() {
    const SteadyTime now = env_.steady_now();
    std::vector<SessionId> over;
    for (const auto& [id, session] : machine_.sessions()) {
      const auto [deadline, fresh] = local_.try_emplace(id, now + Duration(session.length));
      if (!fresh && now >= deadline->second) over.push_back(id);
    }
    for (const SessionId id : over) {
      local_.erase(id);
      machine_.expire_here(id);
    }
  }

  Env& env_;
  const Variant& variant_;
  Duration tick_;
  bool cleans_up_;
  MemberOptions member_options_;
  LockMachine machine_;
  Member member_;
  LeaderDeadlines<SessionId> deadlines_;
  std::map<SessionId, SteadyTime> local_;
};

Task<void> take_part(std::shared_ptr<Server> server) {
  co_await server->member().run();
}
Task<void> watch_sessions(std::shared_ptr<Server> server) {
  co_await server->watch_sessions();
}

Task<void> clean_up(std::shared_ptr<Server> server) {
  co_await server->clean_up();
}

}  // namespace

Task<void> serve(Env& env, ServerOptions options) {
  const auto server = std::make_shared<Server>(env, options);
  env.spawn(take_part(server));
  env.spawn(watch_sessions(server));
  if (server->cleans_up()) env.spawn(clean_up(server));
  co_await take_requests(server);
}

}  // namespace lockstep::raft::service
