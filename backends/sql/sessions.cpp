#include "backends/sql/sessions.hpp"

#include <utility>

namespace lockstep::sql {
namespace {

DatabaseOptions options_of(Env& env, const Settings& settings) {
  DatabaseOptions options;
  options.deadlock_timeout = settings.duration("deadlock_timeout");
  // A server that starts again must not give old numbers to new sessions.
  if (settings.contains("one_named_lock")) options.one_named_lock = settings.flag("one_named_lock");
  options.first_session = 1 + 1'000 * env.random().below(1'000'000);
  return options;
}

std::int64_t number_in(const Columns& columns, const std::string& name) {
  const auto at = columns.find(name);
  if (at == columns.end()) return 0;
  const auto* number = std::get_if<std::int64_t>(&at->second);
  return number == nullptr ? 0 : *number;
}

std::string text_of(const Columns& columns) {
  std::string text;
  for (const auto& [name, value] : columns) text += name + "=" + to_text(value) + "\n";
  return text;
}

}  // namespace

Sessions::Sessions(Env& env, const Settings& settings)
    : env_(env), keepalive_(settings.duration("keepalive")), database_(options_of(env, settings)) {
  database_.observe_locks([this](const HoldChange& change) { tell(change); });
  database_.observe_rows([this](const RowAccess& access) { tell(access); });
}

Instant Sessions::now() const {
  Instant instant;
  instant.steady = env_.steady_now();
  const auto wall = env_.wall_now().time_since_epoch();
  instant.wall_us = std::chrono::floor<std::chrono::microseconds>(wall).count();
  return instant;
}

SessionId Sessions::open(Connection& connection) {
  connection.keep_alive(keepalive_);
  const SessionId id = database_.open();
  clients_[id] = {&connection, connection.peer(), connection.peer()};
  return id;
}

void Sessions::execute(SessionId id, const Statement& statement) {
  Client& client = clients_.at(id);
  client.speaks_for = statement.client == no_node ? client.node : statement.client;
  database_.execute(id, statement, now());
  send_answers();
}

void Sessions::on_time(SessionId id) {
  database_.on_time(id, now());
  send_answers();
}

void Sessions::leave(SessionId id) {
  clients_.at(id).connection = nullptr;
  if (!database_.busy(id)) end(id);
  send_answers();
}

void Sessions::abandon(SessionId id) {
  clients_.at(id).connection = nullptr;
  if (!database_.committing(id)) end(id);
  send_answers();
}

bool Sessions::terminated(SessionId id) const {
  return !database_.is_open(id);
}

void Sessions::send_answers() {
  for (;;) {
    std::vector<Finished> finished = database_.take_finished();
    for (Finished& one : finished) send(one);
    const std::vector<SessionId> ordered = database_.take_terminated();
    for (const SessionId id : ordered) {
      if (database_.committing(id)) continue;
      ending_ = id;
      database_.close(id, now());
      ending_ = 0;
    }
    if (finished.empty() && ordered.empty()) return;
  }
}

void Sessions::send(Finished& finished) {
  const auto at = clients_.find(finished.session);
  if (at == clients_.end()) return;
  if (at->second.connection == nullptr) return end(finished.session);
  Answer& answer = finished.answer;
  answer.backend = name_of(finished.session);
  answer.in_transaction = database_.in_transaction(finished.session);
  answer.standby = database_.standby();
  (void)at->second.connection->send(make_frame(std::move(answer)));
}

void Sessions::end(SessionId id) {
  ending_ = id;
  database_.close(id, now());
  ending_ = 0;
  clients_.erase(id);
}

// For the record

std::string Sessions::name_of(SessionId id) const {
  return env_.name() + ":" + std::to_string(id);
}

NodeId Sessions::client_of(SessionId id) const {
  const auto client = clients_.find(id);
  return client == clients_.end() ? no_node : client->second.speaks_for;
}

void Sessions::tell(const HoldChange& change) {
  if (change.label.empty()) return;
  using Kind = HoldChange::Kind;
  const bool queue = change.kind == Kind::queued || change.kind == Kind::unqueued;
  const bool begins = change.kind == Kind::queued || change.kind == Kind::held;
  KeyChange note;
  note.key = (queue ? "queue:" : "lock:") + change.label;
  (begins ? note.after : note.before) = name_of(change.session);
  // The end of a session is to its locks what expiry is to a lease.
  note.cause = change.session == ending_ ? ChangeCause::expired : ChangeCause::command;
  note.by = client_of(change.session);
  env_.note(note);
}

void Sessions::tell_recovered(const std::string& table) {
  for (const auto& [key, columns] : database_.rows_of(table)) {
    KeyChange note;
    note.key = table + ":" + key;
    note.after = text_of(columns);
    note.cause = ChangeCause::restart;
    env_.note(note);
  }
}

void Sessions::tell(const RowAccess& access) {
  if (access.table == "resource") {
    ResourceAccess note;
    note.resource = access.key;
    note.by = client_of(access.session);
    note.write = access.write;
    note.value = number_in(*access.columns, "value");
    note.version = static_cast<std::uint64_t>(number_in(*access.columns, "version"));
    note.based_on = access.based_on;
    env_.note(note);
  } else if (access.write) {
    KeyChange note;
    note.key = access.table + ":" + access.key;
    if (access.before != nullptr) note.before = text_of(*access.before);
    note.after = text_of(*access.columns);
    note.cause = ChangeCause::command;
    note.by = client_of(access.session);
    env_.note(note);
  }
}

}  // namespace lockstep::sql
