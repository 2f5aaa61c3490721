#include "backends/etcd/session.hpp"

#include <utility>

namespace lockstep::etcd {

/// Renewals may be sent before earlier ones were answered.
struct Session::Stream {
  explicit Stream(ConnectionPtr c) : connection(std::move(c)) {}
  ConnectionPtr connection;
  std::deque<SteadyTime> sent;  // of those not answered yet
};

Task<Result<std::shared_ptr<Session>>> Session::open(std::shared_ptr<Client> client, Duration ttl,
                                                     LeaseId shared_id) {
  Env& env = client->env();
  LeaseGrant grant;
  grant.id = shared_id;
  grant.ttl_ms = std::chrono::ceil<std::chrono::milliseconds>(ttl).count();
  const SteadyTime asked = env.steady_now();
  Request request(grant);
  const auto granted = co_await client->call(std::move(request));
  if (!granted) co_return fail(granted.error());
  const bool shared = shared_id != 0 && granted->status == Status::lease_exists;
  if (granted->status != Status::ok && !shared) {
    co_return fail(ErrorCode::refused, std::string(name_of(granted->status)));
  }
  const LeaseId lease = shared ? shared_id : granted->lease;
  const Duration length = shared ? ttl : std::chrono::milliseconds(granted->ttl_ms);
  std::shared_ptr<Session> session(new Session(std::move(client), lease, length, asked));
  env.spawn(keep_alive(session));
  co_return session;
}

bool Session::done() const {
  return abandoned_ || lost_ || client_->env().steady_now() >= deadline_;
}

void Session::follow(std::string lock, std::string owner) {
  followed_.emplace();
  followed_->lock = std::move(lock);
  followed_->owner = std::move(owner);
}

void Session::extend(SteadyTime until) {
  if (done() || until <= deadline_) return;
  deadline_ = until;
  if (!followed_) return;
  client_->env().note(BeliefExtended{followed_->lock, followed_->owner, Deadline(deadline_)});
}

void Session::lose() {
  if (lost_) return;
  lost_ = true;
  if (followed_) client_->env().note(BeliefLost{followed_->lock, followed_->owner});
}

/// A third of the time after the last renewal that was answered comes the next one. While none is
/// answered, one follows soon after the other: on the stream that there is, and each on a new
/// stream to the next endpoint, too. The answers of all of them count.
Task<void> Session::keep_alive(std::shared_ptr<Session> session) {
  Env& env = session->client_->env();
  const Duration ttl = session->ttl_;
  while (!session->done()) {
    co_await env.sleep_until(session->deadline_ - ttl * 2 / 3);
    bool in_trouble = false;
    while (!session->done() && env.steady_now() >= session->deadline_ - ttl * 2 / 3) {
      co_await env.step("renewing");
      if (session->done()) break;
      if (session->stream_) session->renew_on(*session->stream_);
      if (in_trouble || !session->stream_) env.spawn(renew_elsewhere(session));
      in_trouble = true;
      co_await env.sleep_for(ttl / 12);
    }
  }
}

void Session::renew_on(Stream& stream) {
  LeaseKeepAlive renewal;
  renewal.id = lease_;
  const auto sent = stream.connection->send(make_frame(Request(renewal)));
  if (sent) stream.sent.push_back(client_->env().steady_now());
}

Task<void> Session::renew_elsewhere(std::shared_ptr<Session> session) {
  auto connection = co_await session->client_->open_stream(session->endpoint_++);
  if (!connection || session->done()) co_return;
  const auto stream = std::make_shared<Stream>(std::move(*connection));
  session->renew_on(*stream);
  if (!session->stream_) session->stream_ = stream;
  co_await hear_answers(session, stream);
}

Task<void> Session::hear_answers(std::shared_ptr<Session> session, std::shared_ptr<Stream> stream) {
  Env& env = session->client_->env();
  for (;;) {
    const auto frame = co_await stream->connection->receive();
    const auto* answer = frame ? content_of<Response>(*frame) : nullptr;
    if (answer == nullptr || answer->status != Status::ok || stream->sent.empty()) break;
    const SteadyTime sent = stream->sent.front();
    stream->sent.pop_front();
    if (answer->ttl_ms <= 0) {
      session->lose();
      break;
    }
    session->extend(sent + std::chrono::milliseconds(answer->ttl_ms));
    session->stream_ = stream;
    co_await env.step("renewed");
  }
  if (session->stream_ == stream) session->stream_.reset();
}

}  // namespace lockstep::etcd
