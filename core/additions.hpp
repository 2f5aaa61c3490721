#pragma once
// How a table of contents takes entries from a plug-in without becoming state that a run could see
// change (docs/decisions/0020-plug-ins.md).

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep {

/// What is added to a table before anybody has read it. Reading seals it: there is no moment at
/// which two readers see different tables. Adding is for one thread, at the start of a program.
template <class Entry>
class Additions {
 public:
  /// False, and nothing is added, once the table was read.
  bool add(Entry entry) {
    if (sealed_) return false;
    entries_.push_back(std::move(entry));
    return true;
  }

  /// The whole table, the built-in entries first; seals it.
  std::vector<Entry> behind(std::vector<Entry> built_in) {
    sealed_ = true;
    built_in.insert(built_in.end(), entries_.begin(), entries_.end());
    return built_in;
  }

  bool has(std::string_view name) const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [name](const Entry& entry) { return entry.name == name; });
  }

 private:
  std::vector<Entry> entries_;
  bool sealed_ = false;
};

}  // namespace lockstep
