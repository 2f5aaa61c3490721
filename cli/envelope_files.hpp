#pragma once
// A safety envelope as a text map, JSON, a picture, and a scenario on each side of its line.

#include <string>
#include <vector>

#include "cli/output_folder.hpp"
#include "harness/envelope.hpp"

namespace lockstep {

struct EnvelopeReport {
  const Scenario& base;
  const EnvelopeOptions& options;
  const Envelope& envelope;
};

std::string tell(const EnvelopeReport& report);
std::string json_of(const EnvelopeReport& report);
/// One HTML file that needs nothing else.
std::string page_of(const EnvelopeReport& report);

/// envelope.json, envelope.html, and, where the line was found, safe.toml and unsafe.toml: two
/// points of one column, a step apart, under the seed that breaks the one and not the other.
std::vector<OutputFile> files_of(const EnvelopeReport& report);

}  // namespace lockstep
