#include "formats/placed_json.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace lockstep {
namespace {

using nlohmann::json;

constexpr std::size_t deepest = 64;

/// Reads characters and tells how many were read.
class Counted {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Counted(const char* at, std::size_t* read) : at_(at), read_(read) {}
  const char& operator*() const { return *at_; }
  Counted& operator++() {
    ++at_;
    ++*read_;
    return *this;
  }
  friend bool operator==(const Counted& a, const Counted& b) { return a.at_ == b.at_; }

 private:
  const char* at_;
  std::size_t* read_;
};

/// Builds the tree from what the parser of nlohmann/json meets (its SAX interface).
class Builder {
 public:
  Builder(std::string_view text, const std::size_t& read) : text_(text), read_(read) {}

  bool null() { return put({PlacedJson::Kind::null, word()}); }
  bool boolean(bool value) {
    PlacedJson node{PlacedJson::Kind::flag, word()};
    node.flag = value;
    return put(std::move(node));
  }
  bool number_integer(std::int64_t value) {
    PlacedJson node{PlacedJson::Kind::whole, word()};
    node.whole = value;
    return put(std::move(node));
  }
  bool number_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(INT64_MAX))
      return fail(word(), "this number is too large");
    return number_integer(static_cast<std::int64_t>(value));
  }
  bool number_float(double, const std::string& digits) {
    PlacedJson node{PlacedJson::Kind::fraction, word()};
    node.text = digits;
    return put(std::move(node));
  }
  bool string(std::string& value) {
    PlacedJson node{PlacedJson::Kind::text, quoted()};
    node.text = value;
    return put(std::move(node));
  }
  bool binary(json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(PlacedJson::Kind::table); }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(PlacedJson::Kind::list); }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    if (open_.back().node.find(name) != nullptr) {
      return fail(quoted(), fmt::format("\"{}\" stands here twice", name));
    }
    open_.back().key = name;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const json::exception&) {
    return fail(place(position == 0 ? 0 : position - 1), "this is not JSON");
  }

  FileResult<PlacedJson> result() {
    if (error_) return misread(*error_);
    return std::move(root_);
  }

 private:
  struct Level {
    PlacedJson node;
    std::string key{};
  };

  Place place(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    const std::string_view before = text_.substr(0, offset);
    const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    const std::size_t start = lines == 0 ? 0 : before.rfind('\n') + 1;
    return {lines + 1, offset - start + 1, offset};
  }

  /// Where the string begins that was just read.
  Place quoted() const {
    std::size_t at = read_ - 1;  // its closing quote
    while (at > 0) {
      --at;
      std::size_t slashes = 0;
      while (slashes < at && text_[at - 1 - slashes] == '\\') ++slashes;
      if (text_[at] == '"' && slashes % 2 == 0) break;
    }
    return place(at);
  }

  /// Where the number or the word begins that was just read; of a number, one more was read.
  Place word() const {
    const auto part = [&](std::size_t at) {
      return std::string_view("+-.0123456789abcdefghijklmnopqrstuvwxyzE").find(text_[at]) !=
             std::string_view::npos;
    };
    std::size_t at = std::min(read_, text_.size());
    while (at > 0 && !part(at - 1)) --at;
    while (at > 0 && part(at - 1)) --at;
    return place(at);
  }

  bool put(PlacedJson node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return true;
    }
    Level& level = open_.back();
    if (level.node.kind == PlacedJson::Kind::list) {
      level.node.items.push_back(std::move(node));
    } else {
      level.node.fields.emplace_back(level.key, std::move(node));
    }
    return true;
  }
  bool open(PlacedJson::Kind kind) {
    const Place at = place(read_ - 1);
    if (open_.size() >= deepest) return fail(at, "this is nested too deeply");
    open_.push_back({PlacedJson{kind, at}});
    return true;
  }
  bool close() {
    PlacedJson node = std::move(open_.back().node);
    open_.pop_back();
    return put(std::move(node));
  }
  bool fail(Place at, std::string what) {
    if (!error_) error_ = FileError{at, std::move(what)};
    return false;
  }

  std::string_view text_;
  const std::size_t& read_;
  std::vector<Level> open_;
  PlacedJson root_;
  std::optional<FileError> error_{};
};

}  // namespace

const PlacedJson* PlacedJson::find(std::string_view name) const {
  for (const auto& [field, value] : fields) {
    if (field == name) return &value;
  }
  return nullptr;
}

FileResult<PlacedJson> read_placed_json(std::string_view text) {
  std::size_t read = 0;
  Builder builder(text, read);
  json::sax_parse(Counted(text.data(), &read), Counted(text.data() + text.size(), &read), &builder);
  return builder.result();
}

}  // namespace lockstep
