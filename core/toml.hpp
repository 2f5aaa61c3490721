#pragma once
// toml++ as every file of ours includes it: with other switches in another file, the linker would
// mix two different libraries of one name.

// A dotted key that ends in its dot breaks an assertion of toml++ 3.3, and without the assertion is
// an error with a place (tests/formats/mutation_test.cpp finds it within 300 scenarios).
#define TOML_ASSERT(expression) static_assert(true)
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>
