#include "tests/real/process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace lockstep::real {
namespace {

void become(const std::string& name) {
  if (name.empty() || ::getuid() != 0) return;
  const passwd* user = ::getpwnam(name.c_str());
  if (user == nullptr || ::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 ||
      ::setuid(user->pw_uid) != 0) {
    ::_exit(126);
  }
}

void set_streams(const Launch& how) {
  const int nowhere = ::open("/dev/null", O_RDWR);
  const int log =
      how.log.empty() ? nowhere : ::open(how.log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(how.in >= 0 ? how.in : nowhere, 0);
  for (const int stream : {1, 2}) ::dup2(how.out >= 0 ? how.out : log, stream);
}

}  // namespace

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::uint16_t free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  const bool bound =
      ::bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(probe);
  if (!bound) throw std::runtime_error("no free port on the loopback");
  return ntohs(address.sin_port);
}

int connect_to(std::uint16_t port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(made);
    return -1;
  }
  const int on = 1;
  ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return made;
}

std::string new_directory(const std::string& name, const std::string& user) {
  std::string path = (std::filesystem::temp_directory_path() / ("lockstep-" + name + "-")).string();
  path.append(6, 'X');  // what mkdtemp replaces
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary directory");
  const passwd* owner = user.empty() || ::getuid() != 0 ? nullptr : ::getpwnam(user.c_str());
  if (owner != nullptr && ::chown(path.c_str(), owner->pw_uid, owner->pw_gid) != 0) {
    throw std::runtime_error("can't give " + path + " to the user " + user);
  }
  return path;
}

void remove_directory(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

std::string program_in_path(const std::string& name) {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(std::string(path ? path : "") + ":/usr/sbin:/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string found = folder + "/" + name;
    if (::access(found.c_str(), X_OK) == 0) return found;
  }
  return {};
}

pid_t launch(Launch how) {
  std::vector<char*> arguments;
  for (std::string& word : how.words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  become(how.user);
  set_streams(how);
  if (how.before_it_begins) how.before_it_begins();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it must not outlive a test that is killed
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

int run(Launch how) {
  int status = -1;
  const pid_t child = launch(std::move(how));
  if (::waitpid(child, &status, 0) != child) return -1;
  return status;
}

void kill_hard(pid_t& process) {
  if (process <= 0) return;
  ::kill(process, SIGKILL);
  ::waitpid(process, nullptr, 0);
  process = -1;
}

bool is_running(pid_t process) {
  return process > 0 && ::waitpid(process, nullptr, WNOHANG) == 0;
}

}  // namespace lockstep::real
