#include "backends/raft/service/variant.hpp"

#include <algorithm>

namespace lockstep::raft::service {

const std::vector<Variant>& all_variants() {
  static const std::vector<Variant> all{
      {.name = "none"},
      {.name = "no-client-session",
       .machine = {.deduplicates = false, .releases_by_name = true},
       .numbers_commands = false},
      {.name = "local-read", .raft = {.stale_reads = true}},
      {.name = "read-no-noop", .raft = {.reads_before_own_term = true}},
      {.name = "lease-read", .raft = {.lease_reads = true}},
      {.name = "vote-volatile", .raft = {.vote_not_synced = true}},
      {.name = "commit-old-term", .raft = {.commits_old_terms = true}},
      {.name = "single-server-change", .raft = {.changes_before_own_term = true}},
      {.name = "two-changes-at-once", .raft = {.changes_two_at_once = true}},
      {.name = "apply-before-commit", .raft = {.replies_before_commit = true}},
      {.name = "local-expiry", .expires_locally = true},
      {.name = "no-prevote", .raft = {.no_prevote = true}},
      {.name = "snapshot-drops-sessions", .machine = {.snapshots_replies = false}},
      {.name = "even-quorum", .raft = {.even_quorum = true}},
      {.name = "sessions-leave-locks", .machine = {.frees_locks = false}},
  };
  return all;
}

const Variant& variant_named(std::string_view name) {
  const std::vector<Variant>& all = all_variants();
  const auto at = std::find_if(all.begin(), all.end(),
                               [name](const Variant& variant) { return variant.name == name; });
  return at == all.end() ? all.front() : *at;
}

std::vector<std::string_view> variant_names() {
  std::vector<std::string_view> names;
  for (const Variant& variant : all_variants()) names.push_back(variant.name);
  return names;
}

}  // namespace lockstep::raft::service
