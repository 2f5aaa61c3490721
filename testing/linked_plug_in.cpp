#include "testing/linked_plug_in.hpp"

#include <stdexcept>

#include "harness/plug_in.hpp"

extern "C" __attribute__((weak)) void lockstep_plugin(lockstep::PlugIn& plug_in);

namespace lockstep {

void use_linked_plug_in() {
  static const Result<void> done = [] {
    PlugIn added;
    if (&lockstep_plugin != nullptr) lockstep_plugin(added);
    return add_to_tables(added);
  }();
  if (!done) throw std::invalid_argument(done.error().text);
}

}  // namespace lockstep
