#pragma once
// The questions that must never be mixed: what clients believed, what the service granted, what
// the resource accepted, and whether anybody got on at all.

#include <string_view>

namespace lockstep::reports {

enum class Question { belief, service, effect, progress, other };

constexpr Question questions[] = {Question::belief, Question::service, Question::effect,
                                  Question::progress, Question::other};

/// Which question a property answers, by its name; `other` for names this table does not know.
Question question_of(std::string_view property);

std::string_view name_of(Question question);     // "belief"
std::string_view meaning_of(Question question);  // "what the clients believed"

}  // namespace lockstep::reports
