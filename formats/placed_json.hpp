#pragma once
// JSON that knows where each value stands, so that an error in a file can point at its line.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/file_error.hpp"

namespace lockstep {

struct PlacedJson {
  enum class Kind { null, flag, whole, fraction, text, list, table };
  Kind kind = Kind::null;
  Place at;
  bool flag = false;
  std::int64_t whole = 0;
  std::string text{};  // of a fraction: as it stands there
  std::vector<PlacedJson> items{};
  std::vector<std::pair<std::string, PlacedJson>> fields{};  // as they stand there

  /// Null when there is none.
  const PlacedJson* find(std::string_view name) const;
};

/// Fails where the text is no JSON, holds a key twice, or nests deeper than 64.
FileResult<PlacedJson> read_placed_json(std::string_view text);

}  // namespace lockstep
