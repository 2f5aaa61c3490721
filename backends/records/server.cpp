#include "backends/records/server.hpp"

#include <memory>
#include <string>
#include <utility>

#include "backends/records/storage.hpp"

namespace lockstep::records {
namespace {

constexpr std::string_view life_file = "started";

class Server {
 public:
  Server(Env& env, const Settings& settings)
      : env_(env),
        storage_(env, store_, storage_options(settings)),
        failover_time_(settings.duration("failover_time")) {
    store_.observe([this](const Change& change) { tell(change); });
  }

  Env& env() { return env_; }
  Storage& storage() { return storage_; }

  Response execute(const Request& request, NodeId by) {
    if (env_.steady_now() < available_from_) return Response{.status = Status::unavailable};
    by_ = by;
    stale_ = request.reason == "stale";
    return store_.execute(request);
  }

  /// What was read back from the disk goes on.
  void tell_all() {
    for (const auto& [key, record] : store_.records()) {
      KeyChange note;
      note.key = key;
      note.after = to_text(record.fields);
      note.cause = ChangeCause::restart;
      env_.note(std::move(note));
    }
  }

  /// Its first life begins with a leader; any other has to elect one.
  Task<void> begin_life() {
    if (env_.disk().size(std::string(life_file)) > 0) {
      available_from_ = env_.steady_now() + failover_time_;
      co_return;
    }
    const auto written = co_await env_.disk().replace(std::string(life_file), "1");
    (void)written;
    const auto synced = co_await env_.disk().sync(std::string(life_file));
    (void)synced;
  }

 private:
  void tell(const Change& change) {
    KeyChange note;
    note.key = change.key;
    if (change.before != nullptr) note.before = to_text(change.before->fields);
    if (change.after != nullptr) note.after = to_text(change.after->fields);
    note.cause = stale_ ? ChangeCause::expired : ChangeCause::command;
    note.by = by_;
    env_.note(std::move(note));
  }

  Env& env_;
  Store store_;
  Storage storage_;
  Duration failover_time_;
  SteadyTime available_from_{};
  NodeId by_ = no_node;
  bool stale_ = false;
};

Task<void> keep(std::shared_ptr<Server> server) {
  co_await server->storage().run();
}

Task<void> converse(std::shared_ptr<Server> server, ConnectionPtr connection) {
  for (;;) {
    const auto frame = co_await connection->receive();
    if (!frame) co_return;
    const auto* request = content_of<Request>(*frame);
    if (request == nullptr) co_return;
    Response response = server->execute(*request, connection->peer());
    if (server->storage().unsettled()) co_await server->storage().settle();
    if (!connection->send(make_frame(std::move(response)))) co_return;
  }
}

}  // namespace

void fail_over(Scenario& scenario, Random& random) {
  const Duration lease = scenario.lock_settings.duration("lease");
  scenario.lock_settings.put("failover_time", random.between(lease / 2, lease * 3 / 2));
  scenario.workload_settings.put("work_min", lease);
  scenario.workload_settings.put("work_max", lease * 2);
  Fault fault;
  fault.kind = "crash";
  fault.targets = {std::string(scenario.lock.substr(0, scenario.lock.find('-'))) + "-1"};
  fault.lasts = 1ms;
  scenario.faults.push_back(std::move(fault));
}

std::vector<Parameter> server_parameters() {
  return {{"failover_time", Duration(0s), "how long a store that restarts answers 503"}};
}

Task<void> serve(Env& env, ServerOptions options) {
  const auto server = std::make_shared<Server>(env, options.settings);
  co_await server->begin_life();
  co_await server->storage().load();
  server->tell_all();
  env.spawn(keep(server));
  for (;;) {
    auto connection = co_await env.accept();
    env.spawn(converse(server, std::move(connection)));
  }
}

}  // namespace lockstep::records
