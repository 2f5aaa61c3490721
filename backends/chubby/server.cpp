#include "backends/chubby/server.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "backends/chubby/caches.hpp"
#include "backends/chubby/cell.hpp"
#include "backends/raft/encoding.hpp"
#include "backends/raft/leader_deadlines.hpp"
#include "backends/raft/member.hpp"
#include "backends/raft/replicated_server.hpp"
#include "core/join.hpp"

namespace lockstep::chubby {
namespace {

Frame told(Status status) {
  Reply reply;
  reply.status = status;
  return make_frame(std::move(reply));
}

Task<bool> next_event(Signal& events) {
  co_await events.wait();
  co_return true;
}

class Server final : public raft::ReplicatedServer {
 public:
  Server(Env& env, const ServerOptions& options)
      : env_(env),
        session_(options.settings.duration("session")),
        tick_(setting_or(options.settings, "tick", session_ / 20)),
        lock_delay_(setting_or(options.settings, "lock_delay", session_ / 2)),
        delays_locks_(options.settings.flag("delays")),
        invalidates_(options.settings.flag("invalidates")),
        member_options_(raft::member_options(options, session_)),
        member_(env, member_options_, cell_) {
    cell_.observe([this](const KeyChange& change) { env_.note(change); });
    cell_.observe_failures([this](const std::string& lock) {
      if (delays_locks_) delays_[lock] = env_.steady_now() + lock_delay_;
    });
  }

  Env& env() override { return env_; }
  raft::Member& member() { return member_; }

  Task<Frame> answer(Frame frame, NodeId client) override {
    const auto* asked = content_of<Request>(frame);
    if (asked == nullptr) co_return Frame();
    if (!member_.leads()) co_return not_leader();
    begin_term();
    Request request = *asked;
    const bool guarded = !request.sequencer.node.empty();
    Frame reply;
    if (request.action == Action::keep_alive) {
      reply = co_await keep_alive(std::move(request));
    } else if (request.action == Action::wait_free) {
      reply = co_await wait_free(std::move(request));
    } else if (request.action == Action::check_sequencer) {
      reply = co_await check_sequencer(std::move(request));
    } else if (request.action == Action::get_contents && !guarded) {
      reply = co_await get_contents(std::move(request));
    } else if (request.action == Action::set_contents) {
      reply = co_await set_contents(std::move(request), client);
    } else if (request.action == Action::try_acquire && is_delayed(request.node)) {
      reply = told(Status::delayed);
    } else {
      reply = co_await execute(std::move(request), client);
    }
    co_return reply;
  }

  /// Ends the sessions whose lease is over: proposes it, while this server is the master.
  Task<void> watch_sessions() {
    for (;;) {
      co_await env_.sleep_for(tick_);
      if (!member_.leads()) continue;
      begin_term();
      const raft::Term term = member_.term();
      for (const SessionId session : deadlines_.due(term, living(), env_.steady_now())) {
        env_.spawn(expire(session, term));
      }
    }
  }

  /// Whoever waits for news of any kind waits for one signal.
  Task<void> pass_on_changes() {
    for (;;) {
      co_await member_.changed().wait();
      events_.notify();
    }
  }

 private:
  static Duration setting_or(const Settings& settings, std::string_view name, Duration share) {
    const Duration set = settings.duration(name);
    return set > Duration::zero() ? set : share;
  }
  Deadline patience() const { return env_.steady_now() + member_options_.election_timeout * 4; }

  Frame not_leader() const {
    raft::NotLeader answer;
    answer.leader = member_.leader();
    return make_frame(answer);
  }

  raft::LeaderDeadlines<SessionId>::Living living() const {
    raft::LeaderDeadlines<SessionId>::Living all;
    for (const auto& [id, session] : cell_.sessions()) {
      all.emplace_back(id, Duration(session.length));
    }
    return all;
  }

  void begin_term() {
    if (caches_.term() == member_.term()) return;
    std::vector<SessionId> sessions;
    for (const auto& [id, session] : cell_.sessions()) sessions.push_back(id);
    caches_.begin_term(member_.term(), sessions);
  }

  /// Was its last holder lost a short while ago?
  bool is_delayed(const std::string& lock) const {
    const auto delay = delays_.find(lock);
    return delay != delays_.end() && env_.steady_now() < delay->second;
  }

  Task<Frame> execute(Request request, NodeId client) {
    Command command;
    command.request = std::move(request);
    command.client = index_of(client);
    command.term = member_.term();
    auto reply = co_await member_.propose(raft::to_bytes(command), patience());
    if (reply) co_return *reply;
    if (reply.error().definite()) co_return not_leader();
    co_return told(Status::unknown);
  }

  Task<void> expire(SessionId session, raft::Term term) {
    Request request;
    request.action = Action::expire_session;
    request.session = session;
    Command command;
    command.request = std::move(request);
    command.client = index_of(no_node);
    command.term = term;
    const auto reply = co_await member_.propose(raft::to_bytes(command), patience());
    const bool ended = reply.has_value() && !cell_.sessions().contains(session);
    if (!ended) co_return;  // whoever is master next begins the lease anew
    caches_.forget(session);
    events_.notify();
  }

  /// Prolongs the session's lease, from now on, if this is the master still.
  Task<Frame> prolong(SessionId id) {
    const auto leads = co_await member_.read_barrier(patience());
    if (!leads || !member_.leads()) co_return not_leader();
    const auto session = cell_.sessions().find(id);
    if (session == cell_.sessions().end()) co_return told(Status::no_session);
    const Duration length(session->second.length);
    const bool in_time = deadlines_.renew(member_.term(), id, length, env_.steady_now());
    if (!in_time) co_return told(Status::no_session);
    Reply reply;
    reply.epoch = member_.term();
    co_return make_frame(std::move(reply));
  }

  Task<Frame> keep_alive(Request request) {
    const SteadyTime began = env_.steady_now();
    const SteadyTime until = began + session_ / 2;
    const bool known = request.epoch == member_.term();
    caches_.dropped(request.session, request.dropped, request.epoch, request.generation);
    events_.notify();
    auto prolonged = co_await prolong(request.session);
    const auto* first = content_of<Reply>(prolonged);
    if (first == nullptr || first->status != Status::ok) co_return prolonged;
    Reply news = *first;
    if (!known) co_return prolonged;  // a client that finds a new master learns of it at once
    while (caches_.to_drop(request.session).empty() && env_.steady_now() < until) {
      const auto event = co_await within(env_, until, next_event(events_));
      (void)event;
      if (!member_.leads()) co_return not_leader();
      if (!cell_.sessions().contains(request.session)) co_return told(Status::no_session);
    }
    const SteadyTime answered = env_.steady_now();
    prolonged = co_await prolong(request.session);
    const auto* second = content_of<Reply>(prolonged);
    if (second == nullptr || second->status != Status::ok) co_return prolonged;
    news = *second;
    news.held_back = (answered - began).count();
    news.drop = caches_.to_drop(request.session);
    news.generation = caches_.kept_so_far();
    co_return make_frame(std::move(news));
  }

  Task<Frame> wait_free(Request request) {
    const SteadyTime until = env_.steady_now() + Duration(request.length);
    while (env_.steady_now() < until) {
      const Node* node = cell_.find(request.node);
      if (node == nullptr || node->holder == 0) break;
      const auto event = co_await within(env_, until, next_event(events_));
      (void)event;
      if (!member_.leads()) co_return not_leader();
    }
    co_return told(Status::ok);
  }

  Task<Frame> check_sequencer(Request request) {
    const auto leads = co_await member_.read_barrier(patience());
    if (!leads) co_return not_leader();
    co_return told(cell_.is_valid(request.sequencer) ? Status::ok : Status::invalid);
  }

  Task<Frame> get_contents(Request request) {
    const auto leads = co_await member_.read_barrier(patience());
    if (!leads || !member_.leads()) co_return not_leader();
    begin_term();
    Reply reply;
    const bool may_keep =
        cell_.sessions().contains(request.session) && caches_.keep(request.session, request.node);
    reply.epoch = may_keep ? caches_.term() : 0;
    const Node* node = cell_.find(request.node);
    if (node != nullptr) reply.contents = node->contents;
    if (node != nullptr) reply.generation = node->contents_generation;
    co_return make_frame(std::move(reply));
  }

  /// First nobody may keep the old contents: those who do drop them, or their sessions end.
  Task<Frame> set_contents(Request request, NodeId client) {
    if (!invalidates_) {
      auto reply = co_await execute(std::move(request), client);
      co_return reply;
    }
    const std::string file = request.node;
    const raft::Term term = caches_.term();
    const SteadyTime until = env_.steady_now() + session_ * 2;
    caches_.begin_write(file);
    events_.notify();
    while (caches_.kept(file) && env_.steady_now() < until) {
      const auto event = co_await within(env_, until, next_event(events_));
      (void)event;
      if (!member_.leads() || caches_.term() != term) co_return not_leader();
    }
    const bool free = !caches_.kept(file);
    Frame reply = told(Status::delayed);
    if (free) reply = co_await execute(std::move(request), client);
    const auto* outcome = content_of<Reply>(reply);
    // One that may yet be executed keeps the file out of all caches for the rest of the term.
    const bool decided = outcome == nullptr || outcome->status != Status::unknown;
    if (decided && caches_.term() == term) caches_.end_write(file);
    co_return reply;
  }

  Env& env_;
  Duration session_;
  Duration tick_;
  Duration lock_delay_;
  bool delays_locks_;
  bool invalidates_;
  raft::MemberOptions member_options_;
  Cell cell_;
  raft::Member member_;
  raft::LeaderDeadlines<SessionId> deadlines_;
  Caches caches_;
  Signal events_;                             // whatever somebody may wait for
  std::map<std::string, SteadyTime> delays_;  // of locks whose holder was lost
};

Task<void> take_part(std::shared_ptr<Server> server) {
  co_await server->member().run();
}
Task<void> watch_sessions(std::shared_ptr<Server> server) {
  co_await server->watch_sessions();
}
Task<void> pass_on_changes(std::shared_ptr<Server> server) {
  co_await server->pass_on_changes();
}

}  // namespace

Task<void> serve(Env& env, ServerOptions options) {
  const auto server = std::make_shared<Server>(env, options);
  env.spawn(take_part(server));
  env.spawn(watch_sessions(server));
  env.spawn(pass_on_changes(server));
  co_await raft::take_requests(server);
}

}  // namespace lockstep::chubby
