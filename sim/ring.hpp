#pragma once
// A queue that does not allocate once it has grown to what a link or socket needs.

#include <cassert>
#include <cstddef>
#include <utility>
#include <vector>

namespace lockstep::sim {

/// First in, first out, on a buffer whose size is a power of two.
template <class T>
class Ring {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  T& front() { return items_[head_]; }
  T& back() { return items_[(head_ + size_ - 1) & (items_.size() - 1)]; }
  T& operator[](std::size_t i) { return items_[(head_ + i) & (items_.size() - 1)]; }

  void push(T item) {
    if (size_ == items_.size()) grow();
    items_[(head_ + size_) & (items_.size() - 1)] = std::move(item);
    ++size_;
  }
  T pop() {
    assert(!empty());
    T item = std::move(items_[head_]);
    items_[head_] = T();
    // Back to the first place when empty: most queues hold one item, and then touch one place only.
    head_ = --size_ == 0 ? 0 : (head_ + 1) & (items_.size() - 1);
    return item;
  }
  void clear() {
    while (!empty()) pop();
  }

 private:
  void grow() {
    std::vector<T> larger(items_.empty() ? 4 : items_.size() * 2);
    for (std::size_t i = 0; i < size_; ++i) larger[i] = std::move((*this)[i]);
    items_ = std::move(larger);
    head_ = 0;
  }

  std::vector<T> items_;
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace lockstep::sim
