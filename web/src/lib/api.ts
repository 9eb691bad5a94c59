// The one typed client. Every call has a time limit, is checked on arrival, and fails with a sentence a person can use.
import * as v from "valibot";
import { language } from "../text";
import { Me, Overview, People, SignInOptions } from "./schema";

const waitMax = 20_000;

export type Failure = "offline" | "late" | "signed-out" | "no-right" | "not-found" | "refused" | "unreadable";

export class ApiError extends Error {
  constructor(
    readonly failure: Failure,
    message: string,
    readonly code: string, // short, for the telephone: "404", "T-visits.0.start"
  ) {
    super(message);
  }
}

function failureOf(status: number): Failure {
  if (status === 401) return "signed-out";
  if (status === 403) return "no-right";
  if (status === 404 || status === 410) return "not-found";
  return "refused";
}

async function messageOf(response: Response): Promise<string> {
  try {
    const body: unknown = await response.json();
    const words = v.safeParse(v.object({ message: v.string(), message_en: v.optional(v.string()) }), body);
    if (!words.success) return "";
    return (language() === "en" ? words.output.message_en : undefined) ?? words.output.message;
  } catch {
    return ""; // a proxy's own page: the status alone speaks
  }
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const stop = AbortSignal.timeout(waitMax);
  const signal = init.signal ? AbortSignal.any([init.signal, stop]) : stop;
  let response: Response;
  try {
    response = await fetch(path, { ...init, signal, credentials: "same-origin", cache: "no-store" });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(stop.aborted ? "late" : "offline", "", stop.aborted ? "T20" : "NET");
  }
  if (!response.ok) {
    throw new ApiError(failureOf(response.status), await messageOf(response), String(response.status));
  }
  return response;
}

async function read<T extends v.GenericSchema>(
  path: string,
  schema: T,
  signal?: AbortSignal,
): Promise<v.InferOutput<T>> {
  const response = await ask(path, signal ? { signal } : {});
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    throw new ApiError("unreadable", "", "JSON");
  }
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  const first = parsed.issues[0];
  throw new ApiError("unreadable", "", v.getDotPath(first) ?? first.type);
}

function post(path: string, body: unknown = {}): Promise<Response> {
  const headers = { "Content-Type": "application/json", "X-Tasuki": "1" }; // no cross-site form can send X-Tasuki
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

export const api = {
  signInOptions: (signal?: AbortSignal) => read("/signin/options", SignInOptions, signal),
  signIn: (account: string, password: string, code: string) => post("/signin", { account, password, code }),
  signInDemo: (account: string) => post("/signin/demo", { account }),
  signOut: () => post("/signout"),
  me: (signal?: AbortSignal) => read("/care/api/me", Me, signal),
  people: (words: string, signal?: AbortSignal) =>
    read(`/care/api/people?q=${encodeURIComponent(words)}`, People, signal),
  overview: (id: string, signal?: AbortSignal) =>
    read(`/care/api/people/${encodeURIComponent(id)}`, Overview, signal),
};
