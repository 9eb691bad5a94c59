#include "fhir/validate/findings.h"

#include <array>

#include <fmt/core.h>

namespace tasuki::fhir {
namespace {

struct Words {
  std::string_view code;  // valueset-issue-type
  std::string_view english, japanese;
};

// A "{}" takes the next part, in the order each language has it by its number.
Words words_of(Problem problem) {
  switch (problem) {
    case Problem::not_an_object:
      return {"structure", "An object is expected here, not {0}.",
              "ここはオブジェクトでなければなりません ({0}があります)。"};
    case Problem::no_resource_type:
      return {"structure", "\"resourceType\" is missing; it names the type, as in \"Patient\".",
              "「resourceType」がありません。「Patient」のように型の名前を書きます。"};
    case Problem::unknown_resource_type:
      return {"structure", "\"{0}\" is not a resource type of FHIR R4.{1}",
              "「{0}」は FHIR R4 のリソース型ではありません。{2}"};
    case Problem::abstract_resource_type:
      return {"structure", "\"{0}\" is an abstract type; a resource needs a concrete one.",
              "「{0}」は抽象型です。具体的なリソース型が必要です。"};
    case Problem::unknown_name:
      return {"structure", "{1} has no element \"{0}\".{2}", "{1} に要素「{0}」はありません。{3}"};
    case Problem::not_an_array:
      return {"structure", "\"{0}\" may repeat, so it must be an array: [ ... ].",
              "「{0}」は繰り返せる要素なので、配列 [ ... ] でなければなりません。"};
    case Problem::an_array:
      return {"structure", "\"{0}\" occurs at most once, so it must not be an array.",
              "「{0}」は高々一つの要素なので、配列にはできません。"};
    case Problem::empty_array:
      return {"structure", "\"{0}\" is an empty array; leave it out instead.",
              "「{0}」が空の配列です。値がなければ要素ごと省きます。"};
    case Problem::null_value:
      return {
          "structure",
          "null stands here; only a primitive in an array may be null, and then \"_{0}\" must have "
          "an object in the same place.",
          "ここに null は置けません。null "
          "にできるのは配列の中のプリミティブだけで、同じ位置の「_{0}」にオブジェクトが必要です。"};
    case Problem::empty_object:
      return {"invariant", "An object without content; leave it out instead (ele-1).",
              "空のオブジェクトです。内容がなければ要素ごと省きます (ele-1)。"};
    case Problem::only_id:
      return {"invariant", "An element needs a value or children besides its id (ele-1).",
              "要素には id のほかに値か子が必要です (ele-1)。"};
    case Problem::too_deep:
      return {"too-long", "The document is nested deeper than {0} levels.",
              "入れ子が深すぎます (最大 {0} 段)。"};
    case Problem::not_a_primitive:
      return {"structure", "\"{0}\" is of type {1}: {2} is expected, not {3}.",
              "「{0}」の型は {1} です。{4}が必要です。"};
    case Problem::wrong_format:
      return {"value", "\"{0}\" is not a valid {1}: {2} is expected.",
              "「{0}」は {1} の値ではありません。{3}が必要です。"};
    case Problem::missing:
      return {"required", "\"{0}\" is missing; {1} needs it.",
              "「{0}」がありません。{1} に必須の要素です。"};
    case Problem::second_choice:
      return {"structure", "Only one {0}[x] is allowed, and there is already \"{1}\".",
              "{0}[x] は一つだけです。すでに「{1}」があります。"};
    case Problem::code_not_in_set:
      return {"code-invalid", "\"{0}\" is not a code of the required value set {1}.{2}",
              "「{0}」は必須の値セット {1} のコードではありません。{3}"};
    case Problem::coding_not_in_set:
      return {"code-invalid",
              "\"{0}\" of the system \"{1}\" is not in the required value set {2}.{3}",
              "コード体系「{1}」の「{0}」は必須の値セット {2} にありません。{4}"};
    case Problem::concept_not_in_set:
      return {"code-invalid", "At least one coding must be from the required value set {0}.",
              "必須の値セット {0} のコードが少なくとも一つ必要です。"};
    case Problem::lengths_differ:
      return {
          "structure", "\"{0}\" and \"_{0}\" must have equally many items; fill up with null.",
          "「{0}」と「_{0}」の項目数は同じでなければなりません。足りない所は null で埋めます。"};
    case Problem::bad_reference:
      return {"value",
              "\"{0}\" is not a reference: \"Type/id\", an absolute URL, \"#id\", urn:uuid or "
              "urn:oid is expected.{1}",
              "「{0}」は参照の形ではありません。「型/id」、絶対 URL、「#id」、urn:uuid、urn:oid "
              "のいずれかです。{2}"};
    case Problem::no_contained:
      return {"not-found", "\"{0}\" refers to a contained resource that is not there.",
              "「{0}」の指す内包リソース (contained) がありません。"};
    case Problem::wrong_target:
      return {"structure", "A reference to {0} is not allowed here, only to {1}.",
              "ここから {0} は参照できません。参照できるのは {1} です。"};
    case Problem::type_disagrees:
      return {"value", "The reference points to {0}, but its type says {1}.",
              "参照先は {0} ですが、type は {1} になっています。"};
    case Problem::nested_contained:
      return {"invariant", "A contained resource must not contain resources itself (dom-2).",
              "内包リソース (contained) の中にさらにリソースを内包することはできません (dom-2)。"};
    case Problem::comparator:
      return {"structure", "This quantity must be exact: \"comparator\" is not allowed here.",
              "ここの数量に「comparator」は使えません。"};
    case Problem::extension_and_value:
      return {"invariant", "An extension has either a value or extensions, not both (ext-1).",
              "拡張には値か入れ子の拡張の一方だけを置きます (ext-1)。"};
    case Problem::extension_without_value:
      return {"invariant", "An extension needs a value or extensions (ext-1).",
              "拡張には値か入れ子の拡張が必要です (ext-1)。"};
    case Problem::bad_narrative:
      return {"value", "The narrative is not allowed XHTML: {0}.",
              "本文 (div) が許された XHTML ではありません: {1}。"};
  }
  return {"invalid", "", ""};
}

// Filled by hand: the sentences are chosen at run time and have at most five parts.
std::string filled(std::string_view sentence, std::initializer_list<std::string_view> parts) {
  std::string out;
  out.reserve(sentence.size() + 64);
  for (size_t at = 0; at < sentence.size(); ++at) {
    if (sentence[at] != '{') {
      out += sentence[at];
      continue;
    }
    const auto part = static_cast<size_t>(sentence[at + 1] - '0');
    if (part < parts.size()) out += *(parts.begin() + part);
    at += 2;  // the digit and "}"
  }
  return out;
}

}  // namespace

std::string location_of(const Place& place) {
  std::string text = place.above == nullptr ? std::string() : location_of(*place.above) + ".";
  text += place.name;
  if (place.index >= 0) text += fmt::format("[{}]", place.index);
  return text;
}

void Findings::add(const Place& place, Problem problem,
                   std::initializer_list<std::string_view> parts) {
  if (is_full()) return;
  const Words words = words_of(problem);
  all_.push_back({.severity = Finding::Severity::error,
                  .code = std::string(words.code),
                  .location = location_of(place),
                  .message = filled(words.english, parts),
                  .message_ja = filled(words.japanese, parts)});
}

}  // namespace tasuki::fhir
