#pragma once
// An index from hashes to places in some other container. The hash is the caller's, the same on
// every machine, and nothing ever walks the table, so its order cannot reach an outcome.

#include <cstdint>
#include <vector>

namespace lockstep {

class HashIndex {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  /// The place with this hash that `same` accepts; none when there is none.
  template <class Same>
  std::uint32_t find(std::uint64_t hash, Same same) const {
    if (slots_.empty()) return none;
    for (auto slot = hash & mask();; slot = (slot + 1) & mask()) {
      const Slot& taken = slots_[slot];
      if (taken.place == none) return none;
      if (taken.hash == hash && same(taken.place)) return taken.place;
    }
  }

  void insert(std::uint64_t hash, std::uint32_t place) {
    if ((used_ + 1) * 2 > slots_.size()) grow();
    put({hash, place});
    ++used_;
  }

  std::size_t bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t place = none;
  };

  std::uint64_t mask() const { return slots_.size() - 1; }  // a power of two of them

  void put(const Slot& entry) {
    auto slot = entry.hash & mask();
    while (slots_[slot].place != none) slot = (slot + 1) & mask();
    slots_[slot] = entry;
  }

  void grow() {
    std::vector<Slot> old(slots_.empty() ? 32 : slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& entry : old) {
      if (entry.place != none) put(entry);
    }
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace lockstep
