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
      : follow_(follow),
        first_violation_(first_violation),
        source_(follow.file),
        stream_(follow.keys) {}

  Checked<Followed> run() {
    if (!source_.is_open()) {
      return bad_file(follow_.file, {},
                      {whole_file, fmt::format("it can't be opened: {}", std::strerror(errno))});
    }
    Clock::time_point written = Clock::now();
    while (true) {
      const std::string chunk = source_.some();
      if (!chunk.empty()) written = Clock::now();
      const bool quiet =
          source_.grows() && follow_.quiet && Clock::now() - written >= *follow_.quiet;
      const bool over = source_.ended() || quiet || interrupt_.flag().load();
      const FileResult<void> read = source_.ended() ? ended(chunk) : stream_.add(chunk);
      const bool due = !read || over || pace_.due(events(), Clock::now() - judged_at_);
      if (due && events() > judged_) {  // what stands before the line that is wrong, too
        const Checked<bool> violated = judge();
        if (!violated) return complain(violated.error());
        if (*violated) return followed();
      }
      if (!read) return bad_file(follow_.file, {}, read.error());
      if (over) return followed();
    }
  }

 private:
  std::size_t events() { return stream_.file().history.size(); }

  FileResult<void> ended(std::string_view last) {
    const FileResult<void> added = stream_.add(last);
    return added ? stream_.end() : added;
  }

  Checked<Followed> followed() {
    if (events() == 0) {
      return bad_file(follow_.file, {}, {whole_file, "there is no operation in this history"});
    }
    return Followed{std::move(stream_.file()), stream_.format().value()};
  }

  Checked<bool> judge() {
    const Clock::time_point begin = Clock::now();
    const Checked<std::optional<std::size_t>> first = first_violation_(stream_.file());
    if (!first) return complain(first.error());
    judged_at_ = Clock::now();
    judged_ = events();
    pace_ = {.events = judged_, .took = judged_at_ - begin};
    if (!*first) return false;
    stream_.file().history.resize(**first);
    stream_.file().places.resize(**first);
    return true;
  }

  const Follow& follow_;
  const FirstViolation& first_violation_;
  Source source_;
  InterruptScope interrupt_;
  HistoryStream stream_;
  std::size_t judged_ = 0;  // events
  Clock::time_point judged_at_{};
  JudgingPace pace_;
};

}  // namespace

Checked<Followed> follow_history(const Follow& follow, const FirstViolation& first_violation) {
  return Follower(follow, first_violation).run();
}

}  // namespace lockstep
