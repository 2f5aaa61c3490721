#include "backends/etcd/messages.hpp"

#include <fmt/format.h>

#include "backends/etcd/folding.hpp"

namespace lockstep::etcd {
namespace {

constexpr std::string_view to_the_end("\0", 1);

template <class... F>
struct Cases : F... {
  using F::operator()...;
};
template <class... F>
Cases(F...) -> Cases<F...>;

std::string_view name_of(Target target) {
  switch (target) {
    case Target::create_revision: return "create";
    case Target::mod_revision: return "mod";
    case Target::version: return "version";
    case Target::lease: return "lease";
    case Target::value: return "value";
  }
  return "?";
}

std::string_view sign_of(Relation relation) {
  switch (relation) {
    case Relation::equal: return "=";
    case Relation::not_equal: return "!=";
    case Relation::less: return "<";
    case Relation::greater: return ">";
  }
  return "?";
}

std::string told(const Operation& operation) {
  return std::visit(Cases{
                        [](const Range& range) {
                          std::string text = "get " + range.span.describe();
                          if (range.max_create != 0)
                            text += fmt::format(" created<={}", range.max_create);
                          if (range.revision != 0) text += fmt::format(" at {}", range.revision);
                          if (range.serializable) text += " serializable";
                          return text;
                        },
                        [](const Put& put) {
                          std::string text = fmt::format("put {} '{}'", put.key, put.value);
                          if (put.lease != 0) text += " lease " + hex(put.lease);
                          return text;
                        },
                        [](const Delete& one) { return "delete " + one.span.describe(); },
                    },
                    operation);
}

std::string told(const std::vector<Operation>& operations) {
  std::string text;
  for (const Operation& operation : operations) {
    if (!text.empty()) text += ", ";
    text += told(operation);
  }
  return text;
}

std::string told(const Txn& txn) {
  if (txn.compares.empty()) return told(txn.success);
  std::string text = "if";
  for (const Compare& compare : txn.compares) {
    const bool of_text = compare.target == Target::value;
    text += fmt::format(" {}({}) {} {}", name_of(compare.target), compare.key,
                        sign_of(compare.relation),
                        of_text ? compare.text : std::to_string(compare.number));
  }
  text += " then " + told(txn.success);
  if (!txn.failure.empty()) text += " else " + told(txn.failure);
  return text;
}

std::string told(const KeyValue& kv) {
  return fmt::format("{}='{}' ({}/{}/{})", kv.key, kv.value, kv.create_revision, kv.mod_revision,
                     kv.version);
}

}  // namespace

std::string hex(LeaseId id) {
  return fmt::format("{:x}", static_cast<std::uint64_t>(id));
}

bool KeySpan::contains(std::string_view other) const {
  if (end.empty()) return other == key;
  return other >= key && (end == to_the_end || other < end);
}

std::string KeySpan::describe() const {
  if (end.empty()) return key;
  return fmt::format("[{}, {})", key, end == to_the_end ? std::string("end") : end);
}

KeySpan with_prefix(const std::string& prefix) {
  std::string end = prefix;
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (end.empty()) return KeySpan(prefix, std::string(to_the_end));
  end.back() = static_cast<char>(end.back() + 1);
  return KeySpan(prefix, std::move(end));
}

Request request_of(Operation operation) {
  Txn txn;
  txn.success.push_back(std::move(operation));
  return Request(std::move(txn));
}

void Request::fold(Digest& digest) const {
  fold_fields(digest, *this);
}

std::string Request::describe() const {
  return std::visit(
      Cases{
          [](const Txn& txn) { return told(txn); },
          [](const Range& range) { return told(Operation(range)); },
          [](const LeaseGrant& grant) {
            return fmt::format("lease grant {} for {} ms", hex(grant.id), grant.ttl_ms);
          },
          [](const LeaseRevoke& revoke) {
            return fmt::format("lease revoke {}{}", hex(revoke.id),
                               revoke.expired ? " (expired)" : "");
          },
          [](const LeaseCheckpoint& one) {
            return fmt::format("lease checkpoint {}: {} ms left", hex(one.id), one.left_ms);
          },
          [](const Compact& compact) { return fmt::format("compact {}", compact.revision); },
          [](const LeaseKeepAlive& one) { return "lease keep-alive " + hex(one.id); },
          [](const LeaseTimeToLive& one) { return "lease time-to-live " + hex(one.id); },
          [](const WatchCreate& watch) {
            return fmt::format("watch {} from {}", watch.span.describe(), watch.start);
          },
      },
      body);
}

std::string_view name_of(Status status) {
  switch (status) {
    case Status::ok: return "ok";
    case Status::no_leader: return "etcdserver: no leader";
    case Status::not_primary: return "not a primary lessor";
    case Status::timed_out: return "etcdserver: request timed out";
    case Status::lease_not_found: return "etcdserver: requested lease not found";
    case Status::lease_exists: return "etcdserver: lease already exists";
    case Status::duplicate_key: return "etcdserver: duplicate key given in txn request";
    case Status::compacted: return "etcdserver: mvcc: required revision has been compacted";
    case Status::future_revision: return "etcdserver: mvcc: required revision is a future revision";
  }
  return "?";
}

void Response::fold(Digest& digest) const {
  fold_fields(digest, *this);
}

std::string Response::describe() const {
  if (status != Status::ok) return std::string(name_of(status));
  std::string text = fmt::format("revision {}", revision);
  if (!succeeded) text += " comparison failed";
  if (lease != 0) text += fmt::format(" lease {} for {} ms", hex(lease), ttl_ms);
  for (const OperationResult& result : results) {
    text += fmt::format(", {} keys", result.count);
    for (const KeyValue& kv : result.kvs) text += " " + told(kv);
  }
  for (const Event& event : events) {
    text += event.deleted ? ", deleted " + event.kv.key : ", put " + told(event.kv);
  }
  return text;
}

}  // namespace lockstep::etcd
