#pragma once
// What the world may do to an operation: an error that says whether the operation happened.

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace lockstep {

/// Why an operation did not succeed. Definite errors mean that it certainly did not take effect;
/// after an indefinite one it may have, or may yet (Jepsen's :fail and :info).
enum class ErrorCode : std::uint8_t {
  // definite
  held,        ///< somebody else holds the lock; an acquire that ran out of patience
  lost,        ///< the lease or session is over, or was never ours
  refused,     ///< the peer said no before doing anything: no listener, error reply, stale token
  invalid,     ///< the caller asked for something that makes no sense
  unsupported, ///< this lock or server does not do that
  // indefinite
  timeout,     ///< no answer within the caller's patience
  disconnected ///< the connection ended before an answer
};

/// True when the operation certainly did not happen.
constexpr bool is_definite(ErrorCode code) { return code < ErrorCode::timeout; }

constexpr std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::held: return "held";
    case ErrorCode::lost: return "lost";
    case ErrorCode::refused: return "refused";
    case ErrorCode::invalid: return "invalid";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::timeout: return "timeout";
    case ErrorCode::disconnected: return "disconnected";
  }
  return "?";
}

struct Error {
  ErrorCode code{};
  std::string text{};  // what a person is told; may be empty

  bool definite() const { return is_definite(code); }
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string text = {}) {
  return tl::unexpected<Error>(Error{code, std::move(text)});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace lockstep
