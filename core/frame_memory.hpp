#pragma once
// Memory for what is made and gone all the time: coroutine frames and messages.

#include <array>
#include <cstddef>
#include <new>
#include <utility>

#include "core/sanitized.hpp"

namespace lockstep {

/// Blocks of a thread, by size; the one given back last is given out next, for it is still in the
/// processor's cache. A general allocator keeps its blocks from going round that fast on purpose.
/// A block may be given back by another thread, or by another copy of this code in a plug-in: it
/// came from `operator new` and is that copy's from then on.
class FrameMemory {
 public:
  static void* take(std::size_t bytes) {
    if (bytes > largest) return ::operator new(bytes);
    Block*& first = of_this_thread().free_[place_of(bytes)];
    if (first == nullptr) return ::operator new((place_of(bytes) + 1) * step);
    Block* const block = first;
    first = block->next;
    return block;
  }
  /// `bytes` as they were asked for.
  static void give_back(void* memory, std::size_t bytes) noexcept {
    if (bytes > largest) return ::operator delete(memory);
    Block*& first = of_this_thread().free_[place_of(bytes)];
    first = ::new (memory) Block{first};
  }

 private:
  struct Block {
    Block* next;
  };
  static constexpr std::size_t step = 64;
  static constexpr std::size_t sizes = 32;
  // Sanitizers are to see who uses what is gone.
  static constexpr std::size_t largest = LOCKSTEP_SANITIZED ? 0 : sizes * step;

  FrameMemory() = default;
  ~FrameMemory() {
    for (Block*& first : free_) {
      while (first != nullptr) ::operator delete(std::exchange(first, first->next));
    }
  }
  static FrameMemory& of_this_thread() {
    // house: what a run gets from here depends on the thread, and no run can see addresses
    static thread_local FrameMemory memory;
    return memory;
  }
  static constexpr std::size_t place_of(std::size_t bytes) { return (bytes - 1) / step; }

  std::array<Block*, sizes> free_{};
};

}  // namespace lockstep
