#pragma once
// A database with a clock of its own, driven by one-line commands, for tests that read as plays.

#include <cstdint>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "backends/redis/database.hpp"
#include "backends/redis/script.hpp"

namespace lockstep::redis {

class Play {
 public:
  explicit Play(DatabaseOptions options = {}) : db(prepared(std::move(options))) {}

  /// Runs the words, which are separated by single spaces.
  std::string operator()(const std::string& line) { return run(one, line); }
  std::string other(const std::string& line) { return run(two, line); }
  std::string eval(const std::string& script, const std::string& rest = "0") {
    Words words = split(rest);
    words.insert(words.begin(), {"EVAL", script});
    return describe(db.execute(one, words, now_us));
  }
  std::string run(Session& session, const std::string& line) {
    return describe(db.execute(session, split(line), now_us));
  }
  void pass_ms(std::int64_t ms) { now_us += ms * 1000; }

  static Words split(const std::string& line) {
    Words words;
    std::istringstream in(line);
    for (std::string word; std::getline(in, word, ' ');) words.push_back(word);
    return words;
  }

  ScriptEngine engine;
  std::int64_t now_us = 1'700'000'000'000'000;
  Database db;
  Session one{1};
  Session two{2};

 private:
  DatabaseOptions prepared(DatabaseOptions options) {
    options.engine = &engine;
    return options;
  }
};

inline const std::string compare_and_delete =
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) "
    "else return 0 end";

}  // namespace lockstep::redis
