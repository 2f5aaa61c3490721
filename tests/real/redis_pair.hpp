#pragma once
// The simulated server and the real one side by side: every command goes to both, and what they
// answer must be equal.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backends/redis/database.hpp"
#include "backends/redis/script.hpp"
#include "backends/redis/text.hpp"
#include "tests/real/redis_process.hpp"

namespace lockstep::redis {

/// True when the replies are equal; with a tolerance, integers may differ by so much: time passes
/// between the two servers.
inline bool same(const Reply& left, const Reply& right, std::int64_t tolerance) {
  if (left.kind != right.kind) return false;
  if (left.kind == Reply::Kind::integer) {
    return left.number == right.number || std::llabs(left.number - right.number) <= tolerance;
  }
  if (left.kind != Reply::Kind::array) return left == right;
  if (left.elements.size() != right.elements.size()) return false;
  for (std::size_t i = 0; i < left.elements.size(); ++i) {
    if (!same(left.elements[i], right.elements[i], tolerance)) return false;
  }
  return true;
}

/// How far apart the answers to a command may lie.
inline std::int64_t tolerance_of(const Words& words) {
  constexpr std::int64_t margin_ms = 3000;
  const std::string name = lowercase(words[0]);
  const bool scripted = name.starts_with("eval") && words.size() > 1 &&
                        lowercase(words[1]).find("ttl") != std::string::npos;
  const bool timed =
      name == "ttl" || name == "pttl" || name == "expiretime" || name == "pexpiretime";
  return timed || scripted || name == "exec" ? margin_ms : 0;
}

class Pair {
 public:
  static constexpr std::size_t clients = 2;

  Pair() : listener_(real_.port()) {
    for (std::size_t i = 0; i < clients; ++i) {
      sessions_.push_back(std::make_unique<Session>(i + 1));
      connections_.emplace_back(real_.port());
    }
  }

  /// Both answers to one command of one client: they must be equal.
  struct Answers {
    Reply simulated;
    Reply real;
    bool agree = false;
  };
  Answers call(const Words& words, std::size_t client = 0) {
    Answers answers;
    answers.simulated = simulated_.execute(*sessions_[client], words, now_us());
    answers.real = connections_[client].call(words);
    sort_keys(answers.real);
    sort_keys(answers.simulated);
    answers.agree = same(answers.simulated, answers.real, tolerance_of(words));
    return answers;
  }

  /// Listens to all keyspace events from now on.
  void listen() {
    const Words words = {"PSUBSCRIBE", "__key*"};
    listener_.call(words);
    simulated_.execute(listening_, words, now_us());
  }
  /// What was heard since the last time: both lists must be equal.
  std::pair<std::string, std::string> heard() {
    std::string real;
    for (Reply push = listener_.call({"PING"}); push.elements[0].text != "pong";
         push = listener_.read()) {
      real += describe(push) + "\n";
    }
    std::string simulated;
    for (const Reply& push : listening_.pushes) simulated += describe(push) + "\n";
    listening_.pushes.clear();
    return {simulated, real};
  }

  /// Fails the test unless both agree. Gives the answer.
  std::string operator()(const std::string& line, std::size_t client = 0) {
    return check(split(line), client);
  }
  std::string check(const Words& words, std::size_t client = 0) {
    const Answers answers = call(words, client);
    EXPECT_TRUE(answers.agree) << words[0] << (words.size() > 1 ? " " + words[1] : "")
                               << "\n  simulated: " << describe(answers.simulated)
                               << "\n  real:      " << describe(answers.real);
    return describe(answers.real);
  }

  /// A line in words; "double quotes" hold spaces together.
  static Words split(const std::string& line) {
    Words words;
    bool quoted = false;
    bool open = false;
    for (const char c : line) {
      if (c == '"') {
        quoted = !quoted;
        if (!std::exchange(open, true)) words.emplace_back();
      } else if (c == ' ' && !quoted) {
        open = false;
      } else {
        if (!std::exchange(open, true)) words.emplace_back();
        words.back() += c;
      }
    }
    return words;
  }

 private:
  static std::int64_t now_us() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::floor<std::chrono::microseconds>(now).count();
  }
  /// KEYS lists them in no particular order; a list of keys is told by their names.
  static void sort_keys(Reply& reply) {
    const auto is_key = [](const Reply& each) { return each.text.starts_with("k"); };
    if (std::all_of(reply.elements.begin(), reply.elements.end(), is_key)) {
      std::sort(reply.elements.begin(), reply.elements.end(),
                [](const Reply& left, const Reply& right) { return left.text < right.text; });
    }
    for (Reply& element : reply.elements) sort_keys(element);
  }

  RedisProcess real_;
  std::vector<RedisConnection> connections_;
  RedisConnection listener_;
  ScriptEngine engine_;
  Database simulated_{{.engine = &engine_}};
  std::vector<std::unique_ptr<Session>> sessions_;
  Session listening_{99};
};

}  // namespace lockstep::redis
