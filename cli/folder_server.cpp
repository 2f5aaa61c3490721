// The one file that knows Boost.Beast, which is slow to compile.
#include "cli/folder_server.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

#include "reports/html.hpp"

namespace lockstep {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace fs = std::filesystem;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// The path of a target, with %41 read as A; nothing when it is no path.
std::optional<std::string> path_in(const std::string& target) {
  const std::string raw = target.substr(0, target.find_first_of("?#"));
  if (!raw.starts_with('/')) return std::nullopt;
  std::string path;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '%') {
      path += raw[i];
      continue;
    }
    const int high = i + 2 < raw.size() ? digit(raw[i + 1]) : -1;
    const int low = i + 2 < raw.size() ? digit(raw[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    path += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return path;
}

/// Every part of the path is a plain name: not hidden, not "..", of no other sort of separator.
bool plain_names(const std::string& path) {
  if (path.find('\0') != std::string::npos || path.find('\\') != std::string::npos) return false;
  std::istringstream parts(path);
  for (std::string part; std::getline(parts, part, '/');) {
    if (part.starts_with('.')) return false;
  }
  return true;
}

/// Is it in the folder once all links are followed?
bool inside(const fs::path& folder, const fs::path& file) {
  std::error_code problem;
  const fs::path root = fs::canonical(folder, problem);
  if (problem) return false;
  const fs::path real = fs::canonical(file, problem);
  if (problem) return false;
  return std::mismatch(root.begin(), root.end(), real.begin(), real.end()).first == root.end();
}

std::string type_of(const fs::path& file) {
  const std::string ending = file.extension().string();
  if (ending == ".html") return "text/html; charset=utf-8";
  if (ending == ".json") return "application/json";
  if (ending == ".svg") return "image/svg+xml";
  if (ending == ".png") return "image/png";
  if (ending == ".pb") return "application/octet-stream";
  return "text/plain; charset=utf-8";
}

std::string list_of(const fs::path& folder, const std::string& path) {
  std::vector<std::string> names;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(folder, problem)) {
    std::string name = entry.path().filename().string();
    if (name.starts_with('.')) continue;
    if (entry.is_directory(problem)) name += '/';
    names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta "
      "name=\"color-scheme\" "
      "content=\"light dark\"><title>{0}</title></head>\n<body><h1>{0}</h1>\n<ul>\n",
      reports::escaped(path));
  for (const std::string& name : names) {
    std::string link;
    for (const char c : name) {
      const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' ||
                         c == '_' || c == '/';
      link += plain ? std::string(1, c)
                    : fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    page += fmt::format("<li><a href=\"{}\">{}</a></li>\n", link, reports::escaped(name));
  }
  return page + "</ul></body></html>\n";
}

Response response_to(const Request& request, const std::string& folder, const std::string& host) {
  Response response;
  response.version(request.version());
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Cross-Origin-Resource-Policy", "same-origin");
  response.keep_alive(request.keep_alive());
  const auto asked = std::string(request[http::field::host]);
  const std::string port = host.substr(host.find(':'));
  Served served{405, "text/plain; charset=utf-8", "only GET and HEAD\n"};
  if (asked != host && asked != "localhost" + port) {
    served = {403, served.type, "this is served to " + host + " alone\n"};
  } else if (request.method() == http::verb::get || request.method() == http::verb::head) {
    served = serve(folder, std::string(request.target()));
  }
  response.result(served.status);
  response.set(http::field::content_type, served.type);
  response.body() = std::move(served.body);
  response.prepare_payload();
  if (request.method() == http::verb::head) response.body().clear();
  return response;
}

/// One connection: request, answer, and again, until the other side goes or says nothing more.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, std::string folder, std::string host)
      : stream_(std::move(socket)), folder_(std::move(folder)), host_(std::move(host)) {}

  void read() {
    request_ = {};
    stream_.expires_after(std::chrono::seconds(30));
    http::async_read(stream_, buffer_, request_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       if (!error) self->answer();
                     });
  }

 private:
  void answer() {
    response_ = response_to(request_, folder_, host_);
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                        if (!error && self->response_.keep_alive()) self->read();
                      });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::string folder_;
  std::string host_;
  Request request_;
  Response response_;
};

}  // namespace

Served serve(const std::string& folder, const std::string& target) {
  const auto path = path_in(target);
  if (!path) return {400, "text/plain; charset=utf-8", "this is no path\n"};
  const Served absent{404, "text/plain; charset=utf-8", "there is no such file\n"};
  if (!plain_names(*path)) return absent;
  fs::path file = fs::path(folder) / path->substr(1);
  if (!inside(folder, file)) return absent;
  std::error_code problem;
  if (fs::is_directory(file, problem)) {
    if (!path->ends_with('/')) return absent;
    const fs::path index = file / "index.html";
    if (!fs::exists(index, problem)) return {200, "text/html; charset=utf-8", list_of(file, *path)};
    if (!inside(folder, index)) return absent;
    file = index;
  }
  if (!fs::is_regular_file(file, problem)) return absent;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return absent;
  std::ostringstream content;
  content << stream.rdbuf();
  return {200, type_of(file), content.str()};
}

struct FolderServer::Open {
  Open(std::string folder_, tcp::endpoint at)
      : folder(std::move(folder_)), acceptor(context, at), signals(context, SIGINT, SIGTERM) {}

  void accept() {
    acceptor.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (!error) std::make_shared<Session>(std::move(socket), folder, host())->read();
      if (acceptor.is_open()) accept();
    });
  }
  std::string host() const { return fmt::format("127.0.0.1:{}", acceptor.local_endpoint().port()); }

  std::string folder;
  asio::io_context context{1};
  tcp::acceptor acceptor;
  asio::signal_set signals;
};

FolderServer::FolderServer(std::unique_ptr<Open> open) : open_(std::move(open)) {}
FolderServer::FolderServer(FolderServer&&) noexcept = default;
FolderServer::~FolderServer() = default;

Checked<FolderServer> FolderServer::listen(const std::string& folder, std::uint16_t port) {
  try {
    const tcp::endpoint here(asio::ip::address_v4::loopback(), port);
    return FolderServer(std::make_unique<Open>(folder, here));
  } catch (const boost::system::system_error& error) {
    return complain({ExitCode::usage,
                     fmt::format("port {} can't be listened on: {}", port, error.code().message()),
                     fmt::format("--port {}", port),
                     {},
                     "without --port, any that is free is taken"});
  }
}

std::string FolderServer::url() const {
  return "http://" + open_->host() + "/";
}

void FolderServer::run() {
  open_->signals.async_wait([this](beast::error_code error, int) {
    if (!error) open_->context.stop();
  });
  open_->accept();
  open_->context.run();
}

void FolderServer::stop() {
  open_->context.stop();
}

}  // namespace lockstep
