#pragma once
// Folds a value into a digest by the same `serialize` that writes it as bytes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "core/digest.hpp"

namespace lockstep::etcd {

/// An archive that folds what it is given; `serialize` must not change its object.
class Folding {
 public:
  explicit Folding(Digest& digest) : digest_(digest) {}

  template <class... T>
  void operator()(const T&... fields) {
    (fold(fields), ...);
  }

 private:
  void fold(const std::string& text) { digest_.fold(std::string_view(text)); }
  template <class T>
  void fold(const std::vector<T>& list) {
    digest_.fold(static_cast<std::uint64_t>(list.size()));
    for (const T& one : list) fold(one);
  }
  template <class T>
  void fold(const std::optional<T>& value) {
    digest_.fold(std::uint64_t{value.has_value()});
    if (value) fold(*value);
  }
  template <class... T>
  void fold(const std::variant<T...>& value) {
    digest_.fold(static_cast<std::uint64_t>(value.index()));
    std::visit([this](const auto& held) { this->fold(held); }, value);
  }
  template <class T>
  void fold(const T& value) {
    if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      digest_.fold(static_cast<std::uint64_t>(value));
    } else {
      const_cast<T&>(value).serialize(*this);
    }
  }

  Digest& digest_;
};

template <class T>
void fold_fields(Digest& digest, const T& value) {
  Folding folding(digest);
  folding(value);
}

}  // namespace lockstep::etcd
