#pragma once
// What plug-ins add to the table of models. See core/additions.hpp.

#include "checker/model.hpp"
#include "core/additions.hpp"

namespace lockstep {

/// To be lengthened before the first look at the table.
Additions<Model>& added_models();

}  // namespace lockstep
