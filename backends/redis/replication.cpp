// Streaming, following, acknowledging.
#include "backends/redis/replication.hpp"

#include <algorithm>
#include <utility>

#include "backends/redis/deployment.hpp"
#include "backends/redis/messages.hpp"
#include "backends/redis/persistence.hpp"
#include "backends/redis/text.hpp"
#include "core/join.hpp"

namespace lockstep::redis {
namespace {

constexpr Duration acknowledge_interval = 1s;  // a real replica's cron
constexpr Duration connect_timeout = 1s;
constexpr Duration reconnect_pause = 1s;
constexpr Duration copy_timeout = 60s;  // repl-timeout
constexpr Duration for_ever = 24h * 365;
constexpr std::string_view role_file = "replicaof";  // as CONFIG REWRITE keeps it
constexpr std::string_view nobody = "no one";

bool is(const Words& words, std::string_view first, std::string_view second) {
  return words.size() >= 2 && equal_ignoring_case(words[0], first) &&
         equal_ignoring_case(words[1], second);
}

}  // namespace

std::int64_t Replication::now_us() const {
  return std::chrono::floor<std::chrono::microseconds>(env_.wall_now().time_since_epoch()).count();
}

// The role

Task<void> Replication::begin(std::optional<NodeId> master) {
  database_.keep_log();
  const auto told = co_await env_.disk().read(std::string(role_file));
  if (told && !told->empty()) master = node_at(*told);
  if (!master) co_return;
  database_.follow(address_of(*master), default_port);
  settled_turns_ = state().turns;
}

Task<void> Replication::settle_role() {
  settled_turns_ = state().turns;
  if (state().is_replica()) {
    links_.clear();
    state().replicas.clear();
    news_.notify();
  }
  turned_.notify();
  std::string told = state().is_replica() ? state().master_host : std::string(nobody);
  const auto written = co_await env_.disk().replace(std::string(role_file), std::move(told));
  (void)written;
  const auto synced = co_await env_.disk().sync(std::string(role_file));
  (void)synced;
}

Task<bool> Replication::until_turned(std::uint64_t turns) {
  while (settled_turns_ == turns) co_await turned_.wait();
  co_return true;
}

Task<void> Replication::run() {
  for (;;) {
    const std::uint64_t turns = settled_turns_;
    std::vector<Task<bool>> until_then;
    until_then.push_back(until_turned(turns));
    const auto master = node_at(state().master_host);
    if (state().is_replica() && master) until_then.push_back(follow(*master));
    auto turned = co_await when_any(std::move(until_then));
    (void)turned;
  }
}

// As master

void Replication::feed(const std::string& bytes) {
  state().offset += static_cast<std::int64_t>(bytes.size());
  if (links_.empty()) return;
  const Frame frame = make_frame(StreamMessage{bytes});
  for (const auto& [session, replica] : links_) (void)replica->send(frame);
}

Task<void> Replication::serve(Connection& replica, std::uint64_t session) {
  if (state().is_replica()) {
    ReplyMessage refusal;
    refusal.reply = Reply::error("NOMASTERLINK Can't SYNC while not connected with my master");
    (void)replica.send(make_frame(std::move(refusal)));
    co_return;
  }
  database_.keep_log();
  (void)replica.send(make_frame(CopyMessage{snapshot(database_), state().offset}));
  links_[session] = &replica;
  while (links_.contains(session)) {
    const auto frame = co_await replica.receive();
    if (!frame) break;
    const auto* command = content_of<CommandMessage>(*frame);
    if (command == nullptr || !is(command->words, "replconf", "ack")) continue;
    if (command->words.size() < 3 || !links_.contains(session)) continue;
    acknowledged(replica, session, parse_integer(command->words[2]).value_or(0));
  }
  detach(session);
}

void Replication::acknowledged(Connection& replica, std::uint64_t session, std::int64_t upto) {
  auto& replicas = state().replicas;
  auto at = std::find_if(replicas.begin(), replicas.end(), [session](const AttachedReplica& each) {
    return each.session == session;
  });
  if (at == replicas.end()) {
    replicas.push_back({session, address_of(replica.peer()), default_port});
    at = replicas.end() - 1;
  }
  at->acknowledged = upto;
  at->acknowledged_s = now_us() / 1'000'000;
  news_.notify();
}

void Replication::detach(std::uint64_t session) {
  links_.erase(session);
  std::erase_if(state().replicas,
                [session](const AttachedReplica& each) { return each.session == session; });
}

Task<bool> Replication::until_received(std::int64_t upto, std::int64_t wanted) {
  while (state().received(upto) < wanted && !state().is_replica()) co_await news_.wait();
  co_return true;
}

Task<std::int64_t> Replication::wait(std::int64_t upto, std::int64_t wanted, std::int64_t ms) {
  const Duration patience = ms > 0 ? Duration(std::chrono::milliseconds(ms)) : for_ever;
  const Frame question = make_frame(CommandMessage{{"REPLCONF", "GETACK", "*"}});
  for (const auto& [session, replica] : links_) (void)replica->send(question);
  auto waiting = until_received(upto, wanted);
  const Deadline until = env_.steady_now() + patience;
  const auto received = co_await within(env_, until, std::move(waiting));
  (void)received;
  co_return state().received(upto);
}

// As replica

Task<bool> Replication::follow(NodeId master) {
  for (;;) {
    const Deadline until = env_.steady_now() + connect_timeout;
    auto connection = co_await env_.connect(master, until);
    if (connection) co_await follow_over(**connection);
    state().link_up = false;
    co_await env_.sleep_for(reconnect_pause);
  }
}

Task<void> Replication::follow_over(Connection& master) {
  const bool copied = co_await take_copy(master);
  if (!copied) co_return;
  acknowledge(master);
  SteadyTime due = env_.steady_now() + acknowledge_interval;
  for (;;) {
    const auto frame = co_await master.receive(due);
    if (!frame && frame.error().code != ErrorCode::timeout) co_return;
    if (!frame) {
      acknowledge(master);
      due = env_.steady_now() + acknowledge_interval;
      continue;
    }
    if (const auto* stream = content_of<StreamMessage>(*frame)) {
      co_await take_changes(stream->bytes);
    } else if (content_of<CommandMessage>(*frame) != nullptr) {
      acknowledge(master);  // REPLCONF GETACK *
    }
  }
}

Task<bool> Replication::take_copy(Connection& master) {
  const auto asked = master.send(make_frame(CommandMessage{{"PSYNC", "?", "-1"}}));
  if (!asked) co_return false;
  const Deadline until = env_.steady_now() + copy_timeout;
  const auto frame = co_await master.receive(until);
  if (!frame) co_return false;
  const auto* copy = content_of<CopyMessage>(*frame);
  if (copy == nullptr) co_return false;
  database_.forget_everything();
  if (!load_snapshot(database_, copy->snapshot, now_us())) co_return false;
  state().offset = copy->offset;
  state().link_up = true;
  co_await storage_.rewrite();
  co_return true;
}

Task<void> Replication::take_changes(std::string bytes) {
  load_log(database_, bytes, now_us());
  state().offset += static_cast<std::int64_t>(bytes.size());
  storage_.log(bytes);
  if (storage_.unsettled()) co_await storage_.settle();
}

void Replication::acknowledge(Connection& master) {
  (void)master.send(
      make_frame(CommandMessage{{"REPLCONF", "ACK", std::to_string(state().offset)}}));
}

}  // namespace lockstep::redis
