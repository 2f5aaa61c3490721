// A file descriptor that may have nothing more for now, and lines that may have no end yet.
#include "cli/follow.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "cli/interrupt.hpp"
#include "formats/history_jsonl.hpp"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds tick{20};

class Source {
 public:
  explicit Source(const std::string& file)
      : descriptor_(file == "-" ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status{};
    grows_ = is_open() && ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  ~Source() {
    if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
  }

  bool is_open() const { return descriptor_ >= 0; }
  /// A regular file: its end may not be the last.
  bool grows() const { return grows_; }
  bool ended() const { return ended_; }

  /// What there is now, perhaps nothing. Waits a tick where there is none.
  std::string some() {
    pollfd wanted{.fd = descriptor_, .events = POLLIN, .revents = 0};
    if (!grows_ && ::poll(&wanted, 1, static_cast<int>(tick.count())) <= 0) return {};
    std::string chunk(std::size_t{1} << 20, '\0');
    const ssize_t count = ::read(descriptor_, chunk.data(), chunk.size());
    chunk.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    if (count < 0 && errno == EINTR) return {};
    if (count <= 0 && !grows_) ended_ = true;
    if (count <= 0 && grows_) std::this_thread::sleep_for(tick);
    return chunk;
  }

 private:
  int descriptor_;
  bool grows_ = false;
  bool ended_ = false;
};

class Follower {
 public:
  Follower(const Follow& follow, const FirstViolation& first_violation)
      : follow_(follow), first_violation_(first_violation), source_(follow.file) {}

  Checked<HistoryFile> run() {
    if (!source_.is_open()) {
      return bad_file(follow_.file, {},
                      {whole_file, fmt::format("it can't be opened: {}", std::strerror(errno))});
    }
    Clock::time_point written = Clock::now();
    while (true) {
      const std::string chunk = source_.some();
      if (!chunk.empty()) written = Clock::now();
      if (const Checked<void> taken = take(chunk); !taken) return complain(taken.error());
      const bool quiet =
          source_.grows() && follow_.quiet && Clock::now() - written >= *follow_.quiet;
      const bool over = source_.ended() || quiet || interrupt_.flag().load();
      if (over && source_.ended() && !rest_.empty()) {
        if (const Checked<void> taken = take("\n"); !taken) return complain(taken.error());
      }
      if (unjudged_ && (over || Clock::now() >= next_)) {
        const Checked<bool> violated = judge();
        if (!violated) return complain(violated.error());
        if (*violated) return std::move(lines_.file());
      }
      if (!over) continue;
      if (lines_.file().history.empty()) {
        return bad_file(follow_.file, {}, {whole_file, "there is no operation in this history"});
      }
      return std::move(lines_.file());
    }
  }

 private:
  /// The lines that are whole now.
  Checked<void> take(std::string_view chunk) {
    rest_ += chunk;
    std::size_t begin = 0;
    for (std::size_t end = rest_.find('\n'); end != std::string::npos;
         end = rest_.find('\n', begin)) {
      const FileResult<void> added = lines_.add(std::string_view(rest_).substr(begin, end - begin));
      if (!added) return bad_file(follow_.file, {}, with_advice(added.error()));
      begin = end + 1;
      unjudged_ = true;
    }
    rest_.erase(0, begin);
    return {};
  }

  static FileError with_advice(FileError error) {
    if (error.advice.empty()) error.advice = "only JSON Lines can be followed (--follow)";
    return error;
  }

  Checked<bool> judge() {
    const Clock::time_point begin = Clock::now();
    const Checked<std::optional<std::size_t>> events = first_violation_(lines_.file());
    if (!events) return complain(events.error());
    next_ = Clock::now() + (Clock::now() - begin);
    unjudged_ = false;
    if (!*events) return false;
    lines_.file().history.resize(**events);
    lines_.file().places.resize(**events);
    return true;
  }

  const Follow& follow_;
  const FirstViolation& first_violation_;
  Source source_;
  InterruptScope interrupt_;
  HistoryLines lines_;
  std::string rest_;  // the beginning of a line
  bool unjudged_ = false;
  Clock::time_point next_{};
};

}  // namespace

Checked<HistoryFile> follow_history(const Follow& follow, const FirstViolation& first_violation) {
  return Follower(follow, first_violation).run();
}

}  // namespace lockstep
