#include "tests/real/zookeeper_process.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/real/jute.hpp"
#include "tests/real/process.hpp"

namespace lockstep::zookeeper {
namespace {

using jute::Reader;
using jute::Writer;
using std::chrono::milliseconds;

constexpr const char* jar = "/usr/share/java/zookeeper.jar";

// zookeeper.jute and ZooDefs.OpCode.
constexpr std::int32_t multi_code = 14;
constexpr std::int32_t ping_code = 11;
constexpr std::int32_t close_code = -11;
constexpr std::int32_t ping_xid = -2;
constexpr std::int32_t event_xid = -1;

std::int32_t code_of(Action action) {
  switch (action) {
    case Action::create: return 1;
    case Action::erase: return 2;
    case Action::exists: return 3;
    case Action::get: return 4;
    case Action::set: return 5;
    case Action::sync: return 9;
    case Action::children: return 12;
    case Action::check: return 13;
  }
  return 0;
}

void write_operation(Writer& out, const Operation& operation) {
  out.text(operation.path);
  switch (operation.action) {
    case Action::create:
      out.text(operation.data);
      out.number(1).number(31).text("world").text("anyone");  // everybody may do everything
      out.number((operation.ephemeral ? 1 : 0) | (operation.sequential ? 2 : 0));
      break;
    case Action::set: out.text(operation.data).number(operation.version); break;
    case Action::erase:
    case Action::check: out.number(operation.version); break;
    case Action::exists:
    case Action::get:
    case Action::children: out.flag(operation.watch); break;
    case Action::sync: break;
  }
}

Stat read_stat(Reader& in) {
  Stat stat;
  stat.czxid = static_cast<Zxid>(in.big_number());
  stat.mzxid = static_cast<Zxid>(in.big_number());
  in.big_number();  // ctime
  in.big_number();  // mtime
  stat.version = in.number();
  stat.cversion = in.number();
  in.number();  // aversion
  stat.ephemeral_owner = static_cast<SessionId>(in.big_number());
  in.number();  // length of the data
  stat.children = in.number();
  stat.pzxid = static_cast<Zxid>(in.big_number());
  return stat;
}

Answer read_answer(Reader& in, Action action) {
  Answer answer;
  switch (action) {
    case Action::create:
    case Action::sync: answer.path = in.text(); break;
    case Action::get: answer.data = in.text(); [[fallthrough]];
    case Action::exists:
    case Action::set: answer.stat = read_stat(in); break;
    case Action::children:
      for (std::int32_t left = in.number(); left > 0; --left) answer.children.push_back(in.text());
      answer.stat = read_stat(in);
      break;
    case Action::erase:
    case Action::check: break;
  }
  return answer;
}

/// Each part of a multi says of itself what kind it is; errors are of kind -1.
std::vector<Answer> read_multi(Reader& in, const std::vector<Operation>& operations) {
  std::vector<Answer> answers;
  for (;;) {
    const std::int32_t kind = in.number();
    const bool done = in.flag();
    in.number();  // the error, which an error's body has, too
    if (done) return answers;
    if (kind == -1) {
      answers.emplace_back().code = static_cast<Code>(in.number());
    } else {
      answers.push_back(read_answer(in, operations[answers.size()].action));
    }
  }
}

}  // namespace

ZooKeeperEnsemble::ZooKeeperEnsemble(std::size_t servers, milliseconds tick, int sync_ticks)
    : directory_(real::new_directory("zookeeper")), servers_(servers) {
  for (Server& server : servers_) {
    server.clients = real::free_port();
    server.peers = real::free_port();
    server.elections = real::free_port();
  }
  for (std::size_t i = 0; i < servers; ++i) start(i, tick, sync_ticks);
  (void)leader();
}

ZooKeeperEnsemble::~ZooKeeperEnsemble() {
  for (Server& server : servers_) real::kill_hard(server.process);
  real::remove_directory(directory_);
}

bool ZooKeeperEnsemble::installed() {
  return std::filesystem::exists(jar) && !real::program_in_path("java").empty();
}

void ZooKeeperEnsemble::start(std::size_t number, milliseconds tick, int sync_ticks) {
  Server& server = servers_[number];
  const std::string data = directory_ + "/" + std::to_string(number);
  std::filesystem::create_directory(data);
  std::ofstream(data + "/myid") << number + 1 << "\n";
  std::ofstream out(data + "/zoo.cfg");
  out << "tickTime=" << tick.count() << "\ninitLimit=20\nsyncLimit=" << sync_ticks
      << "\ndataDir=" << data << "\nclientPort=" << server.clients
      << "\nclientPortAddress=127.0.0.1\n"
      << "4lw.commands.whitelist=srvr\n";
  for (std::size_t i = 0; servers_.size() > 1 && i < servers_.size(); ++i) {
    out << "server." << i + 1 << "=127.0.0.1:" << servers_[i].peers << ":" << servers_[i].elections
        << "\n";
  }
  out.close();
  server.process = real::launch(
      {.words = {"java", "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                 "-Dzookeeper.admin.enableServer=false", "-Dzookeeper.forceSync=no", "-cp", jar,
                 "org.apache.zookeeper.server.quorum.QuorumPeerMain", data + "/zoo.cfg"},
       .log = data + "/log",
       .before_it_begins = [this] { clock_.give_to_this_process(); }});
}

std::string ZooKeeperEnsemble::command(std::size_t server, const std::string& letters) const {
  const int connection = real::connect_to(servers_[server].clients);
  if (connection < 0) return {};
  std::string text;
  (void)::send(connection, letters.data(), letters.size(), MSG_NOSIGNAL);
  for (;;) {
    pollfd ready{connection, POLLIN, 0};
    char chunk[4096];
    const ssize_t size =
        ::poll(&ready, 1, 2'000) > 0 ? ::recv(connection, chunk, sizeof chunk, 0) : 0;
    if (size <= 0) break;
    text.append(chunk, static_cast<std::size_t>(size));
  }
  ::close(connection);
  return text;
}

std::size_t ZooKeeperEnsemble::leader() const {
  // A Java machine takes its time to start, on a loaded machine all the more.
  for (int i = 0; i < 1'200; ++i) {
    for (std::size_t server = 0; server < servers_.size(); ++server) {
      const std::string said = command(server, "srvr");
      const bool leads = said.find("Mode: leader") != std::string::npos ||
                         said.find("Mode: standalone") != std::string::npos;
      if (leads) return server;
    }
    std::this_thread::sleep_for(milliseconds(50));
  }
  throw std::runtime_error("ZooKeeper does not start; see the logs in " + directory_);
}

void ZooKeeperEnsemble::pause(std::size_t server) {
  ::kill(servers_[server].process, SIGSTOP);
}

void ZooKeeperEnsemble::resume(std::size_t server) {
  ::kill(servers_[server].process, SIGCONT);
}

ZooKeeperSession::ZooKeeperSession(std::uint16_t port, milliseconds timeout,
                                   const ConnectResponse& of)
    : socket_(real::connect_to(port)) {
  if (socket_ < 0) throw ConnectionOver("can't connect to ZooKeeper");
  std::string password = of.password;
  password.resize(16);
  Writer request;
  request.number(0).big_number(0).number(static_cast<std::int32_t>(timeout.count()));
  request.big_number(static_cast<std::int64_t>(of.session)).text(password).flag(false);
  send(request.str());
  const std::string frame = receive();
  Reader in(frame);
  in.number();  // version of the protocol
  granted_.timeout = milliseconds(in.number());
  granted_.session = static_cast<SessionId>(in.big_number());
  granted_.password = in.text();
}

ZooKeeperSession::~ZooKeeperSession() {
  drop();
}

void ZooKeeperSession::drop() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void ZooKeeperSession::close() {
  Writer request;
  request.number(++last_xid_).number(close_code);
  send(request.str());
  (void)answer_to(last_xid_);
  drop();
}

void ZooKeeperSession::ping() {
  Writer request;
  request.number(ping_xid).number(ping_code);
  send(request.str());
  (void)answer_to(ping_xid);
}

Response ZooKeeperSession::call(const std::vector<Operation>& operations) {
  const bool multi = operations.size() > 1;
  Writer request;
  request.number(++last_xid_).number(multi ? multi_code : code_of(operations.front().action));
  for (const Operation& operation : operations) {
    if (multi) request.number(code_of(operation.action)).flag(false).number(-1);
    write_operation(request, operation);
  }
  if (multi) request.number(-1).flag(true).number(-1);
  send(request.str());
  const std::string frame = answer_to(last_xid_);
  Reader in(frame);
  in.number();  // xid
  Response response;
  response.xid = static_cast<std::uint64_t>(last_xid_);
  response.zxid = static_cast<Zxid>(in.big_number());
  response.code = static_cast<Code>(in.number());
  if (in.at_end()) return response;
  if (multi) {
    response.answers = read_multi(in, operations);
  } else {
    response.answers.push_back(read_answer(in, operations.front().action));
  }
  return response;
}

std::vector<Event> ZooKeeperSession::take_events() {
  // What is on its way is here once a ping has come back.
  ping();
  return std::exchange(events_, {});
}

std::string ZooKeeperSession::answer_to(std::int32_t xid) {
  for (;;) {
    std::string frame = receive();
    Reader in(frame);
    const std::int32_t got = in.number();
    if (got == xid) return frame;
    if (got != event_xid) continue;
    in.big_number();
    in.number();
    Event event;
    const std::int32_t type = in.number();
    in.number();  // state of the session
    event.path = in.text();
    event.type = static_cast<EventType>(type - 1);  // theirs begin at 1
    events_.push_back(std::move(event));
  }
}

void ZooKeeperSession::send(const std::string& body) {
  Writer frame;
  frame.text(body);
  const std::string& bytes = frame.str();
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t size = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (size <= 0) throw ConnectionOver("the connection to ZooKeeper is over");
    sent += static_cast<std::size_t>(size);
  }
}

std::string ZooKeeperSession::receive() {
  const auto take = [this](std::size_t size) {
    std::string bytes;
    while (bytes.size() < size) {
      char chunk[4096];
      const ssize_t got = ::recv(socket_, chunk, std::min(sizeof chunk, size - bytes.size()), 0);
      if (got <= 0) throw ConnectionOver("the connection to ZooKeeper is over");
      bytes.append(chunk, static_cast<std::size_t>(got));
    }
    return bytes;
  };
  const std::string length = take(4);
  return take(static_cast<std::size_t>(Reader(length).number()));
}

}  // namespace lockstep::zookeeper
