#include "catalogue.h"

namespace tasuki::demo {
namespace {

// clang-format off
constexpr Usage morning{"1011000400000000", "内服・経口・１日１回朝食後", 1};
constexpr Usage evening{"1011040000000000", "内服・経口・１日１回夕食後", 1};
constexpr Usage bedtime{"1011100000000000", "内服・経口・１日１回就寝前", 1};
constexpr Usage twice{"1012040400000000", "内服・経口・１日２回朝夕食後", 2};
constexpr Usage thrice{"1013044400000000", "内服・経口・１日３回朝昼夕食後", 3};
constexpr Usage on_pain{"1050110000000000", "内服・経口・疼痛時", 1};
constexpr Usage on_fever{"1050710000000000", "内服・経口・発熱時", 1};
constexpr Usage eye_drops{"2H71000000000000", "外用・点眼・１日１回", 1};
constexpr Usage weekly{"1011000090000000", "内服・経口・１日１回起床時", 1, "CW100000&週１回", 7};
constexpr Usage inhale{"2L72000000000000", "外用・吸入・１日２回", 2};
constexpr Usage patch{"2A71000000000000", "外用・貼付・１日１回", 1};

constexpr std::array all_drugs{
    Drug{"アムロジピン錠５ｍｇ", "103835401", "TAB", "錠", 1, morning, 28, "PO", "口"},               // 0
    Drug{"カンデサルタン錠８ｍｇ", "112345602", "TAB", "錠", 1, morning, 28, "PO", "口"},             // 1
    Drug{"メトホルミン塩酸塩錠２５０ｍｇ", "105271803", "TAB", "錠", 1, twice, 28, "PO", "口"},       // 2
    Drug{"シタグリプチン錠５０ｍｇ", "119743504", "TAB", "錠", 1, morning, 28, "PO", "口"},           // 3
    Drug{"アトルバスタチン錠１０ｍｇ", "113862205", "TAB", "錠", 1, evening, 28, "PO", "口"},         // 4
    Drug{"エドキサバン錠３０ｍｇ", "120556606", "TAB", "錠", 1, morning, 28, "PO", "口"},             // 5
    Drug{"フロセミド錠２０ｍｇ", "102934107", "TAB", "錠", 1, morning, 28, "PO", "口"},               // 6
    Drug{"ビソプロロール錠２．５ｍｇ", "118432808", "TAB", "錠", 1, morning, 28, "PO", "口"},         // 7
    Drug{"ロキソプロフェン錠６０ｍｇ", "104567209", "TAB", "錠", 1, thrice, 14, "PO", "口"},           // 8
    Drug{"レバミピド錠１００ｍｇ", "106123410", "TAB", "錠", 1, thrice, 14, "PO", "口"},              // 9
    Drug{"フェブキソスタット錠１０ｍｇ", "121098711", "TAB", "錠", 1, morning, 28, "PO", "口"},       // 10
    Drug{"アレンドロン酸錠３５ｍｇ", "117654312", "TAB", "錠", 1, weekly, 28, "PO", "口"},           // 11
    Drug{"ドネペジル錠５ｍｇ", "114478913", "TAB", "錠", 1, morning, 28, "PO", "口"},                 // 12
    Drug{"ブデソニド・ホルモテロール吸入剤", "119900114", "KIT", "キット", 1, inhale, 28, "IH", "吸入"},  // 13
    Drug{"フェキソフェナジン錠６０ｍｇ", "115566715", "TAB", "錠", 1, twice, 28, "PO", "口"},         // 14
    Drug{"オセルタミビルカプセル７５ｍｇ", "113322416", "CAP", "カプセル", 1, twice, 5, "PO", "口"},  // 15
    Drug{"アセトアミノフェン錠２００ｍｇ", "101234517", "TAB", "錠", 2, on_fever, 0, "PO", "口"},     // 16
    Drug{"レボチロキシン錠５０μｇ", "103344518", "TAB", "錠", 1, morning, 28, "PO", "口"},           // 17
    Drug{"ゾルピデム錠５ｍｇ", "112211319", "TAB", "錠", 1, bedtime, 28, "PO", "口"},                 // 18
    Drug{"ラタノプロスト点眼液０．００５％", "116677820", "HON", "本", 1, eye_drops, 28, "OP", "眼"}, // 19
    Drug{"セフカペン錠１００ｍｇ", "108899021", "TAB", "錠", 1, thrice, 5, "PO", "口"},               // 20
    Drug{"クエン酸第一鉄錠５０ｍｇ", "102288722", "TAB", "錠", 2, evening, 28, "PO", "口"},           // 21
    Drug{"エゼチミブ錠１０ｍｇ", "117799623", "TAB", "錠", 1, morning, 28, "PO", "口"},               // 22
    Drug{"ケトプロフェンテープ４０ｍｇ", "109911324", "MAI", "枚", 1, patch, 14, "TP", "局所"},       // 23
    Drug{"トラセミド錠４ｍｇ", "110033425", "TAB", "錠", 1, morning, 28, "PO", "口"},                 // 24
    Drug{"アセトアミノフェン錠５００ｍｇ", "101234618", "TAB", "錠", 1, on_pain, 0, "PO", "口"},      // 25
};

constexpr std::array all_items{
    LabItem{"3D046000001906202", "ＨｂＡ１ｃ（ＮＧＳＰ）", "%", 4.9, 6.0, 1, "019", "全血（添加物入り）"},  // 0
    LabItem{"3D010000002227101", "血糖", "mg/dL", 73, 109, 0, "022", "血漿"},                     // 1
    LabItem{"3C015000002327101", "クレアチニン", "mg/dL", 0.46, 0.79, 2, "023", "血清", 0.65, 1.07},          // 2
    LabItem{"8A065000002391901", "ｅＧＦＲ", "mL/min/1.73m2", 60, 120, 0, "023", "血清"},         // 3
    LabItem{"3H015000002326101", "カリウム", "mmol/L", 3.6, 4.8, 1, "023", "血清"},               // 4
    LabItem{"3H010000002326101", "ナトリウム", "mmol/L", 138, 145, 0, "023", "血清"},             // 5
    LabItem{"3B035000002327201", "ＡＳＴ", "U/L", 13, 30, 0, "023", "血清"},                      // 6
    LabItem{"3B045000002327201", "ＡＬＴ", "U/L", 7, 23, 0, "023", "血清", 10, 42},                       // 7
    LabItem{"3B090000002327101", "γ－ＧＴ", "U/L", 9, 32, 0, "023", "血清", 13, 64},                     // 8
    LabItem{"3F077000002327101", "ＬＤＬコレステロール", "mg/dL", 65, 163, 0, "023", "血清"},     // 9
    LabItem{"3F070000002327101", "ＨＤＬコレステロール", "mg/dL", 48, 103, 0, "023", "血清", 38, 90},     // 10
    LabItem{"3F015000002327101", "中性脂肪", "mg/dL", 30, 117, 0, "023", "血清", 40, 234},                 // 11
    LabItem{"3C020000002327101", "尿酸", "mg/dL", 2.6, 5.5, 1, "023", "血清", 3.7, 7.8},                    // 12
    LabItem{"2A030000001930101", "ヘモグロビン", "g/dL", 11.6, 14.8, 1, "019", "全血（添加物入り）", 13.7, 16.8},  // 13
    LabItem{"2A010000001930101", "白血球数", "10*3/uL", 3.3, 8.6, 1, "019", "全血（添加物入り）"},  // 14
    LabItem{"2A050000001930101", "血小板数", "10*3/uL", 158, 348, 0, "019", "全血（添加物入り）"},  // 15
    LabItem{"5C070000002306201", "ＣＲＰ", "mg/dL", 0.0, 0.14, 2, "023", "血清"},                 // 16
    LabItem{"4Z271000002305101", "ＮＴ－ｐｒｏＢＮＰ", "pg/mL", 0, 125, 0, "023", "血清"},        // 17
    LabItem{"4B010000002305101", "ＴＳＨ", "uIU/mL", 0.61, 4.23, 2, "023", "血清"},               // 18
    LabItem{"3A015000002327101", "アルブミン", "g/dL", 4.1, 5.1, 1, "023", "血清"},               // 19
    LabItem{"2B030000002231101", "ＰＴ－ＩＮＲ", "", 0.9, 1.1, 2, "022", "血漿"},                 // 20
};

constexpr int for_pressure[] = {0, 1};
constexpr int for_sugar[] = {2, 3};
constexpr int for_lipids[] = {4, 22};
constexpr int for_kidney[] = {1};
constexpr int for_rhythm[] = {5, 7};
constexpr int for_heart[] = {6, 7, 24};
constexpr int for_asthma[] = {13};
constexpr int for_bones[] = {11};
constexpr int for_memory[] = {12};
constexpr int for_joints[] = {8, 9, 23};
constexpr int for_gout[] = {10};
constexpr int for_thyroid[] = {17};
constexpr int for_sleep[] = {18};
constexpr int for_eyes[] = {19};
constexpr int for_iron[] = {21};
constexpr int for_pollen[] = {14};
constexpr int for_influenza[] = {15, 16};
constexpr int for_cold[] = {16};
constexpr int for_cystitis[] = {20};
constexpr int for_stomach[] = {9};

constexpr int sugar_items[] = {0, 1};
constexpr int lipid_items[] = {9, 11};
constexpr int kidney_items[] = {2, 4};
constexpr int heart_items[] = {17};
constexpr int gout_items[] = {12};
constexpr int thyroid_items[] = {18};
constexpr int infection_items[] = {14, 16};
constexpr int liver_items[] = {6, 7, 8};
constexpr int iron_items[] = {13};
constexpr std::span<const int> nothing{};

constexpr std::array all_diseases{
    Disease{"高血圧症", "I10", "20061593", 0.42, 40, 99, '*', true, 1, 12, for_pressure, nothing, 0, "01", "内科"},
    Disease{"２型糖尿病", "E119", "20072410", 0.16, 40, 99, '*', true, 1, 12, for_sugar, sugar_items, 1.1, "01", "内科"},
    Disease{"脂質異常症", "E785", "20068231", 0.28, 35, 99, '*', true, 1, 12, for_lipids, lipid_items, 0.9, "01", "内科"},
    Disease{"慢性腎臓病", "N189", "20083142", 0.11, 60, 99, '*', true, 1, 12, for_kidney, kidney_items, 1.0, "01", "内科"},
    Disease{"心房細動", "I489", "20057713", 0.06, 65, 99, '*', true, 1, 12, for_rhythm, nothing, 0, "08", "循環器科"},
    Disease{"慢性心不全", "I500", "20057914", 0.05, 70, 99, '*', true, 1, 12, for_heart, heart_items, 5.0, "08", "循環器科"},
    Disease{"気管支喘息", "J459", "20054815", 0.06, 5, 99, '*', true, 1, 12, for_asthma, nothing, 0, "05", "呼吸器科"},
    Disease{"骨粗鬆症", "M8199", "20059116", 0.24, 65, 99, 'F', true, 1, 12, for_bones, nothing, 0, "11", "整形外科"},
    Disease{"アルツハイマー型認知症", "G309", "20066217", 0.12, 78, 99, '*', true, 1, 12, for_memory, nothing, 0, "02", "精神科"},
    Disease{"変形性膝関節症", "M179", "20060418", 0.18, 55, 99, '*', true, 1, 12, for_joints, nothing, 0, "11", "整形外科"},
    Disease{"高尿酸血症", "E790", "20063519", 0.10, 35, 90, 'M', true, 1, 12, for_gout, gout_items, 0.9, "01", "内科"},
    Disease{"甲状腺機能低下症", "E039", "20063020", 0.04, 35, 99, 'F', true, 1, 12, for_thyroid, thyroid_items, 0.8, "01", "内科"},
    Disease{"不眠症", "G470", "20078921", 0.10, 30, 99, '*', true, 1, 12, for_sleep, nothing, 0, "02", "精神科"},
    Disease{"緑内障", "H409", "20069522", 0.05, 45, 99, '*', true, 1, 12, for_eyes, nothing, 0, "26", "眼科"},
    Disease{"鉄欠乏性貧血", "D509", "20070023", 0.07, 15, 50, 'F', true, 1, 12, for_iron, iron_items, -0.9, "01", "内科"},
    Disease{"脂肪肝", "K760", "20064624", 0.09, 30, 75, '*', true, 1, 12, nothing, liver_items, 0.8, "01", "内科"},
    Disease{"スギ花粉症", "J301", "20056725", 0.30, 6, 80, '*', false, 2, 4, for_pollen, nothing, 0, "27", "耳鼻咽喉科"},
    Disease{"インフルエンザＡ型", "J101", "20053226", 0.12, 3, 99, '*', false, 12, 2, for_influenza, infection_items, 1.5, "01", "内科"},
    Disease{"急性上気道炎", "J069", "20052827", 0.35, 1, 99, '*', false, 10, 3, for_cold, nothing, 0, "01", "内科"},
    Disease{"急性膀胱炎", "N300", "20076628", 0.06, 18, 90, 'F', false, 5, 9, for_cystitis, infection_items, 0.8, "20", "泌尿器科"},
    Disease{"慢性胃炎", "K295", "20065329", 0.10, 30, 90, '*', false, 1, 12, for_stomach, nothing, 0, "01", "内科"},
};
constexpr int basic[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
// clang-format on

}  // namespace

std::span<const Drug> drugs() {
  return all_drugs;
}
std::span<const LabItem> lab_items() {
  return all_items;
}
Range range_of(const LabItem& item, char sex) {
  const bool is_mens = sex == 'M' && item.high_men > 0;
  return is_mens ? Range{item.low_men, item.high_men} : Range{item.low, item.high};
}
std::span<const Disease> diseases() {
  return all_diseases;
}
std::span<const int> basic_panel() {
  return basic;
}

}  // namespace tasuki::demo
