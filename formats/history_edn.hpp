#pragma once
// Histories as Jepsen writes them: EDN, a vector of operation maps or one map after the other.
//
//   {:index 0, :time 12500, :process 0, :type :invoke, :f :acquire, :value nil}
//
// :process is a number or :nemesis. Beyond Jepsen's own keys, :key, :owner and :token say what
// Op::key, Op::owner and Op::token say; any other key is passed over, as Jepsen's tools do.

#include <optional>
#include <string>
#include <string_view>

#include "formats/edn.hpp"
#include "formats/history_file.hpp"

namespace lockstep {

enum class EdnKeys {
  none,        // :value is the value
  independent  // :value is [key value], as jepsen.independent has it
};

/// Keywords, symbols, booleans, floats and integers beyond 64 bits become text; maps become lists
/// of [key value].
OpValue value_of(const Edn& edn);

/// invoke, ok, fail or info; nothing for any other name.
std::optional<OpType> type_named(std::string_view name);

/// The same history gives the same bytes.
std::string write_history_edn(const History& history);

/// Values are read as by value_of. Fails at the first place that is not EDN or not an operation.
FileResult<HistoryFile> read_history_edn(std::string_view text, EdnKeys keys = EdnKeys::none);

}  // namespace lockstep
