#include "backends/zookeeper/data.hpp"

#include <fmt/format.h>

#include <utility>

namespace lockstep::zookeeper {

std::string_view name_of(Code code) {
  switch (code) {
    case Code::ok: return "ok";
    case Code::runtime_inconsistency: return "RuntimeInconsistency";
    case Code::bad_arguments: return "BadArguments";
    case Code::no_node: return "NoNode";
    case Code::bad_version: return "BadVersion";
    case Code::no_children_for_ephemerals: return "NoChildrenForEphemerals";
    case Code::node_exists: return "NodeExists";
    case Code::not_empty: return "NotEmpty";
    case Code::session_expired: return "SessionExpired";
    case Code::session_moved: return "SessionMoved";
  }
  return "?";
}

std::string_view name_of(Action action) {
  switch (action) {
    case Action::create: return "create";
    case Action::erase: return "delete";
    case Action::set: return "setData";
    case Action::check: return "check";
    case Action::exists: return "exists";
    case Action::get: return "getData";
    case Action::children: return "getChildren";
    case Action::sync: return "sync";
  }
  return "?";
}

void Operation::fold(Digest& digest) const {
  digest.fold(static_cast<std::uint64_t>(action) << 3 | static_cast<std::uint64_t>(ephemeral) << 2 |
              static_cast<std::uint64_t>(sequential) << 1 | static_cast<std::uint64_t>(watch));
  digest.fold(std::string_view(path));
  digest.fold(std::string_view(data));
  digest.fold(static_cast<std::uint64_t>(static_cast<std::uint32_t>(version)));
}

std::string Operation::describe() const {
  std::string line = fmt::format("{} {}", name_of(action), path);
  if (!data.empty()) line += fmt::format(" \"{}\"", data);
  if (ephemeral) line += " ephemeral";
  if (sequential) line += " sequential";
  if (version != any_version) line += fmt::format(" version {}", version);
  if (watch) line += " (watch)";
  return line;
}

void Answer::fold(Digest& digest) const {
  digest.fold(static_cast<std::uint64_t>(static_cast<std::uint32_t>(code)));
  digest.fold(std::string_view(path));
  digest.fold(std::string_view(data));
  digest.fold(stat.czxid);
  digest.fold(stat.mzxid);
  digest.fold(stat.pzxid);
  digest.fold(static_cast<std::uint64_t>(static_cast<std::uint32_t>(stat.version)) << 32 |
              static_cast<std::uint32_t>(stat.cversion));
  digest.fold(static_cast<std::uint64_t>(children.size()));
  for (const std::string& child : children) digest.fold(std::string_view(child));
}

std::string Answer::describe() const {
  if (code != Code::ok) return std::string(name_of(code));
  std::string line = "ok";
  if (!path.empty()) line += " " + path;
  if (stat.czxid != 0) line += fmt::format(" czxid 0x{:x}", stat.czxid);
  if (!data.empty()) line += fmt::format(" \"{}\"", data);
  if (!children.empty()) line += fmt::format(" [{}]", fmt::join(children, ", "));
  return line;
}

Operation create(std::string path, std::string data, bool ephemeral, bool sequential) {
  Operation operation{Action::create, std::move(path), std::move(data)};
  operation.ephemeral = ephemeral;
  operation.sequential = sequential;
  return operation;
}
Operation erase(std::string path, std::int32_t version) {
  return {Action::erase, std::move(path), {}, version};
}
Operation set(std::string path, std::string data, std::int32_t version) {
  return {Action::set, std::move(path), std::move(data), version};
}
Operation check(std::string path, std::int32_t version) {
  return {Action::check, std::move(path), {}, version};
}
Operation exists(std::string path) {
  return {Action::exists, std::move(path)};
}
Operation get(std::string path) {
  return {Action::get, std::move(path)};
}
Operation children(std::string path) {
  return {Action::children, std::move(path)};
}
Operation sync(std::string path) {
  return {Action::sync, std::move(path)};
}

std::string parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == 0 || slash == std::string_view::npos ? "/" : path.substr(0, slash));
}

std::string_view name_in(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace lockstep::zookeeper
