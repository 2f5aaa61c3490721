#pragma once
// Our typed requests in the JSON of etcd's gateway, and both servers' answers as one short text.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "backends/etcd/messages.hpp"

namespace lockstep::etcd {

/// "kv/txn", "lease/grant", ...
std::string path_of(const Request& request);
nlohmann::json json_of(const Request& request);

/// "rev 3: put; k=v c2 m3 v2", "lease 7 ttl 5 s", or the error in etcd's words.
std::string told(const Response& response, const Request& request);
std::string told(const nlohmann::json& answer, const Request& request);
/// The events of an answer to a watch: "put k=v c2 m3 v2", "delete k m4"; or "compacted 5". How
/// many of them come in one answer neither of the two promises.
std::vector<std::string> told_events(const Response& batch);
std::vector<std::string> told_events(const nlohmann::json& batch);

std::string to_base64(const std::string& bytes);
std::string from_base64(const std::string& text);

}  // namespace lockstep::etcd
