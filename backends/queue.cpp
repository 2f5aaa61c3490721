#include "backends/queue.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace lockstep {
namespace {

std::string_view cut(std::string_view& text, char at) {
  const std::size_t end = std::min(text.find(at), text.size());
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

/// Of `line` those, in their order, whom `other` lacks. Equal beginnings cost one comparison each:
/// a line that nobody leaves grows long, and most changes are at its end.
std::vector<Contender> only_in(const std::vector<Contender>& line,
                               const std::vector<Contender>& other) {
  const auto common = std::mismatch(line.begin(), line.end(), other.begin(), other.end());
  std::set<Contender> others(common.second, other.end());
  std::vector<Contender> only(common.first, line.end());
  std::erase_if(only, [&others](const Contender& one) { return others.contains(one); });
  return only;
}

bool reads(const Contender& one) {
  return one.kind == "read";
}

/// Those in line who hold.
std::vector<Contender> holders(std::vector<Contender> line, std::int64_t permits) {
  const auto writer = std::find_if_not(line.begin(), line.end(), reads);
  const auto many = std::max(writer - line.begin(), static_cast<std::ptrdiff_t>(permits));
  if (static_cast<std::size_t>(many) < line.size()) line.resize(static_cast<std::size_t>(many));
  return line;
}

}  // namespace

std::optional<std::string> queue_text(const std::vector<Contender>& line) {
  if (line.empty()) return std::nullopt;
  std::string text;
  for (const Contender& one : line) {
    if (!text.empty()) text += '\n';
    text += one.owner + '\t' + std::to_string(index_of(one.client)) + '\t' + one.kind;
  }
  return text;
}

std::vector<Contender> queue_in(const std::optional<std::string>& text) {
  std::vector<Contender> line;
  std::string_view rest = text ? std::string_view(*text) : std::string_view();
  while (!rest.empty()) {
    std::string_view row = cut(rest, '\n');
    Contender& one = line.emplace_back();
    one.owner = cut(row, '\t');
    const std::string_view client = cut(row, '\t');
    std::uint32_t number = index_of(no_node);
    std::from_chars(client.data(), client.data() + client.size(), number);
    one.client = NodeId{number};
    one.kind = row;
  }
  return line;
}

void interpret_line(const KeyChange& change, std::string_view prefix, std::int64_t permits,
                    std::vector<GrantNote>& out) {
  if (!change.key.starts_with(prefix)) return;
  const std::string lock = change.key.substr(prefix.size());
  const std::vector<Contender> before = holders(queue_in(change.before), permits);
  const std::vector<Contender> after = holders(queue_in(change.after), permits);
  const bool by_itself = change.cause != ChangeCause::command;
  const GrantChange end = by_itself ? GrantChange::expired : GrantChange::released;
  for (const Contender& one : only_in(before, after)) {
    out.push_back({lock, end, one.owner, one.client, reads(one)});
  }
  for (const Contender& one : only_in(after, before)) {
    out.push_back({lock, GrantChange::granted, one.owner, one.client, reads(one)});
  }
}

void interpret_line_queue(const KeyChange& change, std::string_view prefix,
                          std::vector<QueueNote>& out) {
  if (!change.key.starts_with(prefix)) return;
  const std::string lock = change.key.substr(prefix.size());
  const std::vector<Contender> before = queue_in(change.before);
  const std::vector<Contender> after = queue_in(change.after);
  for (const Contender& one : only_in(before, after)) out.push_back({lock, one.owner, false});
  for (const Contender& one : only_in(after, before)) out.push_back({lock, one.owner, true});
}

}  // namespace lockstep
