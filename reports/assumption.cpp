#include "reports/assumption.hpp"

namespace lockstep::reports {

std::string_view name_of(Assumption assumption) {
  switch (assumption) {
#define LOCKSTEP_CASE(name, text, sentence) \
  case Assumption::name: return text;
    LOCKSTEP_ASSUMPTIONS(LOCKSTEP_CASE)
#undef LOCKSTEP_CASE
  }
  return "?";
}

std::string_view meaning_of(Assumption assumption) {
  switch (assumption) {
#define LOCKSTEP_CASE(name, text, sentence) \
  case Assumption::name: return sentence;
    LOCKSTEP_ASSUMPTIONS(LOCKSTEP_CASE)
#undef LOCKSTEP_CASE
  }
  return "?";
}

const std::vector<Assumption>& all_assumptions() {
  static const std::vector<Assumption> all = {
#define LOCKSTEP_NAME(name, text, sentence) Assumption::name,
      LOCKSTEP_ASSUMPTIONS(LOCKSTEP_NAME)
#undef LOCKSTEP_NAME
  };
  return all;
}

}  // namespace lockstep::reports
