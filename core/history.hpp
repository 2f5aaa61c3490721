#pragma once
// The history of a run in the field's terms: what clients called and what came back (Jepsen).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/digest.hpp"
#include "core/time.hpp"

namespace lockstep {

/// invoke begins an operation; ok, fail (it certainly did not happen) or info (nobody knows) ends
/// it. An operation with no end is as one that ended in info.
enum class OpType : std::uint8_t { invoke, ok, fail, info };
constexpr std::string_view name_of(OpType type) {
  switch (type) {
    case OpType::invoke: return "invoke";
    case OpType::ok: return "ok";
    case OpType::fail: return "fail";
    case OpType::info: return "info";
  }
  return "?";
}

/// The value of an operation as recorded: nothing, a number, text, or a list ([from to] of a cas).
struct OpValue {
  using List = std::vector<OpValue>;
  std::variant<std::monostate, std::int64_t, std::string, List> held{};
  friend bool operator==(const OpValue&, const OpValue&) = default;
};

/// One event of a history.
struct Op {
  std::int64_t index = 0;     // its place in the history
  WorldTime time{};           // when it happened
  std::int64_t process = 0;   // who: a client; nemesis_process for faults
  OpType type = OpType::invoke;
  std::string f{};            // "acquire", "release", "read", "write", "cas", ...
  std::string key{};          // which lock, or which resource
  OpValue value{};            // what was read or written
  std::string owner{};        // for locks: who holds, as the service knows it
  std::uint64_t token = 0;    // the fencing token; 0: none
  std::string error{};        // why it ended in fail or info

  friend bool operator==(const Op&, const Op&) = default;
};

constexpr std::int64_t nemesis_process = -1;

using History = std::vector<Op>;

void fold(Digest& digest, const Op& op);

}  // namespace lockstep
