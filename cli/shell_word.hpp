#pragma once
// Words of commands that people are told to type.

#include <string>

namespace lockstep {

/// As a shell takes it for one word: 'my night.sqlite'.
std::string shell_word(const std::string& word);

}  // namespace lockstep
