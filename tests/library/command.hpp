#pragma once
// The program itself, in a process: plug-ins can be loaded once in each.

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

namespace lockstep {

struct Said {
  int code = -1;
  std::string text;  // results and messages
};

/// Runs a line of the shell.
inline Said shell(const std::string& line) {
  Said said;
  std::FILE* out = popen(("( " + line + " ) 2>&1").c_str(), "r");
  if (out == nullptr) return said;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), out)) {
    said.text.append(buffer.data(), got);
  }
  said.code = WEXITSTATUS(pclose(out));
  return said;
}

/// `lockstep VERB --plugin lib<library>.so ARGUMENTS`
inline Said with_plugin(const std::string& library, const std::string& verb,
                        const std::string& arguments) {
  return shell(std::string(LOCKSTEP_COMMAND) + " " + verb + " --plugin " + LOCKSTEP_PLUGINS +
               "/lib" + library + ".so " + arguments);
}

}  // namespace lockstep
