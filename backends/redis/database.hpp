#pragma once
// A Redis 7.0 server as a pure state machine: commands and time go in, replies come out.
// One thread, no input or output: the coroutine around it (server.hpp) moves frames and bytes.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "backends/redis/config.hpp"
#include "backends/redis/replication_state.hpp"
#include "backends/redis/reply.hpp"
#include "backends/redis/session.hpp"
#include "backends/redis/subscriptions.hpp"
#include "backends/redis/value.hpp"
#include "core/note.hpp"
#include "core/random.hpp"

namespace lockstep::redis {

struct Command;
struct Script;
struct ScriptRandom;
class ScriptEngine;

/// A key was created, overwritten or removed. The pointers are good during the call alone.
struct Change {
  const std::string& key;
  const Entry* before;  // null: the key did not exist
  const Entry* after;   // null: it no longer does
  ChangeCause cause;
  std::uint64_t session;  // whose command it was; 0 when the server did it by itself
};
using Observer = std::function<void(const Change&)>;

struct DatabaseOptions {
  Config config{};
  Random random{};                 // samples keys for eviction, ages LFU counters
  ScriptEngine* engine = nullptr;  // shared, must outlive the database; null: makes its own
  bool keeps_log = false;          // collect what an append-only file would get
};

class Database {
 public:
  using Options = DatabaseOptions;

  explicit Database(Options options = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs one command of one session, atomically. `now_us` is the server's wall clock in
  /// microseconds since 1970. Afterwards `session.pushes` and `take_woken` hold what else must
  /// be sent, and `take_log` what must be made durable before the reply is.
  Reply execute(Session& session, const Words& words, std::int64_t now_us);

  /// Ends a session: its watches and subscriptions are gone.
  void disconnect(Session& session);

  /// Removes some of the dead keys nobody asks for. A server does this every 100 ms.
  void active_expire_cycle(std::int64_t now_us);

  /// True while some key has a deadline: otherwise that cycle finds nothing to do.
  bool has_mortal_keys() const { return lasting_ != static_cast<std::int64_t>(keys_.size()); }

  /// Called for every change of a key, right after it; costs nothing while not set.
  void observe(Observer observer) { observer_ = std::move(observer); }

  /// Sessions (each once) that have pushes waiting because of others' commands, in order.
  std::vector<Session*> take_woken() { return std::exchange(woken_, {}); }

  /// The commands that turn the state before the last calls into the one after them, as RESP:
  /// deadlines are absolute, scripts are replaced by their effects, and several commands of one
  /// step are wrapped in MULTI and EXEC. Empty unless `keeps_log`.
  std::string take_log() { return std::exchange(log_, {}); }
  bool has_log() const { return !log_.empty(); }
  /// From now on, for an append-only file or replicas.
  void keep_log() { keeps_log_ = true; }

  /// Counts the changes that commands made: a snapshot is due when it has moved.
  std::uint64_t changes() const { return changes_; }

  /// Microseconds by which TIME moved on inside the last script: every redis.call takes one.
  std::int64_t script_time_us() const { return script_us_; }

  const std::map<std::string, Entry, std::less<>>& keys() const { return keys_; }
  const Config& config() const { return config_; }

  // For loading (persistence.hpp)

  /// Runs a logged command: nothing expires, nothing is logged or announced.
  Reply replay(Session& session, const Words& words, std::int64_t now_us);
  /// Drops the keys whose deadline passed while the server was down and tells the observer of
  /// those that are left, with `ChangeCause::restart`.
  void finish_loading(std::int64_t now_us);

  // Replication (commands_replication.cpp). A replica changes by `replay` alone. It hides dead keys
  // but keeps them, until its master deletes them; its observer hears nothing, for it grants
  // nothing: what it has is announced with `ChangeCause::restart` when it becomes a master.

  ReplicationState& replication() { return replication_; }
  const ReplicationState& replication() const { return replication_; }
  void follow(const std::string& host, std::int64_t port);
  void follow_nobody();
  /// Empties a replica, before it loads its master's snapshot.
  void forget_everything();
  bool refuses_writes_as_replica() const;
  /// True while writes are refused for want of replicas that keep up (min-replicas-to-write).
  bool lacks_replicas() const;

  // For commands (commands_*.cpp)

  /// A live key for reading; null when there is none. A dead one is removed on the way.
  Entry* read(std::string_view key);
  /// A live key about to be changed; `changed`, `create` or `remove` must follow for that key
  /// before the next `modify`, if anything does change.
  Entry* modify(const std::string& key);
  /// Adds a key that `modify` did not find. `changed` must follow once it is complete.
  Entry& create(const std::string& key, Value value);
  /// The entry is in its new state now.
  void changed(const std::string& key, Entry& entry);
  /// Removes a key that `modify` found.
  void remove(const std::string& key) { erase(key, ChangeCause::command); }
  void set_deadline(Entry& entry, std::int64_t expires_ms);
  /// Announces a keyspace event to whom it may interest.
  void announce(Event kind, std::string_view event, std::string_view key);
  void flush_all();
  /// What the log, where there is one, gets instead of the command itself.
  template <class... Word>
  void log_as(const Word&... words) {
    if (keeps_log_) logged_as_ = redis::words(words...);
  }

  /// Wall clock in ms by which keys are dead or alive: stands still during one command or script.
  std::int64_t expiry_clock_ms() const { return now_us_ / 1000; }
  /// Wall clock that moves on within a script, as TIME and new deadlines see it.
  std::int64_t clock_us() const { return now_us_ + script_us_; }
  std::int64_t clock_ms() const { return clock_us() / 1000; }
  /// True when a key with this deadline must not be created any more.
  bool too_late(std::int64_t expires_ms) const { return !loading_ && expires_ms <= clock_ms(); }

  Config& config() { return config_; }
  Subscriptions& subscriptions() { return subscriptions_; }
  void wake(Session& session);

  // Transactions (commands_transaction.cpp)
  void watch(Session& session, const std::string& key);
  void unwatch(Session& session);
  void discard(Session& session);
  Reply exec(Session& session);

  // Scripts (commands_script.cpp)
  tl::expected<const Script*, Reply> load_script(const std::string& text);
  const Script* known_script(const std::string& sha) const;
  void forget_scripts() { scripts_.clear(); }
  ScriptRandom& script_random() { return *script_random_; }
  Reply run_script(Session& session, const Script& script, const Words& words);
  Reply call_from_script(Session& session, const Script& script, const Words& words);

 private:
  using Keys = std::map<std::string, Entry, std::less<>>;

  // dispatch.cpp
  Reply dispatch(Session& session, const Words& words);
  std::optional<Reply> refuse(Session& session, const Command* command, const Words& words);
  Reply run(Session& session, const Command& command, const Words& words);
  void flush_effects();

  bool dead(const Entry& entry) const {
    return entry.expires_ms != forever && !loading_ && entry.expires_ms < expiry_clock_ms();
  }
  Keys::iterator find_live(std::string_view key);
  void erase(const std::string& key, ChangeCause cause);
  void expire(const std::string& key);
  void touch_watchers(std::string_view key);
  void tell(const std::string& key, const Entry* before, const Entry* after, ChangeCause cause);

  // eviction.cpp
  void note_use(Entry& entry);
  void charge(const std::string& key, Entry& entry);
  void charge_all();
  bool make_room();
  const std::string* choose_victim();

  Config config_;
  Random random_;
  bool keeps_log_;
  Keys keys_;
  std::int64_t lasting_ = 0;  // keys without a deadline
  std::int64_t used_memory_ = 0;
  bool charging_ = false;  // whether used_memory_ is kept: only while there is a limit
  std::string expiry_cursor_;

  std::int64_t now_us_ = 0;
  std::int64_t script_us_ = 0;
  bool loading_ = false;
  std::uint64_t acting_session_ = 0;

  Subscriptions subscriptions_;
  std::map<std::string, std::vector<Session*>, std::less<>> watchers_;
  std::vector<Session*> woken_;

  Observer observer_;
  Entry before_;            // as `modify` found it; kept only while somebody observes
  bool was_there_ = false;  // it found one

  ReplicationState replication_;

  std::uint64_t changes_ = 0;
  std::optional<Words> logged_as_;
  std::vector<Words> effects_;
  std::string log_;

  ScriptEngine* engine_;
  std::unique_ptr<ScriptEngine> own_engine_;
  std::map<std::string, const Script*, std::less<>> scripts_;  // by SHA-1
  std::unique_ptr<ScriptRandom> script_random_;
  bool script_started_without_room_ = false;
  bool script_wrote_ = false;
};

}  // namespace lockstep::redis
