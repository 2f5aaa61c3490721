#include "core/claims.hpp"

#include <fmt/format.h>

#include <vector>

namespace lockstep {

std::string told(const Claims& claims) {
  std::vector<std::string> words;
  if (claims.exclusion) {
    words.push_back(claims.permits == 1 ? "no two hold it at once"
                                        : fmt::format("no more than {} hold it", claims.permits));
  }
  if (claims.readers) words.emplace_back("readers may share it");
  if (claims.checks_lease) words.emplace_back("tells its client when to stop");
  if (claims.ordered_token) words.emplace_back("fencing tokens that rise with each grant");
  if (claims.fifo) words.emplace_back("first come, first served");
  if (claims.guarded_store)
    words.emplace_back("effects in its own store, checked against the lock");
  if (claims.transactional) words.emplace_back("its release commits all effects, or none");
  if (claims.expires) words.emplace_back("a dead holder's grant ends by itself");
  return words.empty() ? "nothing" : fmt::format("{}", fmt::join(words, "; "));
}

}  // namespace lockstep
