#include "tests/real/etcd_process.hpp"

#include <curl/curl.h>

#include <memory>
#include <stdexcept>
#include <string_view>

#include "tests/real/process.hpp"

namespace lockstep::etcd {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

/// Whoever takes the bytes of an answer as they come; false: no more of them.
using Receiver = std::function<bool(std::string_view)>;

std::size_t receive(char* data, std::size_t, std::size_t size, void* receiver) {
  return (*static_cast<Receiver*>(receiver))({data, size}) ? size : 0;
}

/// False: no answer, or not the whole of it.
bool exchange(const std::string& url, const std::string& body, milliseconds patience,
              Receiver receiver) {
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(patience.count()));
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &receiver);
  return curl_easy_perform(curl.get()) == CURLE_OK;
}

}  // namespace

std::string EtcdGateway::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/v3/" + path;
}

std::optional<json> EtcdGateway::post(const std::string& path, const json& body,
                                      milliseconds patience) const {
  std::string text;
  const bool whole = exchange(url(path), body.dump(), patience, [&text](std::string_view bytes) {
    text += bytes;
    return true;
  });
  if (!whole) return std::nullopt;
  return json::parse(text.substr(0, text.find('\n')), nullptr, false);
}

void EtcdGateway::stream(const std::string& path, const json& body, milliseconds patience,
                         const std::function<bool(const json&)>& line) const {
  std::string text;
  exchange(url(path), body.dump(), patience, [&](std::string_view bytes) {
    text += bytes;
    bool more = true;
    for (std::size_t end = text.find('\n'); more && end != std::string::npos;
         end = text.find('\n')) {
      more = line(json::parse(text.substr(0, end), nullptr, false));
      text.erase(0, end + 1);
    }
    return more;
  });
}

EtcdCluster::EtcdCluster(std::size_t members)
    : directory_(real::new_directory("etcd")), members_(members) {
  for (Member& member : members_) {
    member.clients = real::free_port();
    member.peers = real::free_port();
  }
  for (std::size_t i = 0; i < members; ++i) start(i);
  wait_until_ready();
}

EtcdCluster::~EtcdCluster() {
  for (Member& member : members_) real::kill_hard(member.process);
  real::remove_directory(directory_);
}

bool EtcdCluster::installed() {
  return !real::program_in_path("etcd").empty();
}

std::string EtcdCluster::peer_url(std::size_t member) const {
  return "http://127.0.0.1:" + std::to_string(members_[member].peers);
}

void EtcdCluster::start(std::size_t number) {
  std::string all;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    all += (i > 0 ? "," : "") + std::string("m") + std::to_string(i) + "=" + peer_url(i);
  }
  Member& member = members_[number];
  const std::string name = "m" + std::to_string(number);
  const std::string clients = "http://127.0.0.1:" + std::to_string(member.clients);
  member.process = real::launch(
      {.words = {"etcd", "--name", name, "--data-dir", directory_ + "/" + name,
                 "--listen-client-urls", clients, "--advertise-client-urls", clients,
                 "--listen-peer-urls", peer_url(number), "--initial-advertise-peer-urls",
                 peer_url(number), "--initial-cluster", all},
       .log = directory_ + "/" + name + ".log"});
}

void EtcdCluster::wait_until_ready() const {
  for (int i = 0; i < 600; ++i) {
    const auto answer =
        gateway(0).post("kv/range", {{"key", "aw=="}}, milliseconds(1'000));  // linearizable
    if (answer && answer->contains("header")) return;
    std::this_thread::sleep_for(milliseconds(50));
  }
  throw std::runtime_error("etcd does not start; see the logs in " + directory_);
}

std::size_t EtcdCluster::leader() const {
  for (int i = 0; i < 400; ++i) {
    for (std::size_t member = 0; member < members_.size(); ++member) {
      if (members_[member].process < 0) continue;
      const auto status = gateway(member).post("maintenance/status", json::object());
      if (!status || !status->contains("leader")) continue;
      if ((*status)["leader"] == (*status)["header"]["member_id"]) return member;
    }
    std::this_thread::sleep_for(milliseconds(50));
  }
  throw std::runtime_error("no member of the etcd cluster leads; see the logs in " + directory_);
}

void EtcdCluster::kill(std::size_t member) {
  real::kill_hard(members_[member].process);
}

void EtcdCluster::restart(std::size_t member) {
  kill(member);
  start(member);
}

}  // namespace lockstep::etcd
