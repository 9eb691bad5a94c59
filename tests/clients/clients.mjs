// Every call that two public FHIR clients offer, against a real server. Prints one line a check:
// "ok WHAT" or "FAILED WHAT: WHY"; tests/e2e/real_clients.py starts the server and counts.
//   node clients.mjs BASE COOKIE
import { createRequire } from "node:module";
import { Client } from "fhir-kit-client";

const { FhirClient } = createRequire(import.meta.url)("fhirclient");
const [base, cookie] = process.argv.slice(2);
const headers = { Cookie: cookie, "X-Tasuki": "1" };

async function check(what, act) {
  try {
    const found = await act();
    console.log(found === true ? `ok ${what}` : `FAILED ${what}: ${JSON.stringify(found)?.slice(0, 400)}`);
  } catch (error) {
    const why = error.response?.data ?? error.body ?? error.message ?? error;
    console.log(`FAILED ${what}: ${typeof why === "string" ? why.slice(0, 400) : JSON.stringify(why).slice(0, 400)}`);
  }
}

// The status an error of either client carries.
const status = (error) => error.response?.status ?? error.status ?? error.statusCode;
async function refused(call, expected) {
  try {
    await call();
  } catch (error) {
    const outcome = error.response?.data ?? error.body ?? {};
    return (status(error) === expected && (outcome.resourceType === "OperationOutcome" || outcome.resourceType === undefined)) ||
      { status: status(error), outcome };
  }
  return "no error";
}

const system = "http://example.org/clients";
const patient = (number, more = {}) => ({
  resourceType: "Patient",
  identifier: [{ system, value: String(number) }],
  name: [{ family: "試験", given: [`花子${number}`] }],
  birthDate: "1970-01-01",
  ...more,
});

async function fhirKit() {
  const client = new Client({ baseUrl: base, customHeaders: headers });
  let made, changed;
  await check("fhir-kit: capabilityStatement", async () =>
    (await client.capabilityStatement()).fhirVersion === "4.0.1");
  await check("fhir-kit: create", async () => {
    made = await client.create({ resourceType: "Patient", body: patient(1) });
    return made.resourceType === "Patient" && made.meta.versionId === "1";
  });
  await check("fhir-kit: read", async () =>
    (await client.read({ resourceType: "Patient", id: made.id })).name[0].family === "試験");
  await check("fhir-kit: update", async () => {
    changed = await client.update({ resourceType: "Patient", id: made.id, body: { ...made, gender: "female" } });
    return changed.meta.versionId === "2" && changed.gender === "female";
  });
  await check("fhir-kit: patch", async () => {
    const answer = await client.patch({
      resourceType: "Patient", id: made.id,
      jsonPatch: [{ op: "replace", path: "/gender", value: "male" }],
    });
    return answer.gender === "male";
  });
  await check("fhir-kit: patch that fails its test", () => refused(() => client.patch({
    resourceType: "Patient", id: made.id, jsonPatch: [{ op: "test", path: "/gender", value: "female" }],
  }), 422));
  await check("fhir-kit: vread", async () =>
    (await client.vread({ resourceType: "Patient", id: made.id, version: "1" })).gender === undefined);
  await check("fhir-kit: history of one", async () =>
    (await client.history({ resourceType: "Patient", id: made.id })).entry.length === 3);
  await check("fhir-kit: history of a type", async () =>
    (await client.history({ resourceType: "Patient" })).type === "history");
  await check("fhir-kit: history of all", async () => (await client.history()).type === "history");
  await check("fhir-kit: conditional create", async () => {
    const again = await client.create({
      resourceType: "Patient", body: patient(1),
      options: { headers: { "If-None-Exist": `identifier=${system}|1` } },
    });
    return again.id === made.id;
  });
  await check("fhir-kit: conditional update", async () =>
    (await client.update({
      resourceType: "Patient", searchParams: { identifier: `${system}|1` }, body: patient(1, { gender: "other" }),
    })).id === made.id);
  await check("fhir-kit: update of a version that is gone", () => refused(() => client.update({
    resourceType: "Patient", id: made.id, body: { ...made }, options: { headers: { "If-Match": 'W/"1"' } },
  }), 412));
  await check("fhir-kit: batch", async () => {
    const answer = await client.batch({
      body: {
        resourceType: "Bundle", type: "batch",
        entry: [{ request: { method: "GET", url: `Patient/${made.id}` } }, { request: { method: "GET", url: "Patient/none" } }],
      },
    });
    return answer.entry[0].response.status.startsWith("200") && answer.entry[1].response.status.startsWith("404");
  });
  await check("fhir-kit: transaction", async () => {
    const answer = await client.transaction({
      body: {
        resourceType: "Bundle", type: "transaction",
        entry: [
          ...[2, 3, 4, 5, 6].map((n) => ({ resource: patient(n), request: { method: "POST", url: "Patient" } })),
          { fullUrl: "urn:uuid:0f0d6f1c-3d64-4b3a-9c54-2a8f1f1d1a11", resource: patient(7), request: { method: "POST", url: "Patient" } },
          {
            resource: {
              resourceType: "Observation", status: "final", code: { text: "K" }, valueQuantity: { value: 4.5, unit: "mmol/L" },
              subject: { reference: "urn:uuid:0f0d6f1c-3d64-4b3a-9c54-2a8f1f1d1a11" },
            },
            request: { method: "POST", url: "Observation" },
          },
        ],
      },
    });
    return answer.entry.length === 7 && answer.entry.every((e) => e.response.status.startsWith("201"));
  });
  await check("fhir-kit: search by GET", async () =>
    (await client.search({ resourceType: "Patient", searchParams: { identifier: `${system}|3` } })).entry.length === 1);
  await check("fhir-kit: search by POST", async () =>
    (await client.search({ resourceType: "Patient", searchParams: { identifier: `${system}|3` }, options: { postSearch: true } })).entry.length === 1);
  await check("fhir-kit: search of all types", async () =>
    (await client.systemSearch({ searchParams: { _type: "Patient", _id: made.id } })).entry.length === 1);
  await check("fhir-kit: chain and include", async () => {
    const found = await client.search({
      resourceType: "Observation", searchParams: { "patient.identifier": `${system}|7`, _include: "Observation:patient" },
    });
    return found.entry.map((e) => e.resource.resourceType).sort().join() === "Observation,Patient";
  });
  await check("fhir-kit: pages", async () => {
    const seen = new Set();
    let bundle = await client.search({ resourceType: "Patient", searchParams: { identifier: `${system}|`, _count: 2 } });
    for (let page = 0; bundle && page < 10; page += 1) {
      for (const entry of bundle.entry ?? []) seen.add(entry.resource.id);
      bundle = bundle.link.some((l) => l.relation === "next") ? await client.nextPage({ bundle }) : undefined;
    }
    return seen.size === 7;
  });
  await check("fhir-kit: resolve a reference", async () =>
    (await client.resolve({ reference: `Patient/${made.id}` })).id === made.id);
  await check("fhir-kit: operation", async () =>
    (await client.operation({ name: "meta", resourceType: "Patient", id: made.id, method: "GET" })).resourceType === "Parameters");
  await check("fhir-kit: an unknown parameter", () =>
    refused(() => client.search({ resourceType: "Patient", searchParams: { nam: "x" } }), 400));
  await check("fhir-kit: a body that breaks the rules", () =>
    refused(() => client.create({ resourceType: "Patient", body: patient(9, { gender: "女" }) }), 422));
  await check("fhir-kit: delete", async () => {
    await client.delete({ resourceType: "Patient", id: made.id });
    return refused(() => client.read({ resourceType: "Patient", id: made.id }), 410);
  });
  await check("fhir-kit: what never was", () => refused(() => client.read({ resourceType: "Patient", id: "none" }), 404));
}

async function smartClient() {
  const client = new FhirClient(base);
  const options = { headers };
  let made;
  await check("fhirclient: create", async () => {
    made = await client.create(patient(21), options);
    return made.meta.versionId === "1";
  });
  await check("fhirclient: read", async () => (await client.fhirRequest(`Patient/${made.id}`, options)).id === made.id);
  await check("fhirclient: update", async () =>
    (await client.update({ ...made, gender: "female" }, options)).meta.versionId === "2");
  await check("fhirclient: patch", async () =>
    (await client.patch(`Patient/${made.id}`, [{ op: "replace", path: "/gender", value: "male" }], options)).gender === "male");
  await check("fhirclient: search", async () =>
    (await client.fhirRequest(`Patient?identifier=${encodeURIComponent(`${system}|21`)}`, options)).entry.length === 1);
  await check("fhirclient: delete", async () => {
    await client.delete(`Patient/${made.id}`, options);
    return refused(() => client.fhirRequest(`Patient/${made.id}`, options), 410);
  });
  await check("fhirclient: FHIR version", async () => (await client.getFhirVersion()) === "4.0.1");
  await check("fhirclient: FHIR release", async () => (await client.getFhirRelease()) === 4);
}

await fhirKit();
await smartClient();
