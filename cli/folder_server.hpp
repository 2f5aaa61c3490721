#pragma once
// Shows a folder of results to browsers on this machine, and to nobody else.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "cli/complaint.hpp"

namespace lockstep {

/// What is answered to a path as it came over the wire ("/cell.html"): a file of the folder, or a
/// list of its files where it has no index.html. Nothing outside of the folder is ever named: no
/// "..", no link that leads out, no hidden file.
struct Served {
  unsigned status = 404;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
};
Served serve(const std::string& folder, const std::string& target);

/// Listens on 127.0.0.1. Requests that name another host are refused, so that no page of the
/// network can read the folder under a name of its own.
class FolderServer {
 public:
  /// `port` 0: any that is free.
  static Checked<FolderServer> listen(const std::string& folder, std::uint16_t port);
  FolderServer(FolderServer&&) noexcept;
  ~FolderServer();

  std::string url() const;  // "http://127.0.0.1:40123/"
  /// Answers until SIGINT or SIGTERM, or until stop().
  void run();
  void stop();  // may be called by another thread

 private:
  struct Open;
  explicit FolderServer(std::unique_ptr<Open> open);
  std::unique_ptr<Open> open_;
};

}  // namespace lockstep
