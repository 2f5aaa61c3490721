#include "formats/saved_outcome.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

namespace lockstep {
namespace {

using nlohmann::json;

Place place_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t start = lines == 0 ? 0 : before.rfind('\n') + 1;
  return Place{lines + 1, offset - start + 1, offset};
}

/// Where a key of the document stands first, or its beginning.
Place place_of(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(fmt::format("\"{}\"", key));
  return at == std::string_view::npos ? Place{1, 1, 0} : place_at(text, at);
}

std::optional<std::uint64_t> digest_from(const json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto& digits = value.get_ref<const std::string&>();
  std::uint64_t digest = 0;
  const char* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, digest, 16);
  if (digits.size() != 16 || read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return digest;
}

std::optional<Checkpoint> checkpoint_from(const json& value) {
  if (!value.is_object()) return std::nullopt;
  const auto events = value.find("events");
  const auto digest = value.find("digest");
  if (events == value.end() || digest == value.end()) return std::nullopt;
  const auto digits = digest_from(*digest);
  if (!digits || !events->is_number_unsigned()) return std::nullopt;
  return Checkpoint{events->get<std::uint64_t>(), *digits};
}

}  // namespace

FileResult<SavedOutcome> read_saved_outcome(std::string_view text) {
  json document;
  try {
    document = json::parse(text);
  } catch (const json::parse_error& error) {
    const std::size_t offset = std::min(error.byte == 0 ? 0 : error.byte - 1, text.size());
    return misread(place_at(text, offset), "this is not JSON");
  } catch (const json::out_of_range&) {
    return misread(Place{1, 1, 0}, "a number in this file is too large");
  }
  if (!document.is_object()) return misread(Place{1, 1, 0}, "expected a JSON object: an outcome");
  const auto digest = document.contains("digest") ? digest_from(document["digest"]) : std::nullopt;
  if (!digest) return misread(place_of(text, "digest"), "expected digest: 16 hexadecimal digits");
  SavedOutcome saved;
  saved.digest = *digest;
  for (const json& item : document.value("checkpoints", json::array())) {
    const std::optional<Checkpoint> checkpoint = checkpoint_from(item);
    if (!checkpoint) {
      return misread(place_of(text, "checkpoints"),
                     "expected checkpoints: a list of {\"events\": number, \"digest\": text}");
    }
    saved.checkpoints.push_back(*checkpoint);
  }
  return saved;
}

}  // namespace lockstep
