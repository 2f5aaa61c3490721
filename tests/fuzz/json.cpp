// JSON that knows where its values stand: every one inside the text.
#include "formats/placed_json.hpp"
#include "tests/fuzz/targets.hpp"

namespace lockstep::fuzz {
namespace {

void ensure_placed(const PlacedJson& value, std::string_view text) {
  ensure(value.at.byte < text.size() && value.at.line >= 1, "a value stands in the text");
  for (const PlacedJson& item : value.items) ensure_placed(item, text);
  for (const auto& [name, field] : value.fields) {
    ensure(value.find(name) == &field, "a key stands there once");
    ensure_placed(field, text);
  }
}

}  // namespace

void json(std::string_view bytes) {
  const FileResult<PlacedJson> value = read_placed_json(bytes);
  if (read_or_told(value, bytes)) ensure_placed(*value, bytes);
}

}  // namespace lockstep::fuzz
