// open: serves a folder to this machine, and nothing beside it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "cli/folder_server.hpp"
#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class OpenFolder : public ScratchFolder {
 protected:
  OpenFolder() {
    std::filesystem::create_directories(path("served/deep"));
    file("served/timeline.html", "<p>the run");
    file("served/deep/scenario.toml", "seed = 1");
    file("served/.hidden", "hidden");
    file("secret.txt", "secret");
    std::filesystem::create_symlink(path("secret.txt"), path("served/link.txt"));
  }
  Served get(const std::string& target) const { return serve(path("served"), target); }
};

/// Sends these bytes to a server on this machine and reads until it closes.
std::string exchanged(std::uint16_t port, const std::string& request) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 &&
      ::send(socket, request.data(), request.size(), 0) >= 0) {
    char buffer[4096];
    for (ssize_t n = 0; (n = ::recv(socket, buffer, sizeof buffer, 0)) > 0;) {
      answer.append(buffer, static_cast<std::size_t>(n));
    }
  }
  ::close(socket);
  return answer;
}

TEST_F(OpenFolder, ServesItsFilesByTheirKind) {
  EXPECT_EQ(get("/timeline.html").body, "<p>the run");
  EXPECT_THAT(get("/timeline.html?x#y").type, StartsWith("text/html"));
  EXPECT_EQ(get("/deep/scenario%2etoml").body, "seed = 1");
  EXPECT_EQ(get("/absent.html").status, 404u);
}

TEST_F(OpenFolder, ListsWhatIsThereWhereThereIsNoIndex) {
  EXPECT_THAT(get("/").body, HasSubstr("href=\"timeline.html\""));
  EXPECT_THAT(get("/").body, Not(HasSubstr("hidden")));
  file("served/index.html", "mine");
  EXPECT_EQ(get("/").body, "mine");
}

TEST_F(OpenFolder, NothingOutsideOfTheFolderIsNamedByAnyPath) {
  for (const char* target :
       {"/../secret.txt", "/%2e%2e/secret.txt", "/deep/../../secret.txt", "/..%2fsecret.txt",
        "//../secret.txt", "/deep/%2e%2e%2f%2e%2e%2fsecret.txt", "/link.txt", "/.hidden",
        "/..\\secret.txt", "/timeline.html%00", "/%", "/%zz", "secret.txt", ""}) {
    const Served served = get(target);
    EXPECT_GE(served.status, 400u) << target;
    EXPECT_THAT(served.body, Not(HasSubstr("secret"))) << target;
  }
  EXPECT_GE(get(path("secret.txt")).status, 400u);
}

TEST_F(OpenFolder, ListensOnLoopbackAndAnswersItsOwnNameAlone) {
  auto server = FolderServer::listen(path("served"), 0);
  ASSERT_TRUE(server.has_value());
  const std::string url = server->url();
  ASSERT_THAT(url, StartsWith("http://127.0.0.1:"));
  const std::string host = url.substr(7, url.size() - 8);
  const auto port = static_cast<std::uint16_t>(std::stoi(host.substr(host.find(':') + 1)));
  std::thread serving([&] { server->run(); });
  const auto ask = [&](const std::string& method, const std::string& target,
                       const std::string& name) {
    return exchanged(port, method + " " + target + " HTTP/1.1\r\nHost: " + name +
                               "\r\nConnection: close\r\n\r\n");
  };
  EXPECT_THAT(ask("GET", "/timeline.html", host), HasSubstr("<p>the run"));
  EXPECT_THAT(ask("GET", "/timeline.html", "evil.example"), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(ask("POST", "/timeline.html", host), StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(ask("GET", "/../secret.txt", host), StartsWith("HTTP/1.1 404"));
  server->stop();
  serving.join();
}

TEST_F(OpenFolder, AFolderThatIsNotThereIsAnError) {
  EXPECT_EQ(lockstep_with({"open", path("absent")}).code, ExitCode::bad_file);
}

}  // namespace
}  // namespace lockstep
