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
    case Problem::too_few:
      return {"required", "\"{0}\" must stand here at least {1} times; {2} found.",
              "「{0}」が足りません。{1} 個以上必要ですが、{2} 個です。"};
    case Problem::too_many:
      return {"structure", "\"{0}\" may stand here at most {1} times; {2} found.",
              "「{0}」が多すぎます。{1} 個までですが、{2} 個あります。"};
    case Problem::slice_too_few:
      return {"required", "\"{0}\" needs at least {1} of the kind \"{2}\"{3}; {4} found.",
              "「{0}」のうち「{2}」にあたるもの{5}が {1} 個以上必要ですが、{4} 個です。"};
    case Problem::slice_too_many:
      return {"structure", "\"{0}\" may have at most {1} of the kind \"{2}\"{3}; {4} found.",
              "「{0}」のうち「{2}」にあたるもの{5}は {1} 個までですが、{4} 個あります。"};
    case Problem::slice_closed:
      return {"structure", "This \"{0}\" is of none of the kinds allowed here: {1}.",
              "この「{0}」は、ここで許される種類のどれにもあたりません。許されるのは {1} です。"};
    case Problem::slice_missed:
      return {
          "informational",
          "This \"{0}\" is of none of the kinds that are described; of \"{1}\", the nearest: {2}",
          "この「{0}」は、説明のある種類のどれにもあたりません。最も近い「{1}」から見ると: {2}"};
    case Problem::slice_order:
      return {"structure", "\"{0}\" of the kind \"{1}\" must stand before the one before it.",
              "「{0}」の並び順が違います。「{1}」は前のものより先に置きます。"};
    case Problem::slice_at_end:
      return {"structure", "\"{0}\" of no named kind must stand after all others.",
              "名前のある種類にあたらない「{0}」は、最後に置きます。"};
    case Problem::type_not_allowed:
      return {"structure", "\"{0}\" is a {1} here; allowed is {2}.",
              "「{0}」の型が {1} です。ここで使えるのは {2} です。"};
    case Problem::fixed_differs:
      return {"value", "\"{0}\" must be exactly {1}; {2} found.",
              "「{0}」は {1} でなければなりません。{2} になっています。"};
    case Problem::pattern_differs:
      return {"value", "\"{0}\" must contain {1}; {2} found.",
              "「{0}」は {1} を含まなければなりません。{2} になっています。"};
    case Problem::below_minimum:
      return {"value", "\"{0}\" must be at least {1}; {2} found.",
              "「{0}」は {1} 以上でなければなりません。{2} になっています。"};
    case Problem::above_maximum:
      return {"value", "\"{0}\" must be at most {1}; {2} found.",
              "「{0}」は {1} 以下でなければなりません。{2} になっています。"};
    case Problem::text_too_long:
      return {"too-long", "\"{0}\" may have at most {1} characters; it has {2}.",
              "「{0}」は {1} 文字までです。{2} 文字あります。"};
    case Problem::rule_broken:
      return {"invariant", "{1} ({0})", "規則 {0} を満たしていません: {2}"};
    case Problem::rule_not_run:
      return {"not-supported", "The rule {0} could not be checked: {1}",
              "規則 {0} を確かめられませんでした: {1}"};
    case Problem::code_outside:
      return {"code-invalid", "{0} is not in the {1} value set {2}.{3}",
              "{0} は、{4}値セット {2} にありません。{5}"};
    case Problem::code_unknown:
      return {"not-found",
              "{0} could not be checked: the value set {1}, or a code system in it, is not "
              "installed.",
              "{0} を確かめられません。値セット {1} かそのコード体系が導入されていません。"};
    case Problem::extension_unknown:
      return {"extension", "The extension {0} is defined in no installed package.{1}",
              "拡張 {0} の定義が、導入されたパッケージにありません。{2}"};
    case Problem::modifier_unknown:
      return {
          "extension",
          "The modifier extension {0} is defined in no installed package; what is not understood "
          "here changes the meaning, so it cannot be passed over.{1}",
          "意味を変える拡張 (modifierExtension) {0} の定義が、導入されたパッケージにありません。"
          "理解できないまま受け取ることはできません。{2}"};
    case Problem::extension_context:
      return {"extension", "The extension {0} may not stand on {1}; it may stand on {2}.",
              "拡張 {0} は {1} には付けられません。付けられるのは {2} です。"};
    case Problem::profile_unknown:
      return {"not-found", "The profile {0} is in no installed package.{1}",
              "プロファイル {0} が、導入されたパッケージにありません。{2}"};
    case Problem::profile_other_type:
      return {"structure", "The profile {0} is for {1}, not for {2}.",
              "プロファイル {0} は {1} のものです。{2} には使えません。"};
    case Problem::no_profile_matches:
      return {
          "structure", "\"{0}\" meets none of the profiles allowed here ({1}). Of {2}: {3}",
          "「{0}」は、ここで求められるプロファイル ({1}) のどれも満たしていません。{2} では: {4}"};
    case Problem::target_profile:
      return {"structure", "What {0} refers to meets none of the profiles allowed here ({1}). {2}",
              "{0} の参照先は、ここで求められるプロファイル ({1}) のどれも満たしていません。{3}"};
    case Problem::aggregation:
      return {"structure", "{0} is a {1} reference; allowed here is: {2}.",
              "{0} は {1} の参照です。ここで使えるのは {2} です。"};
    case Problem::not_in_bundle:
      return {"not-found",
              "{0} refers to nothing in this {1}; everything it speaks of must be in it.",
              "{0} の参照先がこの{2}の中にありません。参照するものはすべて含めます。"};
    case Problem::full_url_relative:
      return {"value", "fullUrl must be an absolute address (or urn:uuid, urn:oid); {0} found.",
              "fullUrl は絶対 URL か urn:uuid、urn:oid でなければなりません。{0} になっています。"};
    case Problem::full_url_id:
      return {"value", "fullUrl ends in another id than the resource has: {0}, {1}.",
              "fullUrl の末尾とリソースの id が違います: {0}, {1}。"};
    case Problem::ambiguous_reference:
      return {"value", "{0} means more than one entry of the bundle.",
              "{0} にあたるエントリーがバンドルの中に二つ以上あります。"};
    case Problem::narrative_empty:
      return {"invariant", "The narrative says nothing: it needs text or an image (txt-2).",
              "本文 (div) に内容がありません。文字か画像が必要です (txt-2)。"};
    case Problem::text_too_short:
      return {"value", "\"{0}\" must have at least {1} characters; it has {2}.",
              "「{0}」は {1} 文字以上必要です。{2} 文字しかありません。"};
    case Problem::value_missing:
      return {"required", "\"{0}\" needs a value here; extensions do not stand in for it.",
              "「{0}」には値が必要です。拡張だけでは足りません。"};
    case Problem::extension_url_relative:
      return {"value", "The url of an extension must be an absolute address; \"{0}\" found.",
              "拡張の url は絶対 URL でなければなりません。「{0}」になっています。"};
    case Problem::part_unknown:
      return {"extension", "The extension {1} has no part \"{0}\"; it has {2}.",
              "拡張 {1} に「{0}」という部分はありません。あるのは {2} です。"};
    case Problem::attachment_size:
      return {"value", "The size says {0} bytes, the data has {1}.",
              "size は {0} バイトですが、data は {1} バイトあります。"};
    case Problem::identifier_not_uri:
      return {"value",
              "With the system urn:ietf:rfc:3986 the value must be a whole URI; \"{0}\" found.",
              "system が urn:ietf:rfc:3986 のとき、値は URI "
              "でなければなりません。「{0}」になっています。"};
    case Problem::not_present_concepts:
      return {"business-rule", "The content is said to be not present, but concepts stand here.",
              "content が not-present なのに、concept があります。"};
    case Problem::supplement_content:
      return {"business-rule",
              "A code system that supplements another must have the content \"supplement\".",
              "ほかのコード体系を補うものは、content を supplement とします。"};
    case Problem::system_relative:
      return {"value", "The system of a value set must be an absolute address; \"{0}\" found.",
              "値セットの system は絶対 URL でなければなりません。「{0}」になっています。"};
    case Problem::canonical_relative:
      return {"value", "A canonical must be an absolute address; \"{0}\" found.",
              "正規 URL は絶対 URL でなければなりません。「{0}」になっています。"};
    case Problem::embedded_html:
      return {"security", "The text looks like HTML, which is not allowed here: {0}",
              "HTML のように見える文字列は使えません: {0}"};
    case Problem::link_twice:
      return {"structure", "The link \"{0}\" may stand once only.",
              "リンク「{0}」は一つだけです。"};
    case Problem::search_id_missing:
      return {"required", "What a search found must have an id.",
              "検索結果のリソースには id が必要です。"};
    case Problem::outcome_expected:
      return {"structure", "An entry of the mode \"outcome\" must be an OperationOutcome, not {0}.",
              "mode が outcome のエントリーは OperationOutcome でなければなりません。{0} "
              "になっています。"};
    case Problem::full_url_without_id:
      return {"required", "The fullUrl {0} is a RESTful address, but the resource has no id.",
              "fullUrl {0} は REST の形ですが、リソースに id がありません。"};
    case Problem::entry_unreachable:
      return {"informational", "Nothing in the document leads to {0}.",
              "文書のどこからも {0} にたどれません。"};
    case Problem::target_type_differs:
      return {"structure", "{0} leads to a {1} in this bundle.",
              "{0} の参照先は、このバンドルでは {1} です。"};
    case Problem::version_not_in_bundle:
      return {"not-found", "{0} asks for a version that is not in this bundle.",
              "{0} の指す版が、このバンドルにありません。"};
    case Problem::link_id_unknown:
      return {"structure", "The questionnaire has no item \"{0}\" in this place.",
              "質問票に、この位置の項目「{0}」はありません。"};
    case Problem::item_not_enabled:
      return {"business-rule", "The item \"{0}\" has an answer although it is not enabled.",
              "項目「{0}」は回答の対象ではないのに、回答があります。"};
    case Problem::answer_missing:
      return {"required", "The question \"{0}\" must be answered.",
              "必須の質問「{0}」に回答がありません。"};
    case Problem::answer_type:
      return {"value", "The answer to \"{0}\" must be a {1}, not a {2}.",
              "質問「{0}」の回答は {1} でなければなりません。{2} になっています。"};
    case Problem::answer_not_option:
      return {"code-invalid", "The answer to \"{0}\" is none of its options: {1}.",
              "質問「{0}」の回答が選択肢にありません: {1}。"};
    case Problem::answer_repeats:
      return {"structure", "The item \"{0}\" may stand once only.",
              "項目「{0}」は繰り返せません。"};
    case Problem::item_text_differs:
      return {"value", "The text of \"{0}\" is not the questionnaire's: \"{1}\".",
              "項目「{0}」の文言が質問票と違います: 「{1}」。"};
    case Problem::questionnaire_unknown:
      return {"not-found",
              "The questionnaire {0} is not installed, so the answers were not checked.",
              "質問票 {0} が導入されていないので、回答を確かめていません。"};
    case Problem::code_not_in_system:
      return {"code-invalid", "\"{0}\" is not a code of the code system {1}.",
              "「{0}」はコード体系 {1} にありません。"};
    case Problem::display_differs:
      return {"invalid", "{0}", "{1}"};
    case Problem::structure_not_built:
      return {"structure", "This profile cannot be used: {0}", "このプロファイルは使えません: {0}"};
    case Problem::fixed_anew:
      return {"structure", "\"{0}\" is fixed to {1}, and to something else in its base {2}.",
              "「{0}」を {1} に固定していますが、基にした {2} では別の値に固定されています。"};
    case Problem::map_outside:
      return {"code-invalid", "\"{0}\" is not in the value set {1} that this map is for.",
              "「{0}」は、この対応表が対象とする値セット {1} にありません。"};
    case Problem::filter_not_coding:
      return {"invalid",
              "The property \"{0}\" is a Coding: it is compared with system#code, not \"{1}\".",
              "プロパティ「{0}」は Coding なので、「{1}」ではなく system#code と比べます。"};
    case Problem::unit_unknown:
      return {"code-invalid", "\"{0}\" is not a unit of UCUM: {1}",
              "「{0}」は UCUM の単位ではありません: {1}"};
    case Problem::profile_unusable:
      return {
          "processing",
          "The profile {0} is installed but could not be compiled, so nothing can be said of it; "
          "`tasuki package add` says why.",
          "プロファイル {0} は導入されていますが、定義に誤りがあり使えません。理由は tasuki "
          "package add "
          "が示します。"};
    case Problem::enable_when_unknown:
      return {"value",
              "enableWhen refers to the question \"{0}\", which is not before it or is inside it.",
              "enableWhen が、前にない、または内側にある質問「{0}」を指しています。"};
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
                   std::initializer_list<std::string_view> parts, Finding::Severity severity,
                   Source source) {
  if (severity == Finding::Severity::error) ++errors_;
  if (is_full()) return;
  const Words words = words_of(problem);
  all_.push_back({.severity = severity,
                  .code = std::string(words.code),
                  .location = location_of(place),
                  .message = filled(words.english, parts),
                  .message_ja = filled(words.japanese, parts),
                  .rule = std::string(source.rule),
                  .profile = std::string(source.profile),
                  .is_about_target = problem == Problem::wrong_target});
}

void Findings::add_reason(const Finding& reason, std::string_view list, std::string_view slice) {
  if (is_full() || reason.severity == Finding::Severity::information) return;
  const Words words = words_of(Problem::slice_missed);
  Finding& one = all_.emplace_back(reason);
  one.severity = Finding::Severity::information;
  one.code = words.code;
  one.message = filled(words.english, {list, slice, reason.message});
  one.message_ja = filled(words.japanese, {list, slice, reason.message_ja});
}

}  // namespace tasuki::fhir
