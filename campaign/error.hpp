#pragma once
// Why a campaign's file can't be used.

#include <string>
#include <tl/expected.hpp>

namespace lockstep {

class SqliteFailure;

struct CampaignError {
  enum class Kind {
    unusable,   // the file can't be read or written
    different,  // it is another campaign's
    diverged    // two files tell different things of one run
  };
  Kind kind = Kind::unusable;
  std::string what;  // one sentence
  std::string advice{};
  std::string where{};  // which of several files
};

template <class T>
using CampaignResult = tl::expected<T, CampaignError>;

/// What SQLite refused, in words that say how to go on.
CampaignError told(const SqliteFailure& failure);

}  // namespace lockstep
