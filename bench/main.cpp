// Runs all benchmarks and says how they compare: figures of one run on one machine are ratios,
// and only ratios travel.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <string>

namespace {

class Ratios final : public benchmark::ConsoleReporter {
 public:
  Ratios() : ConsoleReporter(isatty(STDOUT_FILENO) != 0 ? OO_Defaults : OO_None) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      const auto rate = run.counters.find("items_per_second");
      if (rate == run.counters.end() || run.error_occurred) continue;
      double& best = rates_[name_of(run)];
      best = std::max(best, rate->second.value);
    }
  }

  void Finalize() override {
    std::printf("\n");
    print("ping_pong/64", "ping_pong/1");
    print("ping_pong/1000", "ping_pong/64");
    print("ping_pong/64", "bare_loop/64");
    for (const char* pairs : {"1", "64", "1000"}) {
      print(std::string("ping_pong/") + pairs, std::string("simgrid/") + pairs);
    }
    print_locks("lock/", "calm");
    print_locks("lock_paused/", "under a pause");
  }

 private:
  static std::string name_of(const Run& run) {
    const std::string& arguments = run.run_name.args;
    return run.run_name.function_name + (arguments.empty() ? "" : "/" + arguments);
  }

  void print(const std::string& one, const std::string& other) const {
    const auto a = rates_.find(one);
    const auto b = rates_.find(other);
    if (a == rates_.end() || b == rates_.end()) return;
    std::printf("%-16s = %7.2f x %-16s (%.2f and %.2f million messages a second)\n", one.c_str(),
                a->second / b->second, other.c_str(), a->second / 1e6, b->second / 1e6);
  }

  /// Runs a second of every lock, beside those of redis-setpx.
  void print_locks(const std::string& prefix, const char* how) const {
    const auto base = rates_.find(prefix + "redis-setpx");
    if (base == rates_.end()) return;
    std::printf("\nruns a second, %s; redis-setpx: %.0f\n", how, base->second);
    for (const auto& [name, rate] : rates_) {
      if (!name.starts_with(prefix)) continue;
      std::printf("  %-30s %8.0f  %5.2f x\n", name.c_str() + prefix.size(), rate,
                  rate / base->second);
    }
  }

  std::map<std::string, double> rates_;
};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 64;
  Ratios reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
}
