#pragma once
// Records written by hand: a play of a few lines, in milliseconds of true time.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "checker/property.hpp"

namespace lockstep::testing {

constexpr WorldTime at_ms(std::int64_t ms) {
  return WorldTime(std::chrono::milliseconds(ms));
}

class Play {
 public:
  explicit Play(int clients = 3) {
    for (int i = 1; i <= clients; ++i) {
      record.processes.push_back("client-" + std::to_string(i));
    }
    scenario.workload = "mutex";
    record.healed_at = at_ms(60'000);
    record.ended_at = at_ms(60'001);
  }

  /// An operation; `to` below 0: it never returned.
  Play& op(std::int64_t process, std::string f, std::int64_t from, std::int64_t to, OpType type,
           std::string owner = {}, std::uint64_t token = 0) {
    return operation(process, std::move(f), lock, from, to, type, std::move(owner), token, {});
  }
  Play& operation(std::int64_t process, std::string f, std::string key, std::int64_t from,
                  std::int64_t to, OpType type, std::string owner, std::uint64_t token,
                  OpValue value) {
    Op op;
    op.time = at_ms(from);
    op.process = process;
    op.f = std::move(f);
    op.key = std::move(key);
    op.value = std::move(value);
    if (op.f == "release") op.owner = owner;
    record.history.push_back(op);
    if (to >= 0) {
      op.time = at_ms(to);
      op.type = type;
      op.owner = std::move(owner);
      op.token = token;
      record.history.push_back(op);
    }
    return *this;
  }

  /// A successful acquire (called 2 ms before) and the belief that follows. Gives the section.
  std::uint64_t believe(std::int64_t process, std::int64_t from, std::int64_t to, std::string owner,
                        std::uint64_t token = 0, BeliefEnd end = BeliefEnd::released) {
    op(process, "acquire", from - 2, from, OpType::ok, owner, token);
    Belief belief;
    belief.process = process;
    belief.lock = lock;
    belief.owner = std::move(owner);
    belief.token = token;
    belief.section = record.beliefs.size() + 1;
    belief.from = at_ms(from);
    belief.to = to < 0 ? never : at_ms(to);
    belief.end = end;
    record.beliefs.push_back(belief);
    return belief.section;
  }

  Play& service(std::int64_t at, GrantChange change, std::string owner, std::int64_t holder,
                std::int64_t by, std::string server = "redis-1") {
    record.service.push_back(
        {at_ms(at), std::move(server), lock, change, std::move(owner), holder, by});
    return *this;
  }
  Play& granted(std::int64_t at, std::string owner, std::int64_t holder) {
    return service(at, GrantChange::granted, std::move(owner), holder, holder);
  }
  Play& expired(std::int64_t at, std::string owner, std::int64_t holder) {
    return service(at, GrantChange::expired, std::move(owner), holder, -1);
  }
  Play& released(std::int64_t at, std::string owner, std::int64_t holder, std::int64_t by) {
    return service(at, GrantChange::released, std::move(owner), holder, by);
  }

  Play& reads(std::int64_t at, std::int64_t process, std::uint64_t section, std::uint64_t version,
              std::uint64_t token = 0) {
    return access(at, process, section, token, false, version, 0, true);
  }
  Play& writes(std::int64_t at, std::int64_t process, std::uint64_t section, std::uint64_t based_on,
               std::uint64_t version, std::uint64_t token = 0) {
    return access(at, process, section, token, true, version, based_on, true);
  }
  Play& refused(std::int64_t at, std::int64_t process, std::uint64_t section,
                std::uint64_t based_on, std::uint64_t token) {
    access(at, process, section, token, true, based_on, based_on, false);
    record.resource.back().access.refusal = "token is older";
    return *this;
  }
  Play& access(std::int64_t at, std::int64_t process, std::uint64_t section, std::uint64_t token,
               bool write, std::uint64_t version, std::uint64_t based_on, bool accepted) {
    ResourceEvent event;
    event.at = at_ms(at);
    event.process = process;
    event.access.resource = "counter";
    event.access.section = section;
    event.access.token = token;
    event.access.write = write;
    event.access.accepted = accepted;
    event.access.version = version;
    event.access.based_on = based_on;
    event.access.value = static_cast<std::int64_t>(write ? based_on + 1 : version);
    record.resource.push_back(event);
    return *this;
  }

  Play& fault(std::string target, std::int64_t from, std::int64_t to, std::string text) {
    FaultSpan span;
    span.fault = record.faults.size();
    span.kind = "pause";
    span.targets = {std::move(target)};
    span.text = std::move(text);
    span.from = at_ms(from);
    span.to = at_ms(to);
    record.faults.push_back(span);
    return *this;
  }

  /// Puts the history in order and judges one property.
  Verdict judge(std::string_view property) {
    settle();
    const Property* found = find_property(property);
    EXPECT_NE(found, nullptr) << property;
    EXPECT_TRUE(found->applies(judged())) << property;
    Verdict verdict = found->judge(judged());
    verdict.property = property;
    return verdict;
  }
  Case judged() const { return {scenario, record, claims, bound, needed}; }

  void settle() {
    std::stable_sort(record.history.begin(), record.history.end(),
                     [](const Op& a, const Op& b) { return a.time < b.time; });
    for (std::size_t i = 0; i < record.history.size(); ++i) {
      Op& op = record.history[i];
      op.index = static_cast<std::int64_t>(i);
      if (op.f != "acquire" || op.type != OpType::ok) continue;
      for (Belief& belief : record.beliefs) {
        const bool its = belief.owner == op.owner && belief.process == op.process;
        if (its && belief.from == op.time && belief.lock == op.key) belief.op = op.index;
      }
    }
  }

  std::string lock = "lock-1";
  Scenario scenario;
  Record record;
  Claims claims;
  Duration bound = 10s;
  std::int64_t needed = 1;  // locks at once, for a critical section
};

/// The independent verifier of a witness: it is in time order, and each piece of it is a fact of
/// the record.
inline ::testing::AssertionResult is_witnessed(const Record& record, const Verdict& verdict) {
  if (verdict.status != Status::violated) {
    return ::testing::AssertionFailure() << "not violated: " << verdict.explanation;
  }
  if (verdict.witness.empty() || !verdict.at || verdict.explanation.empty()) {
    return ::testing::AssertionFailure() << "no witness, time or explanation";
  }
  const auto name = [&](std::int64_t process) {
    return record.processes.at(static_cast<std::size_t>(process));
  };
  WorldTime last{};
  for (const Evidence& piece : verdict.witness) {
    if (piece.at < last) return ::testing::AssertionFailure() << "out of order: " << piece.text;
    last = piece.at;
    bool fact = false;
    for (const Belief& b : record.beliefs) {
      fact |= name(b.process) == piece.who && (b.from == piece.at || b.to == piece.at);
    }
    for (const ServiceEvent& e : record.service) fact |= e.server == piece.who && e.at == piece.at;
    for (const ResourceEvent& e : record.resource) {
      fact |= e.access.resource == piece.who && e.at == piece.at;
    }
    for (const FaultSpan& f : record.faults) fact |= piece.who == "nemesis" && f.from == piece.at;
    if (piece.op >= 0) {
      const Op& op = record.history.at(static_cast<std::size_t>(piece.op));
      fact = op.time == piece.at && name(op.process) == piece.who;
    }
    if (!fact) {
      return ::testing::AssertionFailure() << "no fact: " << piece.who << " " << piece.text;
    }
  }
  return ::testing::AssertionSuccess();
}

/// The demo of the whole project: client-1 reads, pauses beyond its lease, and writes over what
/// client-2 did meanwhile.
inline Play paused_holder() {
  Play play;
  play.scenario.workload = "counter";
  const auto one = play.believe(0, 1'000, 12'910, "a", 1);
  play.granted(999, "a", 0);
  play.fault("client-1", 1'500, 12'900, "client-1 paused for 11.4 s");
  play.expired(11'000, "a", 0);
  const auto two = play.believe(1, 11'100, 11'300, "b", 2);
  play.granted(11'099, "b", 1).released(11'301, "b", 1, 1);
  play.op(1, "release", 11'300, 11'302, OpType::ok, "b");
  play.op(0, "release", 12'910, 12'912, OpType::fail, "a");
  play.reads(1'100, 0, one, 0, 1).reads(11'150, 1, two, 0, 2).writes(11'200, 1, two, 0, 1, 2);
  play.writes(12'905, 0, one, 0, 2, 1);
  play.operation(1, "write", "counter", 11'199, 11'201, OpType::ok, "", 2,
                 OpValue{std::int64_t{1}});
  play.operation(0, "write", "counter", 12'902, 12'907, OpType::info, "", 1,
                 OpValue{std::int64_t{1}});
  return play;
}

}  // namespace lockstep::testing
