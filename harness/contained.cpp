#include "harness/contained.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <new>
#include <string>

#include "core/sanitized.hpp"
#include "harness/divergence.hpp"
#include "harness/packet.hpp"
#include "harness/plug_in.hpp"
#include "harness/run.hpp"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t most_output = std::uint64_t{64} << 20;  // bytes that the code may print

/// The pages that this process has mapped, in bytes.
std::uint64_t mapped_now() {
  std::uint64_t pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    unsigned long long first = 0;
    if (std::fscanf(file, "%llu", &first) == 1) pages = first;
    std::fclose(file);
  }
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

void limit(int what, std::uint64_t most) {
  rlimit limits{};
  limits.rlim_cur = most;
  limits.rlim_max = most;
  setrlimit(static_cast<__rlimit_resource>(what), &limits);
}

std::uint64_t seconds_of(const Bounds& bounds) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(bounds.processor).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 1));
}

void bind_child(const Bounds& bounds, int words) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, seconds_of(bounds));
  limit(RLIMIT_FSIZE, most_output);
  std::signal(SIGXFSZ, SIG_DFL);  // the command ignores it
  // What the code prints would come twice, and from many runs at once: only last words are kept.
  dup2(words, STDOUT_FILENO);
  dup2(words, STDERR_FILENO);
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = write(file, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

/// What the child says when its memory is used up: made while there still is some.
struct {
  int out = -1;
  std::string told;
  std::size_t enough = 0;  // bytes: with less than this to be had, the memory is used up
} last_will;

Outcome out_of_memory(const Bounds& bounds) {
  Outcome outcome;
  outcome.gave_up = fmt::format("gave up after {} MiB of memory", bounds.memory >> 20);
  return outcome;
}

void end_without_memory() {
  write_all(last_will.out, last_will.told);
  _exit(0);
}

/// Not every allocator throws: some abort, or give null to code that does not look.
void end_by(int signal) {
  const int how = PROT_READ | PROT_WRITE;
  const int what = MAP_PRIVATE | MAP_ANONYMOUS;
  if (mmap(nullptr, last_will.enough, how, what, -1, 0) == MAP_FAILED) end_without_memory();
  raise(signal);  // the handler was for once
}

[[maybe_unused]] void watch_memory(const Bounds& bounds, int out) {
  last_will = {out, packed(out_of_memory(bounds)), bounds.memory / 8};
  std::set_new_handler(end_without_memory);
  struct sigaction action{};
  action.sa_handler = end_by;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_NODEFER;
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS}) sigaction(signal, &action, nullptr);
  limit(RLIMIT_AS, mapped_now() + bounds.memory);
}

[[noreturn]] void be_the_child(const Scenario& scenario, const Bounds& bounds, RunOptions options,
                               int out, int words) {
  bind_child(bounds, words);
#if !LOCKSTEP_SANITIZED  // sanitizers map terabytes
  watch_memory(bounds, out);
#endif
  options.trace = false;
  options.event_limit = bounds.events == 0 ? default_events : bounds.events;
  Outcome outcome = run(scenario, options);
  if (outcome.failure == std::bad_alloc().what()) {
    outcome = out_of_memory(bounds);
  } else if (!options.reseed) {
    outcome.diverged = difference_between_runs(scenario, outcome, options.event_limit);
  }
  write_all(out, packed(outcome));
  _exit(0);
}

struct Child {
  pid_t id = -1;
  int in = -1;     // what it tells
  int words = -1;  // what it printed
};

/// Makes here what the first run of a process makes once. A child gets the statics as another
/// thread has them at that instant, and would wait for ever for one that is half made.
void make_what_is_made_once() {
  static const std::string made = [] {
    Scenario scenario;
    scenario.duration = 1s;
    fill_defaults(scenario);
    const Outcome outcome = run(scenario);
    return packed(outcome) + difference_between_runs(scenario, outcome, default_events);
  }();
  (void)made;
}

/// One at a time: a child that inherits the writing end of another's pipe would keep it open.
Child start_child(const Scenario& scenario, const Bounds& bounds, const RunOptions& options) {
  static std::mutex one_at_a_time;
  const std::lock_guard guard(one_at_a_time);
  make_what_is_made_once();
  std::array<int, 2> ends{-1, -1};
  Child child;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return child;
  child.words = memfd_create("lockstep-last-words", MFD_CLOEXEC);
  child.in = ends[0];
  child.id = fork();
  if (child.id == 0) be_the_child(scenario, bounds, options, ends[1], child.words);
  close(ends[1]);
  return child;
}

/// All that the child tells before it closes its end. False: the time was over.
bool listen(const Child& child, Clock::time_point until, std::string& told) {
  std::array<char, 65536> buffer{};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return false;
    pollfd ready{child.in, POLLIN, 0};
    const int polled = poll(&ready, 1, static_cast<int>(std::min<std::int64_t>(left, 1'000'000)));
    if (polled < 0 && errno == EINTR) continue;
    if (polled == 0) return false;
    const ssize_t got = read(child.in, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    told.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

/// The last line that the child printed, for a person: what an assertion had to say.
std::string last_words(int words) {
  std::string text(2048, '\0');
  const off_t length = lseek(words, 0, SEEK_END);
  const off_t from = std::max<off_t>(length - static_cast<off_t>(text.size()), 0);
  const ssize_t got = pread(words, text.data(), text.size(), from);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  text.erase(0, text.rfind('\n') + 1);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return text;
}

bool is_out_of_time(int signal) {
  return signal == SIGXCPU || signal == SIGKILL;
}

/// What became of a child that told nothing, or not all.
void explain_death(Outcome& outcome, int status, bool late, const Bounds& bounds, int words) {
  const bool signalled = WIFSIGNALED(status);
  if (late) {
    outcome.gave_up = fmt::format(
        "gave up after {} of real time: the code sleeps or waits outside of the simulation",
        to_text(bounds.patience));
  } else if (signalled && is_out_of_time(WTERMSIG(status))) {
    outcome.gave_up = fmt::format(
        "gave up after {} s of processor time: some function does not return, and so no simulated "
        "time passes",
        seconds_of(bounds));
  } else if (signalled && WTERMSIG(status) == SIGXFSZ) {
    outcome.gave_up = fmt::format("gave up after {} MiB of printed text", most_output >> 20);
  } else if (signalled) {
    outcome.failure = fmt::format("the process of the run died of {}", strsignal(WTERMSIG(status)));
  } else {
    outcome.failure =
        fmt::format("the process of the run ended with exit({})", WEXITSTATUS(status));
  }
  const std::string words_said = last_words(words);
  if (!words_said.empty() && !outcome.failure.empty()) outcome.failure += ": " + words_said;
}

struct Try {
  Outcome outcome{};
  bool out_of_time = false;
};

Try try_to_run(const Scenario& scenario, const Bounds& bounds, const RunOptions& options) {
  const Child child = start_child(scenario, bounds, options);
  if (child.id < 0) {
    Try none;
    none.outcome.scenario = scenario;
    none.outcome.failure = "no process could be made for the run";
    return none;
  }
  std::string told;
  const bool late = !listen(child, Clock::now() + bounds.patience, told);
  if (late) kill(child.id, SIGKILL);
  int status = 0;
  while (waitpid(child.id, &status, 0) < 0 && errno == EINTR) {
  }
  Try tried;
  if (!unpack(told, tried.outcome)) {
    tried.outcome = Outcome();
    explain_death(tried.outcome, status, late, bounds, child.words);
    tried.out_of_time = late || (WIFSIGNALED(status) && is_out_of_time(WTERMSIG(status)));
  }
  tried.outcome.scenario = scenario;
  close(child.in);
  close(child.words);
  return tried;
}

}  // namespace

Outcome contained_run(const Scenario& scenario, const Bounds& bounds, const RunOptions& options) {
  Try tried = try_to_run(scenario, bounds, options);
  // A child has locks, those of a plug-in's own statics among them, as another thread had them when
  // it was made, and may wait for that thread for ever. It is rare, and does not happen twice.
  if (tried.out_of_time) tried = try_to_run(scenario, bounds, options);
  return std::move(tried.outcome);
}

namespace {

RunOptions bounded(RunOptions options, const Bounds& bounds) {
  if (bounds.events != 0) options.event_limit = bounds.events;
  return options;
}

}  // namespace

Outcome run_by_origin(const Scenario& scenario, const Bounds& bounds, const RunOptions& options) {
  if (needs_plug_in(scenario)) return contained_run(scenario, bounds, options);
  return run(scenario, bounded(options, bounds));
}

Outcome watched_run(const Scenario& scenario, const RunOptions& asked, const Bounds& bounds) {
  RunOptions options = bounded(asked, bounds);
  if (!needs_plug_in(scenario)) return run(scenario, options);
  Outcome probe = contained_run(scenario, bounds, options);
  if (probe.stats.events == 0) return probe;  // it did not live to the end, and would not here
  if (options.event_limit == 0) options.event_limit = default_events;
  Outcome outcome = run(scenario, options);
  outcome.diverged = std::move(probe.diverged);
  if (outcome.diverged.empty() && outcome.digest != probe.digest) {
    outcome.diverged = "the same scenario was another run in another process";
  }
  return outcome;
}

}  // namespace lockstep
