// A QuestionnaireResponse held against its Questionnaire. FHIR R4 questionnaireresponse.html,
// questionnaire.html (enableWhen, answerOption).
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "fhir/validate/findings.h"

namespace tasuki::fhir {

// Is the coding in the value set? Nothing: not known.
using AskValueSet =
    std::function<std::optional<bool>(std::string_view value_set, const json::Value& coding)>;

void check_answers(const json::Value& questionnaire, const json::Value& response,
                   const Place& place, const AskValueSet& ask, Findings& findings);

// Does each enableWhen speak of a question that can be answered before?
void check_questions(const json::Value& questionnaire, const Place& place, Findings& findings);

}  // namespace tasuki::fhir
