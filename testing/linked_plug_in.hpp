#pragma once
// The plug-in that a test program is linked with, instead of loading it.

namespace lockstep {

/// Puts what LOCKSTEP_PLUGIN defines in this program, if anything does, into the tables, once.
/// Throws std::invalid_argument when an entry lacks something. Whoever asks for a scenario of a
/// lock has called it.
void use_linked_plug_in();

}  // namespace lockstep
