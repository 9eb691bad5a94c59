// One run of a Program over one message: the state that its operations share.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "intake/mapping/run.h"
#include "intake/mapping/values.h"

namespace tasuki::intake {

class Runner {
 public:
  Runner(const Program& program, Source& source, const ConvertSettings& settings,
         const Mappings& mappings, Converted& out);
  void run();

 private:
  // An object that is being filled.
  struct Frame {
    json::Value object;
    uint32_t slot = 0;
    const Frame* parent = nullptr;         // of an element: what it will stand in,
    const Operation* operation = nullptr;  // under which name
    bool attempted = false;                // a line with a source stood in it
    bool delivered = false;                // and one of them found something
  };
  struct NamedState {
    std::string id;
    std::string_view type;
    Frame* frame = nullptr;  // while it is open
    uint32_t slot = 0;
    bool made = false;
    bool contained = false;
  };
  // A value on its way through the steps: a place in the message, a text, or a FHIR value.
  struct Operand {
    bool present = false;
    bool has_spot = false, has_text = false;
    Spot spot;
    std::string text;
    json::Value value;
    std::string_view element;  // result: the name of the choice
  };

  void block(uint32_t begin, uint32_t end, const Scope& scope, Frame* frame);
  void each_group(uint32_t index, const Scope& scope, Frame* frame);
  void each_segment(uint32_t index, const Scope& scope, Frame* frame);
  void each_repetition(uint32_t index, const Scope& scope, Frame* frame);
  void round(uint32_t index, const Scope& scope, Frame* frame);
  void resource(uint32_t index, const Scope& scope);
  void contained(uint32_t index, const Scope& scope, Frame& parent);
  void element(uint32_t index, const Scope& scope, Frame& parent);
  void assign(const Operation& operation, const Scope& scope, Frame& frame);
  std::string path_of(const Frame& frame, std::span<const std::string> target,
                      std::string_view last, bool is_array);
  void aside(uint32_t index);
  void check(const Operation& operation, const Scope& scope);
  void check_institution(const Operation& operation, const Scope& scope);
  void check_claim_points(const Operation& operation, const Scope& scope);
  void check_dose_total(const Operation& operation, const Scope& scope);
  void check_daily(std::optional<double> daily, const std::optional<Spot>& spot,
                   const std::string& dose_unit, const Operation& operation);
  void check_usage_text(const Usage& usage, const Spot& spot, const Operation& operation);
  void tell_total(double expected, const Spot& spot, const Operation& operation);
  void add_profile(const Operation& operation, json::Value& object);
  void refer_from(const Operation& operation);
  std::optional<std::string> key_of(const Operation& operation, const Scope& scope);
  json::Value reference_to(const NamedState& named);

  // evaluate.cpp, steps.cpp, checks.cpp
  bool holds(const Condition& condition, const Scope& scope);
  std::string compared(const Condition& condition, const Scope& scope, bool& present);
  Operand evaluate(const Expression& expression, const Operation& operation, const Scope& scope);
  Operand every(const Path& path, const Scope& scope);
  Operand joined(const Joined& terms, const Scope& scope);
  Operand term(const Term& term, const Scope& scope);
  const Step* run_steps(const Expression& expression, const Operation& operation,
                        const Scope& scope, Operand& operand);
  bool step(const Step& step, const Expression& expression, const Operation& operation,
            const Scope& scope, Operand& operand);
  bool convert_step(const Step& step, const Operation& operation, const Scope& scope,
                    Operand& operand);
  bool look_up(const Step& step, Operand& operand);
  bool map_code(const Step& step, Operand& operand);
  bool result_step(const Step& step, const Expression& expression, const Operation& operation,
                   const Scope& scope, Operand& operand);
  void otherwise(const Step& step, const Expression& expression, const Operation& operation,
                 Operand& operand);
  std::string text_of(const Operand& operand);
  json::Value value_of(const Operand& operand, const Operation& operation);
  std::string variable(std::string_view name) const;
  static std::string place_of(const Expression& expression);

  void stop(Converted::State state, std::string_view code, std::string reason, uint32_t line);
  void note(formats::Finding::Severity severity, std::string_view code, std::string message,
            const Spot* spot, uint32_t line, bool task);

  const Program& program_;
  Source& source_;
  const ConvertSettings& settings_;
  const Mappings& mappings_;
  Converted& out_;
  json::Arena& arena_;
  Values values_;
  std::vector<NamedState> names_;
  std::unordered_map<std::string, int> used_;  // ids made from a key, and how often
  std::vector<bool>
      set_aside_;  // by operation: an aside speaks of the whole message, so once is enough
  std::map<std::pair<uint32_t, std::string>, int> counts_;  // `| count`: by line and text
  fhir::TypeId codeable_ = fhir::no_type;
};

}  // namespace tasuki::intake
