// What the server answers (docs/care-api.md), checked where it enters: a page never meets half a record.
import * as v from "valibot";

const text = v.fallback(v.string(), "");
const optionalText = v.optional(v.nullable(v.string()));
const list = <T extends v.GenericSchema>(item: T) => v.optional(v.array(item), []);

export const Account = v.object({ id: v.string(), role: v.string(), name: v.string(), facility: text });
export const SignInOptions = v.object({ demo: v.boolean(), accounts: list(Account) });

export const Me = v.object({
  name: v.string(),
  role: v.string(),
  roleCode: text,
  facility: v.optional(v.nullable(v.object({ id: text, name: text }))),
  person: v.optional(v.string()), // a patient's own record
});

const person = {
  id: v.string(),
  name: v.string(),
  kana: text,
  birthDate: text,
  sex: text,
  address: text,
  identifiers: list(v.object({ facility: text, value: v.string() })),
  facilities: list(v.string()),
};
export const Person = v.object(person);
export const People = v.object({ people: list(Person), more: v.optional(v.boolean(), false) });

export const shapes = ["circle", "square", "triangle", "diamond"] as const;
export const Facility = v.object({
  id: v.string(),
  name: v.string(),
  mark: text,
  shape: v.fallback(v.picklist(shapes), "circle"),
  own: v.optional(v.boolean(), false),
});

const source = { facility: text, reference: text };

export const Caution = v.object({
  level: v.fallback(v.picklist(["danger", "warn"]), "warn"),
  label: text,
  text: v.string(),
  detail: text,
  ...source,
});
export const Problem = v.object({
  text: v.string(),
  start: optionalText,
  end: optionalText,
  suspected: v.optional(v.boolean(), false),
  ...source,
});
export const Visit = v.object({
  kind: v.string(),
  start: optionalText,
  end: optionalText,
  department: text,
  ...source,
});
export const Test = v.object({
  kind: v.string(),
  date: optionalText,
  text: text,
  count: v.optional(v.nullable(v.number()), 0),
  ...source,
});
export const Medicine = v.object({
  text: v.string(),
  usage: text,
  dose: text,
  start: optionalText,
  end: optionalText,
  daysLeft: v.optional(v.nullable(v.number())),
  active: v.optional(v.boolean(), false),
  ordered: optionalText,
  ...source,
});
export const LabResult = v.object({ date: optionalText, value: v.string(), flag: text, ...source });
export const Lab = v.object({
  code: text,
  text: v.string(),
  unit: text,
  range: v.optional(v.nullable(v.object({ low: text, high: text, text: text }))),
  results: list(LabResult),
});
export const Arrival = v.object({
  kind: v.string(),
  title: text,
  text: text,
  date: optionalText,
  facility: text,
});

export const Overview = v.object({
  person: v.object({ ...person, otherNames: list(v.string()), phone: text }),
  today: v.string(),
  facilities: list(Facility),
  withheld: list(v.object({ facility: v.object({ id: text, name: v.string() }), reason: text })),
  consent: v.optional(
    v.nullable(v.object({ state: v.string(), facilities: v.optional(v.number(), 0), since: optionalText })),
  ),
  cautions: list(Caution),
  problems: list(Problem),
  visits: list(Visit),
  tests: list(Test),
  medicines: list(Medicine),
  labs: list(Lab),
  arrivals: list(Arrival),
});

export type Account = v.InferOutput<typeof Account>;
export type SignInOptions = v.InferOutput<typeof SignInOptions>;
export type Me = v.InferOutput<typeof Me>;
export type Person = v.InferOutput<typeof Person>;
export type People = v.InferOutput<typeof People>;
export type Facility = v.InferOutput<typeof Facility>;
export type Caution = v.InferOutput<typeof Caution>;
export type Problem = v.InferOutput<typeof Problem>;
export type Visit = v.InferOutput<typeof Visit>;
export type Test = v.InferOutput<typeof Test>;
export type Medicine = v.InferOutput<typeof Medicine>;
export type Lab = v.InferOutput<typeof Lab>;
export type LabResult = v.InferOutput<typeof LabResult>;
export type Arrival = v.InferOutput<typeof Arrival>;
export type Overview = v.InferOutput<typeof Overview>;

export type RoleCode = "doctor" | "pharmacist" | "nurse" | "care_worker" | "clerk" | "patient";

// The role a page changes its wording by; the server alone decides what may be seen.
export function isClerk(me: Me): boolean {
  return me.roleCode === "clerk" || me.role === "事務";
}

export function isPatient(me: { role: string; roleCode?: string }): boolean {
  return me.roleCode === "patient" || me.role === "患者";
}
