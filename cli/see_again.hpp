#pragma once
// Commands, to be pasted into a shell, that show a run of a sweep again.

#include <cstdint>
#include <string>

#include "cli/requests.hpp"
#include "cli/sweep_job.hpp"
#include "cli/verbs.hpp"

namespace lockstep {

class SeeAgain {
 public:
  SeeAgain(const SweepRequest& request, const FinishedSweep& sweep, const VerbContext& context)
      : request_(request), sweep_(sweep), context_(context) {}

  /// The run that the folder of -o has, or would have had; empty: nothing was violated.
  std::string first() const;
  /// The first run that broke the promise of that property, of that seed.
  std::string of(const std::string& property, std::uint64_t seed) const;

 private:
  std::string run_of(std::uint64_t seed) const;
  std::string sweep_up_to(std::uint64_t seed) const;
  std::string kept_in(const std::string& folder, const std::string& file) const;

  const SweepRequest& request_;
  const FinishedSweep& sweep_;
  const VerbContext& context_;
};

/// The name, in the folder of -o, of the first run that broke the promise of a property.
std::string first_run_file(const std::string& property);

}  // namespace lockstep
