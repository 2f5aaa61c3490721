#pragma once
// The manual page and the completions of shells, made from the program's own table of verbs.

#include <string>
#include <vector>

namespace lockstep {

struct OptionEntry {
  std::vector<std::string> names;  // "--seed", "-s"; empty: a word without a flag
  std::string word;                // what it takes, or the word's own name; empty: a flag
  std::string meaning;
};

struct VerbEntry {
  std::string name;
  std::string summary;
  std::vector<OptionEntry> options;
};

/// lockstep(1), in troff.
std::string manual_page(const std::vector<VerbEntry>& verbs, const std::string& version);
std::string bash_completion(const std::vector<VerbEntry>& verbs);
std::string zsh_completion(const std::vector<VerbEntry>& verbs);
std::string fish_completion(const std::vector<VerbEntry>& verbs);

}  // namespace lockstep
