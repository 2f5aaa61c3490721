#include "backends/chubby/client_session.hpp"

#include <algorithm>
#include <utility>

namespace lockstep::chubby {
namespace {

Duration grace_in(const Settings& settings) {
  const Duration set = settings.duration("grace");
  return set > Duration::zero() ? set : settings.duration("session") * 15 / 4;
}

/// The part of a lease on which a client counts, when clocks may drift.
Duration conservative(Duration length, const Settings& settings) {
  return length - length / 1'000'000 * settings.number("drift_allowance");
}

}  // namespace

ClientSession::ClientSession(Env& env, const LockOptions& options, bool heeds_lease)
    : env_(env),
      settings_(options.settings),
      heeds_lease_(heeds_lease),
      length_(settings_.duration("session")),
      grace_(grace_in(settings_)),
      calls_(env, options.servers, raft::leader_client_options(settings_, length_)) {}

Task<Result<void>> ClientSession::open(SteadyTime give_up) {
  Request request;
  request.action = Action::open_session;
  request.length = length_.count();
  for (;;) {
    const SteadyTime sent = env_.steady_now();
    const auto reply = co_await ask(request, give_up);
    if (reply && reply->status == Status::ok) {
      id_ = reply->session;
      until_ = sent + conservative(length_, settings_);
      if (safe()) co_return Result<void>();
    }
    // A session that was opened all the same will expire by itself.
    if (env_.steady_now() + pause() >= give_up) {
      co_return fail(ErrorCode::refused, "no session could be opened");
    }
    co_await env_.sleep_for(pause());
  }
}

Task<Result<Reply>> ClientSession::call(Request request, SteadyTime give_up) {
  request.session = id_;
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
  }
}

Task<Result<Reply>> ClientSession::ask(Request request, SteadyTime give_up, Duration held_back) {
  if (request.action == Action::wait_free) request.length = held_back.count();
  const auto frame = co_await calls_.call(make_frame(std::move(request)), give_up, held_back);
  if (!frame) co_return fail(frame.error());
  const auto* reply = content_of<Reply>(*frame);
  if (reply == nullptr) co_return fail(ErrorCode::disconnected, "not an answer of a cell");
  co_return *reply;
}

Task<Result<std::string>> ClientSession::read(std::string file, SteadyTime give_up) {
  const auto cached = cache_.find(file);
  if (cached != cache_.end() && safe()) co_return cached->second;
  Request request;
  request.action = Action::get_contents;
  request.session = id_;
  request.node = file;
  const std::uint64_t drops = drops_;
  const auto reply = co_await ask(std::move(request), give_up);
  if (!reply) co_return fail(reply.error());
  // Not if it was to be dropped before it came.
  const bool keep = reply->epoch != 0 && reply->epoch == epoch_ && drops == drops_;
  if (keep) cache_[file] = reply->contents;
  co_return reply->contents;
}

Duration ClientSession::pause() const {
  return std::max<Duration>(length_ / 40, 1ms);
}

bool ClientSession::open_still() const {
  return id_ != 0 && !lost_ && (!heeds_lease_ || env_.steady_now() < last_call());
}

void ClientSession::hold(std::string lock, std::string owner) {
  lock_ = std::move(lock);
  owner_ = std::move(owner);
}

void ClientSession::lose() {
  if (!lost_ && !lock_.empty()) env_.note(BeliefLost{lock_, owner_});
  lost_ = true;
  cache_.clear();
}

void ClientSession::renew(SteadyTime sent, const Reply& reply) {
  const Duration granted = length_ + Duration(reply.held_back);
  until_ = std::max(until_, sent + conservative(granted, settings_));
  if (heeds_lease_ && !lock_.empty()) {
    env_.note(BeliefExtended{lock_, owner_, Deadline(until_)});
  }
  // A new master does not know what is cached.
  if (reply.epoch != epoch_) {
    cache_.clear();
    ++drops_;
  }
  epoch_ = reply.epoch;
  for (const std::string& file : reply.drop) {
    cache_.erase(file);
    ++drops_;
  }
  dropped_ = reply.drop;
  told_at_ = reply.generation;
}

Task<void> keep_alive(std::shared_ptr<ClientSession> session) {
  Env& env = session->env_;
  while (session->open_still()) {
    co_await env.step("renewing");
    if (!session->open_still()) break;
    Request request;
    request.action = Action::keep_alive;
    request.session = session->id_;
    request.epoch = session->epoch_;
    request.dropped = session->dropped_;
    request.generation = session->told_at_;
    const SteadyTime sent = env.steady_now();
    const Duration held_back = session->length_ / 2;
    const auto reply = co_await session->ask(std::move(request), session->last_call(), held_back);
    if (!session->open_still()) break;
    if (reply && reply->status == Status::no_session) break;
    const bool heard = reply.has_value() && reply->status == Status::ok;
    if (heard) session->renew(sent, *reply);
    if (!heard) co_await env.sleep_for(session->pause());
    co_await env.step("renewed");
  }
  session->lose();
}

}  // namespace lockstep::chubby
