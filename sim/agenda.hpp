#pragma once
// Everything that is going to happen, in one total order: time first, then who asked first.

#include <cassert>
#include <cstdint>
#include <vector>

#include "core/time.hpp"

namespace lockstep::sim {

/// A priority queue of things to fire. A 4-ary heap of 16-byte entries; what to call stands in
/// slots beside it, so that an entry can be taken out again (timers mostly are).
class Agenda {
 public:
  using Fire = void (*)(void* who);
  using Slot = std::uint32_t;
  static constexpr Slot none = 0xffffffffu;

  struct Due {
    WorldTime at;
    void* who;
    Fire fire;
    std::uint64_t identity;  // what is folded into the digest: kind and number, never an address
  };

  /// Schedules `fire(who)`. The slot is valid until it fires or is removed.
  Slot add(WorldTime at, void* who, Fire fire, std::uint64_t identity);
  void remove(Slot slot);

  bool empty() const { return heap_.empty(); }
  WorldTime next() const { return WorldTime(Duration(heap_.front().at)); }
  /// Takes out the first. Needs a non-empty agenda.
  Due pop();
  std::size_t size() const { return heap_.size(); }

  /// All that `fire` is scheduled for, in the order in which it would happen.
  std::vector<void*> scheduled_for(Fire fire) const;

 private:
  struct Entry {
    std::int64_t at;
    std::uint64_t order;  // sequence number << 24 | slot
    friend bool operator<(const Entry& a, const Entry& b) {
      return a.at != b.at ? a.at < b.at : a.order < b.order;
    }
  };
  struct Place {
    void* who;
    Fire fire;
    std::uint64_t identity;
  };
  static constexpr std::uint64_t slot_mask = 0xffffffu;

  static Slot slot_of(const Entry& entry) { return static_cast<Slot>(entry.order & slot_mask); }
  void put(std::size_t at, Entry entry) {
    heap_[at] = entry;
    position_[slot_of(entry)] = static_cast<std::uint32_t>(at);
  }
  void sift_up(std::size_t at, Entry entry);
  void sift_down(std::size_t at, Entry entry);
  void take_out(std::size_t at);

  std::vector<Entry> heap_;
  std::vector<std::uint32_t> position_;  // of each slot in the heap
  std::vector<Place> places_;
  std::vector<Slot> free_;
  std::uint64_t sequence_ = 0;
};

}  // namespace lockstep::sim
