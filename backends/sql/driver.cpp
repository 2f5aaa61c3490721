#include "backends/sql/driver.hpp"

#include <utility>

namespace lockstep::sql {
namespace {
constexpr Duration for_ever = 24h * 365;
}  // namespace

DriverOptions driver_options(const Settings& settings) {
  DriverOptions options;
  options.connect_timeout = settings.duration("connect_timeout");
  options.request_timeout = settings.duration("request_timeout");
  return options;
}

Task<Result<void>> Driver::connect() {
  if (connection_) co_return Result<void>();
  for (const NodeId server : servers_) {
    const auto opened = co_await open(server);
    if (opened) co_return Result<void>();
  }
  co_return fail(ErrorCode::refused, "no server takes connections as primary");
}

Task<Result<void>> Driver::open(NodeId server) {
  const Deadline until = env_.steady_now() + options_.connect_timeout;
  auto connected = co_await env_.connect(server, until);
  if (!connected) co_return fail(connected.error());
  connection_ = std::move(*connected);
  const auto answer = co_await execute(startup(options_.database));
  if (!answer) co_return fail(answer.error());
  if (answer->standby || answer->failed()) {
    connection_.reset();
    co_return fail(ErrorCode::refused, "not the primary");
  }
  co_return Result<void>();
}

Task<Result<Answer>> Driver::execute(Statement statement, Duration longer) {
  if (!connection_) co_return fail(ErrorCode::refused, "no session");
  const Duration own = options_.request_timeout;
  const Deadline until = env_.steady_now() + (own > Duration::zero() ? own + longer : for_ever);
  Frame frame = make_frame(std::move(statement));
  if (!connection_->send(std::move(frame))) {
    connection_.reset();
    co_return fail(ErrorCode::refused, "the session was over");
  }
  const auto reply = co_await connection_->receive(until);
  if (!reply) {
    connection_.reset();
    co_return fail(reply.error());
  }
  const auto* answer = content_of<Answer>(*reply);
  if (answer == nullptr) {
    connection_.reset();
    co_return fail(ErrorCode::disconnected, "not an answer of a SQL server");
  }
  session_ = answer->backend;
  co_return *answer;
}

Result<Answer> refusal_as_error(Result<Answer> answer) {
  if (!answer || !answer->failed()) return answer;
  return fail(ErrorCode::refused, answer->error + " " + answer->text);
}

}  // namespace lockstep::sql
