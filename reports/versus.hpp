#pragma once
// Two runs in the same universe, told side by side: what became of each, and where they part.

#include <optional>
#include <string>
#include <vector>

#include "core/outcome.hpp"

namespace lockstep::reports {

/// Something that the clients or the resource saw, whatever lock it was.
struct Happening {
  WorldTime at{};
  std::string who;
  std::string text;
};

/// In the order of time: holds that were believed in and their ends, accesses, faults.
std::vector<Happening> happenings(const Outcome& outcome);

/// Where two runs part: after `alike` happenings of the same words, in the same order. One of the
/// two is empty when that run ended there.
struct Parting {
  std::size_t alike = 0;
  Duration apart{};  // the most that two that were alike were apart in time
  std::optional<Happening> a;
  std::optional<Happening> b;
};
/// None when all that happened was alike.
std::optional<Parting> parting_of(const Outcome& a, const Outcome& b);

struct VersusSide {
  std::string name;  // as it was asked for
  const Outcome& outcome;
};

std::string versus_text(const VersusSide& a, const VersusSide& b);
std::string versus_json(const VersusSide& a, const VersusSide& b);
/// One self-contained page with both timelines, which move together, and the first difference
/// marked in each.
std::string versus_page(const VersusSide& a, const VersusSide& b);

}  // namespace lockstep::reports
