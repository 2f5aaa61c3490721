#include "campaign/rows.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace lockstep {
namespace {

std::string line_at(const std::string& text, std::size_t at) {
  const std::size_t begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  return text.substr(begin, text.find('\n', at) - begin);
}

}  // namespace

std::string difference(const CampaignHead& here, const CampaignHead& there) {
  if (here.build != there.build) {
    return fmt::format("its build is {}, not {}", there.build, here.build);
  }
  if (here.settings != there.settings) {
    const auto at = std::mismatch(here.settings.begin(), here.settings.end(),
                                  there.settings.begin(), there.settings.end());
    const auto place = static_cast<std::size_t>(at.first - here.settings.begin());
    return fmt::format("it has `{}`, not `{}`", line_at(there.settings, place),
                       line_at(here.settings, place));
  }
  if (here.first_seed != there.first_seed) {
    return fmt::format("its first seed is {}, not {}", there.first_seed, here.first_seed);
  }
  return here.properties == there.properties ? "" : "it judges other properties";
}

}  // namespace lockstep
