// W4: money moves and never comes or goes: at every instant at which no transfer is half done, and
// in every reading of both accounts under both locks, they hold together what they held at first.
//
// A transfer that writes twice (mode = naive) and is cut between the two breaks this under every
// lock, the correct ones too. That is a non-atomic section, and is told apart from a broken lock
// by arithmetic: what is missing is what cut transfers took out, to the penny, or it is not.
#include <fmt/format.h>

#include <algorithm>

#include "checker/properties/interleaved.hpp"
#include "checker/properties/transfers.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

/// The first instant at which something was wrong, of its kind.
struct Found {
  WorldTime at = never;
  std::int64_t sum = 0;
  const Transfer* reader = nullptr;      // whose reading it is; null: at the resource
  const ResourceEvent* below = nullptr;  // the write of a negative balance
};

class Audit {
 public:
  explicit Audit(const Case& judged)
      : judged_(judged),
        record_(judged.record),
        opening_(judged.scenario.workload_settings.number("balance")),
        total_(opening_ * static_cast<std::int64_t>(accounts)),
        naive_(judged.scenario.workload_settings.text("mode") == "naive"),
        transfers_(transfers_of(record_)) {
    for (const Transfer& transfer : transfers_) {
      if (is_cut(transfer)) cut_.push_back(&transfer);
    }
    go_through_writes();
    for (const Transfer& transfer : transfers_) check_reading(transfer);
  }

  Verdict verdict() const {
    if (broken_.at != never) return lock_broken();
    if (cut_off_.at != never) return not_atomic();
    return holds(claimed(), fmt::format("the accounts hold {} together, at every instant", total_));
  }

 private:
  bool claimed() const { return effects_guarded(judged_) || undisturbed(judged_); }

  /// Its process lives, and was not yet done with it when the record ended.
  bool in_progress(const Transfer& transfer) const {
    return !transfer.released && death_of(transfer) == nullptr && !crashed(transfer);
  }
  static bool crashed(const Transfer& transfer) {
    return std::any_of(transfer.beliefs.begin(), transfer.beliefs.end(),
                       [](const Belief* b) { return b->end == BeliefEnd::crashed; });
  }
  const NodeSpan* death_of(const Transfer& transfer) const {
    const Story story(judged_);
    const std::string name = story.who(transfer.process);
    for (const NodeSpan& span : record_.nodes) {
      const bool alive = span.state == "up" || span.state == "paused";
      if (!alive && span.node == name && span.from >= transfer.last->time) return &span;
    }
    return nullptr;
  }

  /// It has put in less than it took out, or more, and never will make up for it.
  bool is_cut(const Transfer& transfer) const {
    if (!naive_ || transfer.writes.empty() || in_progress(transfer)) return false;
    return moved(transfer, {never, never}) != 0;
  }
  std::int64_t moved(const Transfer& transfer, std::array<WorldTime, accounts> by) const {
    std::int64_t sum = 0;
    for (std::size_t account = 0; account < accounts; ++account) {
      sum += transfer.moved(account, by[account], opening_);
    }
    return sum;
  }
  /// What cut transfers had brought in, or taken out, of each account by then.
  std::int64_t moved_by_cut(std::array<WorldTime, accounts> by) const {
    std::int64_t sum = 0;
    for (const Transfer* transfer : cut_) sum += moved(*transfer, by);
    return sum;
  }

  void note(Found found, bool explained_by_cuts) {
    Found& first = explained_by_cuts ? cut_off_ : broken_;
    if (found.at < first.at) first = found;
  }

  void go_through_writes() {
    // Until when the transfer that each write belongs to is half done.
    const auto& events = record_.resource;
    std::vector<WorldTime> ends(events.size());
    for (const Transfer& transfer : transfers_) {
      const WorldTime end = in_progress(transfer) ? never : transfer.last_write();
      for (const ResourceEvent* write : transfer.writes) {
        ends[static_cast<std::size_t>(write - events.data())] = end;
      }
    }
    Balances balances(opening_);
    WorldTime half_done{};
    for (std::size_t i = 0; i < events.size(); ++i) {
      const ResourceEvent& event = events[i];
      if (!event.access.write || !event.access.accepted) continue;
      balances.write(event.access);
      half_done = std::max(half_done, ends[i]);
      if (account_of(event.access.resource) < accounts && event.access.value < 0) {
        note({event.at, balances.sum(), nullptr, &event}, false);
      }
      const bool step_goes_on = i + 1 < events.size() && events[i + 1].at == event.at;
      if (step_goes_on || half_done > event.at || balances.sum() == total_) continue;
      const bool explained_by_cuts = balances.sum() - total_ == moved_by_cut({event.at, event.at});
      note({event.at, balances.sum(), nullptr, nullptr}, explained_by_cuts);
    }
  }

  /// What it read, if it read both accounts while it believed that it held both locks.
  void check_reading(const Transfer& transfer) {
    if (transfer.found_entry || transfer.beliefs.size() < accounts) return;
    std::array<WorldTime, accounts> at{};
    std::int64_t sum = 0;
    for (std::size_t account = 0; account < accounts; ++account) {
      const Op* read = transfer.read[account];
      if (read == nullptr) return;
      const ResourceEvent* event = transfer.read_at[account];
      at[account] = event != nullptr ? event->at : read->time;
      const std::int64_t value = std::get<std::int64_t>(read->value.held);
      sum += value == 0 ? opening_ : value;
    }
    const WorldTime last = std::max(at[0], at[1]);
    for (const Belief* belief : transfer.beliefs) {
      if (belief->to < last) return;
    }
    if (sum == total_) return;
    note({last, sum, &transfer, nullptr}, sum - total_ == moved_by_cut(at));
  }

  std::string what_was_found(const Story& story, const Found& found) const {
    if (found.below != nullptr) {
      return fmt::format("{} fell to {} at {}", found.below->access.resource,
                         found.below->access.value, at_text(found.at));
    }
    if (found.reader != nullptr) {
      return fmt::format("{} read {} in all under both locks at {}, not {}",
                         story.who(found.reader->process), found.sum, at_text(found.at), total_);
    }
    return fmt::format("the accounts hold {} of {} at {}", found.sum, total_, at_text(found.at));
  }

  Verdict lock_broken() const {
    Story story(judged_);
    std::string what = "lock broken: " + what_was_found(story, broken_);
    if (broken_.reader != nullptr) tell_reading(story, *broken_.reader);
    tell_last_writes(story, broken_.at);
    bool promised = claimed() || (judged_.scenario.resource == ResourcePolicy::compare_version &&
                                  broken_.reader == nullptr);
    if (const auto met = first_interleaving(record_)) {
      what += "; " + tell(judged_, story, *met);
      promised = promised && of_one_lock(record_, *met->before, *met->inside);
    }
    return violated(promised, broken_.at, std::move(what), std::move(story));
  }

  Verdict not_atomic() const {
    Story story(judged_);
    const Transfer& cut = **std::min_element(
        cut_.begin(), cut_.end(),
        [](const Transfer* a, const Transfer* b) { return a->first_write() < b->first_write(); });
    for (const Belief* belief : cut.beliefs) story.believed(*belief);
    for (const ResourceEvent* write : cut.writes) story.accessed(*write);
    const std::int64_t missing = moved(cut, {never, never});
    std::string what = fmt::format(
        "non-atomic section: {} {} {} {} at {} and {}; {}, and no lock makes two writes one",
        story.who(cut.process), missing < 0 ? "took" : "brought", missing < 0 ? -missing : missing,
        missing < 0 ? "out of " + cut.writes.front()->access.resource
                    : "into " + cut.writes.front()->access.resource,
        at_text(cut.first_write()), how_it_was_cut(story, cut), what_was_found(story, cut_off_));
    return violated(false, cut_off_.at, std::move(what), std::move(story));
  }

  std::string how_it_was_cut(Story& story, const Transfer& cut) const {
    if (cut.refused != nullptr) {
      story.did(*cut.refused);
      return fmt::format("its write of {} was refused ({})", cut.refused->key, cut.refused->error);
    }
    if (crashed(cut) || death_of(cut) != nullptr) return "crashed before its other write";
    if (cut.unanswered != nullptr) {
      story.did(*cut.unanswered);
      return fmt::format("its write of {} never arrived", cut.unanswered->key);
    }
    return "never wrote again";
  }

  void tell_reading(Story& story, const Transfer& reader) const {
    for (const Belief* belief : reader.beliefs) story.believed(*belief);
    for (std::size_t account = 0; account < accounts; ++account) {
      if (reader.read_at[account] != nullptr) story.accessed(*reader.read_at[account]);
      story.did(*reader.read[account]);
    }
  }

  /// The last write of each account before an instant.
  void tell_last_writes(Story& story, WorldTime at) const {
    std::array<const ResourceEvent*, accounts> last{};
    for (const ResourceEvent& event : record_.resource) {
      const std::size_t account = account_of(event.access.resource);
      const bool counts = event.access.write && event.access.accepted && event.at <= at;
      if (counts && account < accounts) last[account] = &event;
    }
    for (const ResourceEvent* event : last) {
      if (event != nullptr) story.accessed(*event);
    }
  }

  const Case& judged_;
  const Record& record_;
  std::int64_t opening_;
  std::int64_t total_;
  bool naive_;
  std::vector<Transfer> transfers_;
  std::vector<const Transfer*> cut_;
  Found broken_;   // what no cut transfer explains
  Found cut_off_;  // what cut transfers explain
};

bool applies(const Case& judged) {
  return judged.scenario.workload == "transfer";
}

Verdict judge(const Case& judged) {
  if (resource_log_missing(judged.record)) {
    return unknown(effects_guarded(judged), "the record has no log of the resource");
  }
  return Audit(judged).verdict();
}

}  // namespace

Property properties::money() {
  return {.name = "money-conserved",
          .code = "W4",
          .summary = "transfers neither make nor lose money; cut ones are told from broken locks",
          .needs = "the workload transfer",
          .applies = applies,
          .judge = judge};
}

}  // namespace lockstep
