#pragma once
// A simulated disk: what survives the loss of power is what was synced, and luck.

#include <map>
#include <string>
#include <vector>

#include "core/env.hpp"

namespace lockstep::sim {

/// Writes are kept in order; on power loss a prefix of the unsynced ones survives, and the first
/// one after that prefix may survive in part (torn), unless it is a replacement, which is atomic.
class SimDisk final : public Disk {
 public:
  SimDisk(Env& env, Random random)
      : env_(env), latencies_(random.fork(1)), losses_(random.fork(2)) {}

  Task<Result<std::string>> read(std::string file) override;
  Task<Result<void>> append(std::string file, std::string bytes) override;
  Task<Result<void>> replace(std::string file, std::string bytes) override;
  Task<Result<void>> sync(std::string file) override;
  std::size_t size(const std::string& file) const override;

  void reseed(Random random) {
    latencies_ = random.fork(1);
    losses_ = random.fork(2);
  }

  /// The machine lost power.
  void lose_unsynced();
  /// The machine lost its disk, or the state on it was wiped.
  void wipe() { files_.clear(); }

 private:
  struct Write {
    std::string bytes;
    bool replaces = false;
    std::uint64_t number = 0;
  };
  struct File {
    std::string durable;
    std::vector<Write> unsynced;
    std::size_t size = 0;

    std::string content() const;
  };
  void write(const std::string& file, std::string bytes, bool replaces);
  static void apply(std::string& content, const Write& write);
  void settle(File& file, std::size_t writes);

  Env& env_;
  Random latencies_;
  Random losses_;
  std::uint64_t writes_ = 0;  // ever made to this disk
  std::map<std::string, File> files_;
};

}  // namespace lockstep::sim
