#include "backends/consul/server.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "backends/consul/store.hpp"
#include "backends/raft/encoding.hpp"
#include "backends/raft/leader_deadlines.hpp"
#include "backends/raft/member.hpp"
#include "backends/raft/replicated_server.hpp"
#include "core/join.hpp"

namespace lockstep::consul {
namespace {

Frame told(Status status) {
  Reply reply;
  reply.status = status;
  return make_frame(std::move(reply));
}

Task<bool> next_change(Signal& changed) {
  co_await changed.wait();
  co_return true;
}

class Server final : public raft::ReplicatedServer {
 public:
  Server(Env& env, const ServerOptions& options)
      : env_(env),
        tick_(tick_in(options.settings)),
        member_options_(raft::member_options(options, options.settings.duration("session"),
                                             mistakes_in(options.settings))),
        member_(env, member_options_, store_) {
    store_.observe([this](const KeyChange& change) { env_.note(change); });
    // Each server times lock delays by its own clock; the leader's count, before a lock is logged.
    store_.observe_ends([this](const std::string& key, Duration delay) {
      delays_[key] = env_.steady_now() + delay;
    });
  }

  Env& env() override { return env_; }
  raft::Member& member() { return member_; }

  Task<Frame> answer(Frame frame, NodeId client) override {
    const auto* asked = content_of<Request>(frame);
    if (asked == nullptr) co_return Frame();
    if (!member_.leads()) co_return not_leader();
    Request request = *asked;
    Frame reply;
    if (request.action == Action::renew_session) {
      reply = co_await renew(std::move(request));
    } else if (request.action == Action::get) {
      reply = co_await get(std::move(request));
    } else if (is_delayed(request)) {
      reply = told(Status::failed);
    } else {
      reply = co_await execute(std::move(request), client);
    }
    co_return reply;
  }

  /// Ends the sessions of clients that fell silent: proposes it, where this server leads.
  Task<void> watch_sessions() {
    for (;;) {
      co_await env_.sleep_for(tick_);
      if (!member_.leads()) continue;
      const raft::Term term = member_.term();
      for (const SessionId session : deadlines_.due(term, living(), env_.steady_now())) {
        env_.spawn(expire(session, term));
      }
    }
  }

 private:
  static Duration tick_in(const Settings& settings) {
    const Duration set = settings.duration("tick");
    return set > Duration::zero() ? set : settings.duration("session") / 20;
  }
  static raft::Mistakes mistakes_in(const Settings& settings) {
    raft::Mistakes mistakes;
    mistakes.stale_reads = settings.flag("stale_reads");
    return mistakes;
  }
  Deadline patience() const { return env_.steady_now() + member_options_.election_timeout * 4; }

  Frame not_leader() const {
    raft::NotLeader answer;
    answer.leader = member_.leader();
    return make_frame(answer);
  }

  raft::LeaderDeadlines<SessionId>::Living living() const {
    raft::LeaderDeadlines<SessionId>::Living all;
    for (const auto& [id, session] : store_.sessions()) {
      all.emplace_back(id, Duration(session.length));
    }
    return all;
  }

  /// Does it ask for a lock whose last holder's session ended a short while ago?
  bool is_delayed(const Request& request) {
    for (const Operation& operation : request.operations) {
      if (operation.verb != Verb::lock) continue;
      const auto delay = delays_.find(operation.key);
      if (delay != delays_.end() && env_.steady_now() < delay->second) return true;
    }
    return false;
  }

  Task<Frame> execute(Request request, NodeId client) {
    Command command;
    command.request = std::move(request);
    command.client = index_of(client);
    auto reply = co_await member_.propose(raft::to_bytes(command), patience());
    if (reply) co_return *reply;
    if (reply.error().definite()) co_return not_leader();
    co_return told(Status::unknown);
  }

  Task<void> expire(SessionId session, raft::Term term) {
    Command command;
    command.request.action = Action::expire_session;
    command.request.session = session;
    command.client = index_of(no_node);
    command.term = term;
    const auto reply = co_await member_.propose(raft::to_bytes(command), patience());
    (void)reply;  // whoever leads next begins the session's timer anew
  }

  Task<Frame> renew(Request request) {
    const auto leads = co_await member_.read_barrier(patience());
    if (!leads || !member_.leads()) co_return not_leader();
    const auto session = store_.sessions().find(request.session);
    if (session == store_.sessions().end()) co_return told(Status::no_session);
    const Duration length(session->second.length);
    const SteadyTime now = env_.steady_now();
    const bool in_time = deadlines_.renew(member_.term(), request.session, length, now);
    co_return told(in_time ? Status::ok : Status::no_session);
  }

  /// A consistent read, held back until the key changes if the client has seen it as it is.
  Task<Frame> get(Request request) {
    const SteadyTime until = env_.steady_now() + Duration(request.length);
    const auto leads = co_await member_.read_barrier(patience());
    if (!leads) co_return not_leader();
    while (store_.changed_at(request.key) <= request.index && env_.steady_now() < until) {
      const auto changed = co_await within(env_, until, next_change(member_.changed()));
      (void)changed;
      if (!member_.leads()) co_return not_leader();
    }
    Reply reply;
    reply.index = store_.changed_at(request.key);
    const Entry* entry = store_.find(request.key);
    reply.entries.push_back(entry == nullptr ? std::nullopt : std::optional<Entry>(*entry));
    co_return make_frame(std::move(reply));
  }

  Env& env_;
  Duration tick_;
  raft::MemberOptions member_options_;
  Store store_;
  raft::Member member_;
  raft::LeaderDeadlines<SessionId> deadlines_;
  std::map<std::string, SteadyTime> delays_;  // of keys whose holder's session ended
};

Task<void> take_part(std::shared_ptr<Server> server) {
  co_await server->member().run();
}
Task<void> watch_sessions(std::shared_ptr<Server> server) {
  co_await server->watch_sessions();
}

}  // namespace

Task<void> serve(Env& env, ServerOptions options) {
  const auto server = std::make_shared<Server>(env, options);
  env.spawn(take_part(server));
  env.spawn(watch_sessions(server));
  co_await take_requests(server);
}

}  // namespace lockstep::consul
