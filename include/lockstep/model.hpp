#pragma once
// For models that `lockstep check --model` judges histories by: a struct with State, Input, step()
// and read(), and linearizable<it> for Model::check.

#include "checker/linearizable.hpp"
#include "checker/model.hpp"
#include "lockstep/version.hpp"
