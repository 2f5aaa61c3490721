#pragma once
// What all tests with real servers need: processes that die with the test, directories and ports of
// their own.

#include <netinet/in.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lockstep::real {

/// 127.0.0.1. Port 0: whichever is free.
sockaddr_in loopback(std::uint16_t port);
/// A TCP port that is free on the loopback now. Throws std::runtime_error when there is none.
std::uint16_t free_port();
/// A connected TCP socket, or -1.
int connect_to(std::uint16_t port);

/// A new empty directory in the system's place for such; `name` tells people whose it is. Given to
/// `user`, unless that is empty or this process is not root.
std::string new_directory(const std::string& name, const std::string& user = {});
void remove_directory(const std::string& path);

/// The full path of a program in PATH, or where Debian keeps those of administrators; empty when it
/// is not there.
std::string program_in_path(const std::string& name);

struct Launch {
  std::vector<std::string> words;  // the program's path, or its name in PATH, first
  std::string log{};               // where its output goes; empty: nowhere
  std::string user{};              // who runs it, if this process is root
  int in = -1;                     // its standard streams, instead of the above
  int out = -1;
  std::function<void()> before_it_begins{};  // in the new process
};

/// Starts a program. It is killed when the test's process dies.
pid_t launch(Launch how);
/// Starts a program and waits for it. Gives its status as of waitpid.
int run(Launch how);
/// kill -9, and waits for it; `process` becomes -1. Nothing when it is -1.
void kill_hard(pid_t& process);
bool is_running(pid_t process);

}  // namespace lockstep::real
