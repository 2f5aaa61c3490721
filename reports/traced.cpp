#include "reports/traced.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>

#include "reports/plain.hpp"
#include "reports/story.hpp"

namespace lockstep::reports {
namespace {

struct LeaseAnswer {
  std::string lease;
  Duration lasts{};
};

/// Of "revision 8 lease 68734efc0ad992f7 for 10000 ms", as etcd's servers answer.
std::optional<LeaseAnswer> answer_in(const std::string& text) {
  constexpr std::string_view before = " lease ";
  constexpr std::string_view between = " for ";
  const std::size_t lease = text.find(before);
  const std::size_t length = text.rfind(between);
  if (lease == std::string::npos || length == std::string::npos || length < lease) return {};
  const char* const end = text.data() + text.size();
  std::int64_t ms = 0;
  const auto [unit, error] = std::from_chars(text.data() + length + between.size(), end, ms);
  if (error != std::errc() || std::string_view(unit, end) != " ms" || ms <= 0) return {};
  const std::size_t name = lease + before.size();
  return LeaseAnswer{text.substr(name, length - name), std::chrono::milliseconds(ms)};
}

bool proposes(std::string_view text) {
  return text.starts_with("term ") && text.find(": propose ") != std::string_view::npos;
}

}  // namespace

Traced::Traced(const Outcome& outcome)
    : record_(outcome.record), trace_(outcome.trace), leaders_(lead_spans(outcome.trace)) {
  std::ranges::stable_sort(leaders_, {}, &LeadSpan::from);
}

std::size_t Traced::entry_of(const LeadSpan& leader) const {
  const std::string term = "term " + std::to_string(leader.term) + ": ";
  const auto first = std::ranges::find_if(trace_.entries, [&](const TraceEntry& entry) {
    return entry.kind == TraceKind::send && entry.node == leader.node && entry.at == leader.from &&
           entry.text.starts_with(term);
  });
  return static_cast<std::size_t>(first - trace_.entries.begin());
}

const LeadSpan* Traced::leader_at(WorldTime at) const {
  const LeadSpan* leader = nullptr;
  for (const LeadSpan& span : leaders_) {
    if (span.from <= at && (leader == nullptr || span.term > leader->term)) leader = &span;
  }
  return leader;
}

std::optional<Promise> Traced::last_promise(const std::string& client, WorldTime since,
                                            WorldTime until) const {
  std::optional<Promise> last;
  std::set<std::string> known;
  for (std::size_t i = 0; i < trace_.entries.size() && trace_.entries[i].at <= until; ++i) {
    const TraceEntry& entry = trace_.entries[i];
    if (entry.kind != TraceKind::send || trace_.nodes[entry.peer] != client) continue;
    const auto answer = answer_in(entry.text);
    if (!answer) continue;
    if (entry.at < since) {
      known.insert(answer->lease);
    } else if (known.contains(answer->lease)) {
      last = Promise{i, entry.at, trace_.nodes[entry.node], answer->lasts};
    }
  }
  return last;
}

std::optional<Proposal> Traced::proposal_before(WorldTime at) const {
  constexpr Duration round = 20ms;  // from the leader to the others and back
  const LeadSpan* leader = leader_at(at);
  std::optional<Proposal> found;
  for (const TraceEntry& entry : trace_.entries) {
    if (entry.at > at) break;
    const bool heard = leader != nullptr && entry.kind == TraceKind::receive &&
                       entry.node == leader->node && entry.at + round > at;
    if (!heard || !proposes(entry.text)) continue;
    if (found) return std::nullopt;
    found = Proposal{entry.at, trace_.nodes[entry.peer]};
  }
  return found;
}

std::string Traced::command_of(const ServiceEvent& event) const {
  constexpr std::size_t longest = 80;
  if (doer(event) != event.server) return {};
  const TraceEntry* command = nullptr;
  for (const TraceEntry& entry : trace_.entries) {
    if (entry.at > event.at) break;
    const bool heard = entry.kind == TraceKind::receive && entry.at + 5ms > event.at &&
                       trace_.nodes[entry.node] == event.server &&
                       trace_.nodes[entry.peer] == client_name(record_, event.by);
    if (heard) command = &entry;
  }
  return command == nullptr || command->text.size() > longest ? "" : printable(command->text);
}

std::string Traced::doer(const ServiceEvent& event) const {
  const bool member = std::ranges::any_of(
      leaders_, [&](const LeadSpan& leader) { return name_of(leader) == event.server; });
  if (!member) return event.server;
  return event.server.substr(0, event.server.rfind('-'));
}

}  // namespace lockstep::reports
