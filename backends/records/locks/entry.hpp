#pragma once
// What the entries of the locks on records have in common: parameters, server, what a change of
// their record means, and the time in which somebody must get the lock.

#include <initializer_list>
#include <memory>
#include <string_view>

#include "backends/backend.hpp"

namespace lockstep::records {

struct EntryText {
  std::string_view name;
  std::string_view summary;
  std::string_view source;
};

/// An entry with everything but `connect` and `interpret`; `own` are parameters of this lock alone.
/// Its store can be made to lose what it acknowledged if `may_forget`.
Backend entry(EntryText text, Duration lease, std::initializer_list<Parameter> own,
              bool may_forget = true);

inline std::string lock_key(const std::string& name) {
  return "lock:" + name;
}
inline std::string ms_text(Duration length) {
  return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(length).count());
}
/// A setting that is measured by the lease unless it is set: `parts` of `of` of it.
Duration setting_or_share(const Settings& settings, std::string_view name, std::int64_t parts,
                          std::int64_t of);

/// Records "lock:<name>" whose field `owner_field` names the owner; empty: nobody.
void interpret_record(const KeyChange& change, std::string_view owner_field,
                      std::vector<GrantNote>& out);

}  // namespace lockstep::records
