#pragma once
// Writes a run's Record: what clients did and believed, what the service granted, what the
// resource accepted, all on true time.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "core/pen.hpp"
#include "harness/quorum.hpp"
#include "harness/text_pair.hpp"
#include "nemesis/nemesis.hpp"
#include "sim/world.hpp"

namespace lockstep {

class Recorder final : public Pen, public sim::Observer {
 public:
  /// `permits`: how many may hold the lock at once.
  Recorder(sim::World& world, const Backend& backend, Record& record, std::int64_t permits = 1)
      : world_(world),
        backend_(backend),
        record_(record),
        permits_(permits),
        quorum_(backend.quorum) {
    record_.history.reserve(192);
    record_.quorum = backend.quorum;
    record_.queue_is_told = backend.interpret_queue != nullptr;
  }

  /// A client's process begins its life: it gets a number of its own, as in Jepsen.
  std::int64_t begin_process(const sim::Node& node);
  /// The server nodes, in the order of their names.
  void set_servers(const std::vector<std::string>& names, const Settings& settings);
  void set_nemesis(Nemesis* nemesis) { nemesis_ = nemesis; }
  /// From now on clients begin no new work.
  void finish() { finishing_ = true; }
  /// Called when an acquire ended in ok, with how many locks its process now believes it holds.
  void on_acquired(std::function<void(std::int64_t)> call) { on_acquired_ = std::move(call); }
  /// Ends all beliefs that are left, at the end of the run.
  void close();

  // Pen
  std::int64_t write(Op op) override;
  std::uint64_t believe(std::int64_t process, const Lease& lease, std::int64_t op) override;
  void disbelieve(std::uint64_t section) override;
  void act(std::int64_t process, std::uint64_t section, const std::string& resource) override;
  bool finishing() const override { return finishing_; }

  // Observer
  void on_note(sim::Node& node, const Note& note) override;
  void on_step(sim::Node& node, std::string_view step) override;
  void on_state(sim::Node& node) override;

 private:
  struct OpenBelief {
    NodeId node{};
    std::unique_ptr<sim::ClockWatch> deadline;
  };
  struct Section {
    std::int64_t process = -1;
    std::uint64_t number = 0;
  };

  /// What a process does in the lock's own store.
  struct Acting {
    std::uint64_t section = 0;
    std::uint64_t seen = 0;  // the version that it read or wrote last
  };

  void end_belief(std::uint64_t section, BeliefEnd end);
  void extend_belief(NodeId node, const BeliefExtended& extended);
  void resume_belief(NodeId node, const BeliefExtended& extended);
  void write_stored_read(const Op& read);
  std::int64_t locks_held_by(std::int64_t process) const;
  void watch_deadline(std::uint64_t section, const std::optional<Deadline>& until);
  std::uint64_t open_belief(NodeId node, const std::string& lock, const std::string& owner) const;
  void write_key_change(const sim::Node& server, const KeyChange& change);
  std::int64_t& holder_of(const std::string& lock, const std::string& owner);
  bool name_holder(ServiceEvent& event);
  void write_service_event(ServiceEvent&& event);
  void write_grant_change(ServiceEvent&& event);
  void write_grant(const std::string& server, const KeyChange& change, GrantNote&& grant);
  std::optional<GrantChange> count(const std::string& server, const std::string& lock,
                                   const std::string& owner, GrantChange change);
  bool told_before(const KeyChange& change);
  void hear(const std::string& server, const KeyChange& change);
  void count_again(const std::string& server);
  std::vector<ServiceEvent> kept_by(const std::string& server);
  void forget_grants(const std::string& server);
  void write_queue_change(const KeyChange& change);
  void write_access(const ResourceAccess& access);
  void write_stored_effect(const KeyChange& change);
  std::int64_t process_of(NodeId node) const;

  sim::World& world_;
  const Backend& backend_;
  Record& record_;
  std::int64_t permits_ = 1;
  Nemesis* nemesis_ = nullptr;
  bool finishing_ = false;
  std::function<void(std::int64_t)> on_acquired_;
  std::map<std::uint64_t, OpenBelief> open_;        // by section, which is the belief's place + 1
  std::map<std::uint64_t, NodeId> lapsed_;          // whose deadline passed before a release
  std::map<std::uint64_t, std::uint64_t> resumed_;  // and under which number they went on
  std::map<NodeId, std::int64_t> process_;          // of each client node, now
  std::map<std::string, std::int64_t> waiters_;     // the same, of those in a queue
  TextPairMap<std::int64_t> holders_;               // owner value and lock -> process
  std::map<std::string, std::vector<std::int64_t>> stored_;  // the value of each version, from 1
  std::map<std::pair<std::int64_t, std::string>, Acting> acting_;  // by process and resource
  std::vector<GrantNote> grants_;
  Quorum quorum_;                        // where one server's word is not enough
  std::vector<ServiceEvent> live_;       // the events that began the grants which have not ended
  std::vector<ServiceEvent> forgotten_;  // those without an owner that died with their server
  /// What members of a replicated log told, by the place in the log. Members that broke the log
  /// tell different changes at one place: all of those count.
  std::map<std::uint64_t, std::vector<KeyChange>> told_;
  std::string group_;  // one of them, in whose name all are heard: they are one service
};

}  // namespace lockstep
