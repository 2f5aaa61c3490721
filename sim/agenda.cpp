#include "sim/agenda.hpp"

#include <algorithm>
#include <stdexcept>

namespace lockstep::sim {

Agenda::Slot Agenda::add(WorldTime at, void* who, Fire fire, std::uint64_t identity) {
  Slot slot;
  if (free_.empty()) {
    slot = static_cast<Slot>(places_.size());
    if (slot > slot_mask) throw std::length_error("over 16 million things are scheduled at once");
    places_.push_back({who, fire, identity});
    position_.push_back(0);
  } else {
    slot = free_.back();
    free_.pop_back();
    places_[slot] = {who, fire, identity};
  }
  const Entry entry{nanos(at), sequence_++ << 24 | slot};
  heap_.push_back(entry);
  sift_up(heap_.size() - 1, entry);
  return slot;
}

void Agenda::remove(Slot slot) {
  const std::size_t at = position_[slot];
  assert(at < heap_.size() && slot_of(heap_[at]) == slot);
  take_out(at);
}

Agenda::Due Agenda::pop() {
  const Entry first = heap_.front();
  const Place place = places_[slot_of(first)];
  take_out(0);
  // With many nodes the next one's memory is far away: it comes while this one is at work.
  if (!heap_.empty()) __builtin_prefetch(places_[slot_of(heap_.front())].who);
  return {WorldTime(Duration(first.at)), place.who, place.fire, place.identity};
}

void Agenda::take_out(std::size_t at) {
  free_.push_back(slot_of(heap_[at]));
  const Entry last = heap_.back();
  heap_.pop_back();
  if (at == heap_.size()) return;
  if (at > 0 && last < heap_[(at - 1) / 4]) {
    sift_up(at, last);
  } else {
    sift_down(at, last);
  }
}

void Agenda::sift_up(std::size_t at, Entry entry) {
  while (at > 0) {
    const std::size_t parent = (at - 1) / 4;
    if (!(entry < heap_[parent])) break;
    put(at, heap_[parent]);
    at = parent;
  }
  put(at, entry);
}

void Agenda::sift_down(std::size_t at, Entry entry) {
  const std::size_t size = heap_.size();
  const Entry* const heap = heap_.data();
  for (;;) {
    const std::size_t first = at * 4 + 1;
    std::size_t least = first;
    if (first + 3 < size) {
      if (heap[first + 1] < heap[least]) least = first + 1;
      if (heap[first + 2] < heap[least]) least = first + 2;
      if (heap[first + 3] < heap[least]) least = first + 3;
    } else {
      if (first >= size) break;
      for (std::size_t child = first + 1; child < size; ++child) {
        if (heap[child] < heap[least]) least = child;
      }
    }
    if (!(heap[least] < entry)) break;
    put(at, heap[least]);
    at = least;
  }
  put(at, entry);
}

std::vector<void*> Agenda::scheduled_for(Fire fire) const {
  std::vector<Entry> found;
  for (const Entry& entry : heap_) {
    if (places_[slot_of(entry)].fire == fire) found.push_back(entry);
  }
  std::sort(found.begin(), found.end());  // house: orders are unique, so there are no ties
  std::vector<void*> who;
  for (const Entry& entry : found) who.push_back(places_[slot_of(entry)].who);
  return who;
}

}  // namespace lockstep::sim
