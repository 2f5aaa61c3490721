#pragma once
// The fast way through a record of proto/history.proto: plain ones, as every recorder writes them.

#include <string_view>

#include "core/history.hpp"

namespace lockstep {

/// Reads a record (without its length) of known fields, ASCII text, and a value that is no list,
/// into a fresh Op. False for any other, right or wrong: the generated parser tells which. The Op
/// is of no use then.
bool read_plain_record(std::string_view record, Op& op);

}  // namespace lockstep
