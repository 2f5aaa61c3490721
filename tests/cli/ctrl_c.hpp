#pragma once
// A terminal at which somebody presses Ctrl-C.

#include <csignal>
#include <sstream>
#include <utility>

namespace lockstep {

/// Presses it when the first word is shown there.
class CtrlCAtTheFirstWord : public std::stringbuf {
 protected:
  int sync() override {
    if (!std::exchange(pressed_, true)) std::raise(SIGINT);
    return 0;
  }

 private:
  bool pressed_ = false;
};

}  // namespace lockstep
