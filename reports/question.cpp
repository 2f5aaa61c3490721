// Which property answers which question (lock-algorithms.md section C).
#include "reports/question.hpp"

namespace lockstep::reports {
namespace {

struct Row {
  std::string_view property;
  Question question;
};
constexpr Row rows[] = {
    {"linearizable", Question::service},      {"belief-exclusion", Question::belief},
    {"loss-detection", Question::belief},     {"service-exclusion", Question::service},
    {"token-order", Question::service},       {"lock-linearizability", Question::service},
    {"release-rights", Question::service},    {"effect-exclusion", Question::effect},
    {"fenced-safety", Question::effect},      {"no-lost-update", Question::effect},
    {"job-once", Question::effect},           {"no-overselling", Question::effect},
    {"money-conserved", Question::effect},    {"permits-conserved", Question::effect},
    {"deadlock-freedom", Question::progress}, {"bounded-wait", Question::progress},
    {"no-wait-cycle", Question::progress},
};

}  // namespace

Question question_of(std::string_view property) {
  for (const Row& row : rows) {
    if (row.property == property) return row.question;
  }
  return Question::other;
}

std::string_view name_of(Question question) {
  switch (question) {
    case Question::belief: return "belief";
    case Question::service: return "service";
    case Question::effect: return "effect";
    case Question::progress: return "progress";
    case Question::other: return "other";
  }
  return "?";
}

std::string_view meaning_of(Question question) {
  switch (question) {
    case Question::belief: return "what the clients believed";
    case Question::service: return "what the lock service granted";
    case Question::effect: return "what the resource accepted";
    case Question::progress: return "whether somebody got the lock in the end";
    case Question::other: return "whatever else was checked";
  }
  return "?";
}

}  // namespace lockstep::reports
