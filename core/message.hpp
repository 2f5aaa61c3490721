#pragma once
// What nodes send to each other: immutable typed values, shared by sender, network and trace.
// Bytes exist only at the live edge (docs/decisions/0003-typed-messages.md).

#include <string>
#include <type_traits>
#include <utility>

#include "core/digest.hpp"
#include "core/frame_memory.hpp"

namespace lockstep {

/// The value inside a Frame. Reference counted without atomics: a run lives on one thread.
class Message {
 public:
  Message() = default;
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;
  virtual ~Message() = default;
  static void* operator new(std::size_t bytes) { return FrameMemory::take(bytes); }
  static void operator delete(void* message, std::size_t bytes) noexcept {
    FrameMemory::give_back(message, bytes);
  }

  /// Which type is inside: equal for equal types within one process, and for nothing else.
  virtual const void* type() const = 0;
  /// Folds the whole content: two runs with different messages have different digests.
  virtual void fold(Digest& digest) const = 0;
  /// The whole content in 64 bits. A frame that goes to several nodes is read once.
  std::uint64_t fingerprint() const {
    if (fingerprint_ == 0) {
      Digest digest;
      fold(digest);
      fingerprint_ = digest.value();
    }
    return fingerprint_;
  }
  /// One line for a person: "SET lock:a 3f.. NX PX 10000".
  virtual std::string describe() const = 0;

 private:
  friend class Frame;
  mutable std::uint64_t fingerprint_ = 0;  // 0: not asked for yet
  mutable std::uint32_t references_ = 0;
};

/// A shared, immutable message, or none.
class Frame {
 public:
  Frame() = default;
  explicit Frame(const Message* message) noexcept : message_(message) { retain(); }
  Frame(const Frame& other) noexcept : message_(other.message_) { retain(); }
  Frame(Frame&& other) noexcept : message_(std::exchange(other.message_, nullptr)) {}
  Frame& operator=(Frame other) noexcept {
    std::swap(message_, other.message_);
    return *this;
  }
  ~Frame() {
    if (message_ && --message_->references_ == 0) delete message_;
  }

  explicit operator bool() const noexcept { return message_ != nullptr; }
  const Message& operator*() const noexcept { return *message_; }
  const Message* operator->() const noexcept { return message_; }

 private:
  void retain() noexcept {
    if (message_) ++message_->references_;
  }
  const Message* message_ = nullptr;
};

namespace detail {
template <class T>
struct TypeTag {
  static constexpr char here = 0;
};

template <class T>
class Boxed final : public Message {
 public:
  explicit Boxed(T&& content) : value(std::move(content)) {}
  explicit Boxed(const T& content) : value(content) {}
  const void* type() const override { return &TypeTag<T>::here; }
  void fold(Digest& digest) const override { value.fold(digest); }
  std::string describe() const override { return value.describe(); }
  const T value;
};
}  // namespace detail

/// A frame around `value`, which has `void fold(Digest&) const` and `std::string describe() const`.
template <class T>
Frame make_frame(T&& value) {
  return Frame(new detail::Boxed<std::remove_cvref_t<T>>(std::forward<T>(value)));
}

/// The value inside, or null when the frame holds another type (or nothing).
template <class T>
const T* content_of(const Frame& frame) {
  if (!frame || frame->type() != &detail::TypeTag<T>::here) return nullptr;
  return &static_cast<const detail::Boxed<T>&>(*frame).value;
}

}  // namespace lockstep
