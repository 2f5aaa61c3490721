// The manual and the completions know every verb, since they are made from the same table.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/library/command.hpp"

namespace lockstep {
namespace {

using testing::HasSubstr;

Said manual(const std::string& form) {
  return shell(std::string(LOCKSTEP_COMMAND) + " manual " + form);
}

TEST(Manual, EveryFormKnowsEveryVerb) {
  for (const char* form : {"man", "bash", "zsh", "fish"}) {
    const Said said = manual(form);
    EXPECT_EQ(said.code, 0) << said.text;
    for (const char* verb : {"run", "sweep", "replay", "new", "manual"}) {
      EXPECT_THAT(said.text, HasSubstr(verb)) << form;
    }
  }
}

TEST(Manual, BashCompletesAVerbAndItsFlags) {
  const std::string load = std::string("eval \"$(") + LOCKSTEP_COMMAND + " manual bash)\"; ";
  const auto completed = [&](const std::string& words, int at) {
    return shell("bash -c '" + load + "COMP_WORDS=(" + words +
                 "); COMP_CWORD=" + std::to_string(at) + "; _lockstep; echo \"${COMPREPLY[@]}\"'");
  };
  EXPECT_EQ(completed("lockstep swe", 1).text, "sweep\n");
  EXPECT_EQ(completed("lockstep run --swa", 2).text, "--swarm\n");
}

}  // namespace
}  // namespace lockstep
