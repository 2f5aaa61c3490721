#include "checker/properties/transfers.hpp"

#include <algorithm>
#include <map>

namespace lockstep {
namespace {

constexpr std::string_view journal = "journal";
constexpr std::int64_t journal_base = 1'000'000;  // of the two balances in one entry

std::int64_t number_in(const Op& op) {
  const auto* number = std::get_if<std::int64_t>(&op.value.held);
  return number == nullptr ? 0 : *number;
}

/// Goes through the history, and gives each process its turns.
class Turns {
 public:
  explicit Turns(const Record& record) {
    for (const Belief& belief : record.beliefs) by_op_.insert({belief.op, &belief});
    for (const Op& op : record.history) take(op);
    for (const ResourceEvent& event : record.resource) take(event);
  }

  std::vector<Transfer> transfers() && { return std::move(transfers_); }

 private:
  struct Now {
    std::size_t transfer = 0;
    std::int64_t held = 0;
  };

  void take(const Op& op) {
    if (op.process == nemesis_process) return;
    if (op.f == "acquire" && op.type == OpType::ok) return acquired(op);
    const auto now = now_.find(op.process);
    if (now == now_.end()) return;
    Transfer& transfer = transfers_[now->second.transfer];
    if (op.f == "release" && op.type == OpType::invoke) {
      now->second.held -= 1;
      transfer.released = true;
    }
    if (op.f == "acquire" && now->second.held <= 0) return;
    transfer.last = &op;
    if (op.f == "read" && op.type == OpType::ok) read(transfer, op);
    if (op.f == "write" && op.type == OpType::fail) transfer.refused = &op;
    if (op.f == "write") transfer.unanswered = op.type == OpType::info ? &op : nullptr;
  }

  void acquired(const Op& op) {
    Now& now = now_[op.process];
    if (now.held <= 0) {
      now.held = 0;
      now.transfer = transfers_.size();
      transfers_.emplace_back().process = op.process;
    }
    now.held += 1;
    transfers_[now.transfer].last = &op;
    // More than one where the client learned of a renewal after its deadline had passed.
    const auto [first, last] = by_op_.equal_range(op.index);
    for (auto at = first; at != last; ++at) {
      transfers_[now.transfer].beliefs.push_back(at->second);
      of_section_[at->second->section] = now.transfer;
    }
  }

  static void read(Transfer& transfer, const Op& op) {
    transfer.found_entry |= op.key == journal && number_in(op) != 0;
    const std::size_t account = account_of(op.key);
    if (account < accounts && transfer.read[account] == nullptr) transfer.read[account] = &op;
  }

  void take(const ResourceEvent& event) {
    const auto of = of_section_.find(event.access.section);
    if (of == of_section_.end() || !event.access.accepted) return;
    Transfer& transfer = transfers_[of->second];
    if (event.access.write) {
      transfer.writes.push_back(&event);
      return;
    }
    const std::size_t account = account_of(event.access.resource);
    if (account < accounts && transfer.read_at[account] == nullptr) {
      transfer.read_at[account] = &event;
    }
  }

  std::vector<Transfer> transfers_;
  std::multimap<std::int64_t, const Belief*> by_op_;
  std::map<std::int64_t, Now> now_;                  // by process
  std::map<std::uint64_t, std::size_t> of_section_;  // index into transfers_
};

}  // namespace

std::size_t account_of(const std::string& resource) {
  return static_cast<std::size_t>(std::find(account_names.begin(), account_names.end(), resource) -
                                  account_names.begin());
}

std::int64_t Transfer::moved(std::size_t account, WorldTime at, std::int64_t opening) const {
  if (read[account] == nullptr) return 0;
  const std::int64_t seen = number_in(*read[account]);
  std::int64_t left = seen == 0 ? opening : seen;
  const std::int64_t before = left;
  for (const ResourceEvent* write : writes) {
    if (write->at <= at && account_of(write->access.resource) == account) {
      left = write->access.value;
    }
  }
  return left - before;
}

std::vector<Transfer> transfers_of(const Record& record) {
  return Turns(record).transfers();
}

void Balances::write(const ResourceAccess& access) {
  const std::size_t account = account_of(access.resource);
  if (account < accounts) held_[account] = access.value;
  if (access.resource == journal) journal_ = access.value;
}

std::int64_t Balances::of(std::size_t account) const {
  if (journal_ == 0) return held_[account];
  return account == 0 ? journal_ / journal_base : journal_ % journal_base;
}

}  // namespace lockstep
