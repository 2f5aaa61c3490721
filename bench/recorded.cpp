#include "bench/recorded.hpp"

#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <map>

#include "checker/interned.hpp"
#include "checker/linearizable.hpp"
#include "core/digest.hpp"
#include "formats/detect.hpp"

namespace lockstep::bench {
namespace {

/// A map of texts as one object, whatever the keys: what partitioning saves.
struct WholeMap {
  using Texts = std::vector<std::string>;  // by the number of the key
  struct Input {
    std::uint32_t key = 0;
    std::uint32_t text = 0;
    char verb = 'g';
    friend bool operator==(const Input&, const Input&) = default;
  };
  struct State {
    std::uint32_t map = 0;
    friend bool operator==(const State&, const State&) = default;
  };

  WholeMap() { number(Texts(16)); }

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) { return state.map; }
  static bool only_looks(const Input& input) { return input.verb == 'g'; }
  bool step(State& state, const Input& input) {
    const std::string& text = parts_[input.text];
    if (input.verb == 'g') return maps_[state.map][input.key] == text;
    const std::uint32_t part = input.text * 32 + input.key * 2 + (input.verb == 'p' ? 1 : 0);
    state.map = maps_.with(state.map, part, [&](const Texts& before) {
      Texts after = before;
      std::string& changed = after[input.key];
      changed = input.verb == 'p' ? text : changed + text;
      return number(std::move(after));
    });
    return true;
  }
  std::uint32_t part(const std::string& text) {
    parts_.push_back(text);
    return static_cast<std::uint32_t>(parts_.size() - 1);
  }

 private:
  std::uint32_t number(Texts texts) {
    Digest digest;
    for (const std::string& text : texts) digest.fold(std::string_view(text));
    const std::uint64_t hash = digest.value();
    return maps_.of(std::move(texts), hash);
  }

  Interned<Texts> maps_;
  std::vector<std::string> parts_;
};

/// Of the processor: others may be busy.
double now() {
  timespec spent{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + 1e-9 * static_cast<double>(spent.tv_nsec);
}

double judged_whole(const Operations& operations, Status& status) {
  const double begin = now();
  WholeMap model;
  std::map<std::string, std::uint32_t> keys;
  std::vector<Interval<WholeMap::Input>> intervals;
  for (const Operation& one : operations) {
    const auto key =
        static_cast<std::uint32_t>(keys.try_emplace(one.key(), keys.size()).first->second);
    if (one.f() == "get" && one.outcome() != OpType::ok) continue;
    intervals.push_back({{key, model.part(to_text(one.value())), one.f()[0]}, one.call, one.ret});
  }
  status = search<WholeMap>(intervals, {.steps = ~std::uint64_t{0}}, model).status;
  return now() - begin;
}

}  // namespace

void judge_recorded(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  double logs = 0;
  std::size_t count = 0;
  std::size_t violated = 0;
  for (const auto& file : files) {
    const std::string name = file.filename().string();
    const bool log = file.extension() == ".log";
    if (!log && !(name.starts_with("c") && file.extension() == ".txt")) continue;
    const auto read = read_history_file(file);
    if (!read) {
      fmt::print("{}: {} {}\n", name, to_text(read.error().at), read.error().text);
      continue;
    }
    const Operations operations = operations_of(read->history).value();
    const Terms terms{.witness = false, .core = false};
    double best = 1e9;
    Status status{};
    for (int i = 0; i < 3; ++i) {
      const double begin = now();
      status = find_model(log ? "cas-register" : "kv")->check(operations, terms)->status;
      best = std::min(best, now() - begin);
    }
    if (log) {
      logs += best;
      ++count;
      violated += status == Status::violated ? 1 : 0;
      continue;
    }
    fmt::print("{}: {} {:.5f} s\n", name, name_of(status), best);
    if (!name.starts_with("c10")) continue;
    const double whole = judged_whole(operations, status);
    fmt::print("{} as one object: {} {:.5f} s\n", name, name_of(status), whole);
  }
  fmt::print("{} logs of etcd: {}-violated {:.5f} s\n", count, violated, logs);
}

}  // namespace lockstep::bench
