#include "backends/raft/service/client_session.hpp"

#include <algorithm>
#include <utility>

namespace lockstep::raft::service {

Duration conservative(Duration length, const Settings& settings) {
  return length - length / 1'000'000 * settings.number("drift_allowance");
}

ClientSession::ClientSession(Env& env, const LockOptions& options, ClientRules rules)
    : env_(env),
      settings_(options.settings),
      rules_(rules),
      length_(settings_.duration("session")),
      calls_(env, options.servers, leader_client_options(settings_, length_)) {}

Task<Result<void>> ClientSession::open(SteadyTime give_up) {
  Request request;
  request.action = Action::open;
  request.length = length_.count();
  for (;;) {
    const SteadyTime sent = env_.steady_now();
    const auto reply = co_await ask(request, give_up);
    if (reply && reply->status == Status::ok) {
      id_ = reply->session;
      until_ = sent + conservative(length_, settings_);
      if (live()) co_return Result<void>();
    }
    // A session that was opened all the same will expire by itself.
    if (env_.steady_now() + pause() >= give_up) {
      co_return fail(ErrorCode::refused, "no session could be opened");
    }
    co_await env_.sleep_for(pause());
  }
}

Task<Result<Reply>> ClientSession::command(Request request, SteadyTime give_up) {
  request.session = id_;
  request.serial = ++serial_;
  bool in_doubt = false;
  for (;;) {
    auto reply = co_await ask(request, give_up);
    const bool answered = reply.has_value() && reply->status != Status::unknown;
    if (answered) co_return reply;
    in_doubt |= reply.has_value() || !reply.error().definite();
    if (env_.steady_now() + pause() >= give_up) {
      co_return fail(in_doubt ? ErrorCode::timeout : ErrorCode::refused, "no answer came");
    }
    co_await env_.sleep_for(pause());
    if (!rules_.numbers_commands) request.serial = ++serial_;
  }
}

Task<Result<Reply>> ClientSession::ask(Request request, SteadyTime give_up, Duration held_back) {
  request.length = request.action == Action::wait ? held_back.count() : request.length;
  const auto frame = co_await calls_.call(make_frame(std::move(request)), give_up, held_back);
  if (!frame) co_return fail(frame.error());
  const auto* reply = content_of<Reply>(*frame);
  if (reply == nullptr) co_return fail(ErrorCode::disconnected, "not an answer of the service");
  co_return *reply;
}

Duration ClientSession::pause() const {
  return std::max<Duration>(length_ / 40, 1ms);
}

bool ClientSession::live() const {
  if (id_ == 0 || lost_) return false;
  return !rules_.local_lease || env_.steady_now() < until_;
}

SteadyTime ClientSession::last_call() const {
  return rules_.local_lease ? until_ : env_.steady_now() + length_;
}

void ClientSession::hold(std::string lock, std::string owner) {
  lock_ = std::move(lock);
  owner_ = std::move(owner);
}

void ClientSession::lose() {
  if (!lost_ && !lock_.empty()) env_.note(BeliefLost{lock_, owner_});
  lost_ = true;
}

void ClientSession::renew(SteadyTime sent) {
  until_ = std::max(until_, sent + conservative(length_, settings_));
  if (rules_.local_lease && !lock_.empty()) {
    env_.note(BeliefExtended{lock_, owner_, Deadline(until_)});
  }
}

Deadline ClientSession::next_keep_alive(Duration period) const {
  if (rules_.wall_timer) return env_.wall_now() + period;
  return env_.steady_now() + period;
}

Task<void> keep_alive(std::shared_ptr<ClientSession> session) {
  Env& env = session->env_;
  const Duration set = session->settings_.duration("keepalive");
  const Duration period = set > Duration::zero() ? set : session->length_ / 3;
  Duration next = period;
  for (;;) {
    co_await env.sleep_until(session->next_keep_alive(next));
    if (!session->live()) break;
    co_await env.step("renewing");
    if (!session->live()) break;
    Request request;
    request.action = Action::keep_alive;
    request.session = session->id_;
    const SteadyTime sent = env.steady_now();
    const auto reply = co_await session->ask(std::move(request), session->last_call());
    if (!session->live()) break;
    if (reply && reply->status == Status::lost) break;
    const bool heard = reply.has_value() && reply->status == Status::ok;
    if (heard) session->renew(sent);
    next = heard ? std::max<Duration>(period - (env.steady_now() - sent), 1ms) : session->pause();
    co_await env.step("renewed");
  }
  session->lose();
}

}  // namespace lockstep::raft::service
