#include "sim/agenda.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

namespace lockstep::sim {
namespace {

// Never called: only their addresses count.
void this_way(void*) {}
void that_way(void*) {}

// The agenda as one would explain it: a list, sorted by time, then by who asked first.
class SortedList {
 public:
  struct Item {
    std::int64_t at;
    std::uint64_t asked;
    Agenda::Fire fire;
    Agenda::Slot slot;
    friend bool operator<(const Item& a, const Item& b) {
      return a.at != b.at ? a.at < b.at : a.asked < b.asked;
    }
  };

  void add(std::int64_t at, Agenda::Fire fire, Agenda::Slot slot) {
    items.push_back({at, asked++, fire, slot});
    std::sort(items.begin(), items.end());
  }

  std::vector<Item> items;
  std::uint64_t asked = 0;
};

RC_GTEST_PROP(Agenda, BehavesAsASortedList, (const std::vector<std::uint32_t>& script)) {
  Agenda agenda;
  SortedList twin;
  for (const std::uint32_t word : script) {
    const std::uint32_t what = word % 8;
    const std::uint32_t argument = word / 8 % 16;
    if (what < 5 || twin.items.empty()) {
      const Agenda::Fire fire = what % 2 == 0 ? &this_way : &that_way;
      const auto slot = agenda.add(WorldTime(Duration(argument)), &agenda, fire, twin.asked);
      twin.add(argument, fire, slot);
    } else if (what == 5) {
      const auto victim = twin.items.begin() + argument % twin.items.size();
      agenda.remove(victim->slot);
      twin.items.erase(victim);
    } else {
      RC_ASSERT(nanos(agenda.next()) == twin.items.front().at);
      const Agenda::Due due = agenda.pop();
      RC_ASSERT(nanos(due.at) == twin.items.front().at);
      RC_ASSERT(due.identity == twin.items.front().asked);
      RC_ASSERT(due.fire == twin.items.front().fire);
      twin.items.erase(twin.items.begin());
    }
    RC_ASSERT(agenda.size() == twin.items.size());
  }
  for (; !twin.items.empty(); twin.items.erase(twin.items.begin())) {
    RC_ASSERT(agenda.pop().identity == twin.items.front().asked);
  }
  RC_ASSERT(agenda.empty());
}

RC_GTEST_PROP(Agenda, ListsWhatIsScheduledForOneInTheOrderInWhichItWouldHappen,
              (std::vector<std::uint8_t> times)) {
  Agenda agenda;
  std::vector<char> who(times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    const Agenda::Fire fire = times[i] % 2 == 0 ? &this_way : &that_way;
    agenda.add(WorldTime(Duration(times[i] / 8)), &who[i], fire, i);
  }
  const std::vector<void*> listed = agenda.scheduled_for(&this_way);
  std::vector<void*> happened;
  while (!agenda.empty()) {
    const Agenda::Due due = agenda.pop();
    if (due.fire == &this_way) happened.push_back(due.who);
  }
  RC_ASSERT((listed == happened));
}

}  // namespace
}  // namespace lockstep::sim
