#include "tests/real/etcd_text.hpp"

#include <fmt/format.h>

#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/binary_from_base64.hpp>
#include <boost/archive/iterators/transform_width.hpp>

namespace lockstep::etcd {
namespace {

using boost::archive::iterators::base64_from_binary;
using boost::archive::iterators::binary_from_base64;
using boost::archive::iterators::transform_width;
using nlohmann::json;

/// The gateway writes 64-bit numbers as text, and leaves zeros out.
std::int64_t number(const json& object, const char* name) {
  const auto at = object.find(name);
  if (at == object.end()) return 0;
  return at->is_string() ? std::stoll(at->get<std::string>()) : at->get<std::int64_t>();
}

std::string text(const json& object, const char* name) {
  const auto at = object.find(name);
  return at == object.end() ? std::string() : from_base64(at->get<std::string>());
}

std::string seconds(std::int64_t ttl_ms) {
  return ttl_ms < 0 ? "-1" : std::to_string(ttl_ms / 1'000);
}

std::string kv_text(const KeyValue& kv) {
  return fmt::format("{}={} c{} m{} v{}{}", kv.key, kv.value, kv.create_revision, kv.mod_revision,
                     kv.version, kv.lease == 0 ? "" : fmt::format(" lease {}", kv.lease));
}

KeyValue kv_of(const json& object) {
  KeyValue kv;
  kv.key = text(object, "key");
  kv.value = text(object, "value");
  kv.create_revision = number(object, "create_revision");
  kv.mod_revision = number(object, "mod_revision");
  kv.version = number(object, "version");
  kv.lease = number(object, "lease");
  return kv;
}

json json_of(const KeySpan& span) {
  json object{{"key", to_base64(span.key)}};
  if (!span.end.empty()) object["range_end"] = to_base64(span.end);
  return object;
}

json json_of(const Range& range) {
  json object = json_of(range.span);
  if (range.order != Order::by_key) {
    object["sort_target"] = "CREATE";
    object["sort_order"] = range.order == Order::first_created ? "ASCEND" : "DESCEND";
  }
  if (range.limit > 0) object["limit"] = range.limit;
  if (range.max_create > 0) object["max_create_revision"] = range.max_create;
  if (range.revision > 0) object["revision"] = range.revision;
  if (range.serializable) object["serializable"] = true;
  return object;
}

json json_of(const Operation& operation) {
  if (const auto* range = std::get_if<Range>(&operation))
    return {{"requestRange", json_of(*range)}};
  if (const auto* erase = std::get_if<Delete>(&operation)) {
    return {{"requestDeleteRange", json_of(erase->span)}};
  }
  const Put& put = std::get<Put>(operation);
  return {{"requestPut",
           {{"key", to_base64(put.key)}, {"value", to_base64(put.value)}, {"lease", put.lease}}}};
}

json json_of(const Compare& compare) {
  static constexpr const char* targets[] = {"CREATE", "MOD", "VERSION", "LEASE", "VALUE"};
  static constexpr const char* fields[] = {"create_revision", "mod_revision", "version", "lease",
                                           "value"};
  static constexpr const char* relations[] = {"EQUAL", "NOT_EQUAL", "LESS", "GREATER"};
  const auto target = static_cast<std::size_t>(compare.target);
  json object{{"key", to_base64(compare.key)},
              {"target", targets[target]},
              {"result", relations[static_cast<std::size_t>(compare.relation)]}};
  if (compare.target == Target::value) {
    object[fields[target]] = to_base64(compare.text);
  } else {
    object[fields[target]] = compare.number;
  }
  return object;
}

template <class T>
json list_of(const std::vector<T>& items) {
  json list = json::array();
  for (const T& item : items) list.push_back(json_of(item));
  return list;
}

std::string range_text(const std::vector<KeyValue>& kvs, std::int64_t count) {
  std::string out = fmt::format("{} keys", count);
  for (const KeyValue& kv : kvs) out += ", " + kv_text(kv);
  return out;
}

std::string range_text(const json& range) {
  std::vector<KeyValue> kvs;
  for (const json& kv : range.value("kvs", json::array())) kvs.push_back(kv_of(kv));
  return range_text(kvs, number(range, "count"));
}

std::string result_text(const json& response) {
  if (response.contains("response_put")) return "put";
  if (response.contains("response_delete_range")) {
    return fmt::format("deleted {}", number(response["response_delete_range"], "deleted"));
  }
  return range_text(response.value("response_range", json::object()));
}

std::string result_text(const OperationResult& result, const Operation& operation) {
  if (std::holds_alternative<Put>(operation)) return "put";
  if (std::holds_alternative<Delete>(operation)) return fmt::format("deleted {}", result.count);
  return range_text(result.kvs, result.count);
}

std::string txn_text(const Response& response, const Txn& txn) {
  const auto& operations = response.succeeded ? txn.success : txn.failure;
  std::string out =
      fmt::format("rev {} {}", response.revision, response.succeeded ? "succeeded" : "failed");
  for (std::size_t i = 0; i < response.results.size(); ++i) {
    out += "; " + result_text(response.results[i], operations[i]);
  }
  return out;
}

std::string txn_text(const json& answer) {
  std::string out = fmt::format("rev {} {}", number(answer["header"], "revision"),
                                answer.value("succeeded", false) ? "succeeded" : "failed");
  for (const json& one : answer.value("responses", json::array())) out += "; " + result_text(one);
  return out;
}

std::string event_text(bool deleted, const KeyValue& kv) {
  return deleted ? fmt::format("delete {} m{}", kv.key, kv.mod_revision) : "put " + kv_text(kv);
}

}  // namespace

std::string path_of(const Request& request) {
  struct {
    std::string operator()(const Txn&) { return "kv/txn"; }
    std::string operator()(const Range&) { return "kv/range"; }
    std::string operator()(const LeaseGrant&) { return "lease/grant"; }
    std::string operator()(const LeaseRevoke&) { return "lease/revoke"; }
    std::string operator()(const LeaseCheckpoint&) { return {}; }
    std::string operator()(const Compact&) { return "kv/compaction"; }
    std::string operator()(const LeaseKeepAlive&) { return "lease/keepalive"; }
    std::string operator()(const LeaseTimeToLive&) { return "lease/timetolive"; }
    std::string operator()(const WatchCreate&) { return "watch"; }
  } path;
  return std::visit(path, request.body);
}

json json_of(const Request& request) {
  struct {
    json operator()(const Txn& txn) {
      return {{"compare", list_of(txn.compares)},
              {"success", list_of(txn.success)},
              {"failure", list_of(txn.failure)}};
    }
    json operator()(const Range& range) { return json_of(range); }
    json operator()(const LeaseGrant& grant) {
      return {{"ID", grant.id}, {"TTL", grant.ttl_ms / 1'000}};
    }
    json operator()(const LeaseRevoke& revoke) { return {{"ID", revoke.id}}; }
    json operator()(const LeaseCheckpoint&) { return {}; }
    json operator()(const Compact& compact) { return {{"revision", compact.revision}}; }
    json operator()(const LeaseKeepAlive& renewal) { return {{"ID", renewal.id}}; }
    json operator()(const LeaseTimeToLive& question) { return {{"ID", question.id}}; }
    json operator()(const WatchCreate& watch) {
      json create = json_of(watch.span);
      create["start_revision"] = watch.start;
      return {{"create_request", create}};
    }
  } body;
  return std::visit(body, request.body);
}

std::string told(const Response& response, const Request& request) {
  if (response.status != Status::ok) return std::string(name_of(response.status));
  if (const auto* txn = std::get_if<Txn>(&request.body)) return txn_text(response, *txn);
  if (std::holds_alternative<Range>(request.body)) {
    return range_text(response.results.front().kvs, response.results.front().count);
  }
  if (std::holds_alternative<LeaseRevoke>(request.body)) {
    return fmt::format("revoked, rev {}", response.revision);
  }
  if (std::holds_alternative<Compact>(request.body)) return "compacted";
  return "ttl " + seconds(response.ttl_ms);
}

std::string told(const json& answer, const Request& request) {
  if (answer.contains("error")) return answer["error"].get<std::string>();
  if (std::holds_alternative<Txn>(request.body)) return txn_text(answer);
  if (std::holds_alternative<Range>(request.body)) return range_text(answer);
  if (std::holds_alternative<LeaseRevoke>(request.body)) {
    return fmt::format("revoked, rev {}", number(answer["header"], "revision"));
  }
  if (std::holds_alternative<Compact>(request.body)) return "compacted";
  const json& body = answer.contains("result") ? answer["result"] : answer;
  return fmt::format("ttl {}", number(body, "TTL"));
}

std::vector<std::string> told_events(const Response& batch) {
  if (batch.status == Status::compacted) {
    return {fmt::format("compacted {}", batch.compact_revision)};
  }
  std::vector<std::string> out;
  for (const Event& event : batch.events) out.push_back(event_text(event.deleted, event.kv));
  return out;
}

std::vector<std::string> told_events(const json& batch) {
  const json& result = batch["result"];
  if (result.value("canceled", false)) {
    return {fmt::format("compacted {}", number(result, "compact_revision"))};
  }
  std::vector<std::string> out;
  for (const json& event : result.value("events", json::array())) {
    out.push_back(event_text(event.value("type", "PUT") == "DELETE", kv_of(event["kv"])));
  }
  return out;
}

std::string to_base64(const std::string& bytes) {
  using Digits = base64_from_binary<transform_width<std::string::const_iterator, 6, 8>>;
  std::string text(Digits(bytes.begin()), Digits(bytes.end()));
  text.append((3 - bytes.size() % 3) % 3, '=');
  return text;
}

std::string from_base64(const std::string& text) {
  using Bytes = transform_width<binary_from_base64<std::string::const_iterator>, 8, 6>;
  const std::string digits = text.substr(0, text.find('='));
  std::string bytes(Bytes(digits.begin()), Bytes(digits.end()));
  bytes.resize(digits.size() * 6 / 8);
  return bytes;
}

}  // namespace lockstep::etcd
