import { type FormEvent, useId, useRef, useState } from "react";
import { ApiError, api } from "../../lib/api";
import { normalisedNumber } from "../../lib/kana";
import { isPatient } from "../../lib/schema";
import { useText } from "../../text";
import { Failed } from "../../ui/state";
import { enter } from "./enter";

interface FieldProps {
  name: string;
  label: string;
  hint?: string;
  error?: string | undefined;
  type?: string;
  autoComplete: string;
  inputMode?: "numeric" | undefined;
}

function Field({ name, label, hint, error, type = "text", autoComplete, inputMode }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <input
        id={id}
        name={name}
        type={type}
        autoComplete={autoComplete}
        inputMode={inputMode}
        spellCheck={false}
        aria-invalid={Boolean(error)}
        aria-describedby={described || undefined}
      />
      {error && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

export function PasswordForm() {
  const t = useText();
  const form = useRef<HTMLFormElement>(null);
  const [missing, setMissing] = useState<string[]>([]);
  const [failure, setFailure] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const words: Record<string, string> = {
    account: t.signInAccount,
    password: t.signInPassword,
    code: t.signInCode,
  };

  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const field = (name: string) => String(data.get(name) ?? "");
    const empty = Object.keys(words).filter(name => !field(name).trim());
    setMissing(empty);
    setFailure(undefined);
    if (empty.length > 0) {
      form.current?.querySelector<HTMLInputElement>(`[name=${empty[0]}]`)?.focus();
      return;
    }
    setBusy(true);
    try {
      await api.signIn(
        field("account").trim(),
        field("password"),
        normalisedNumber(field("code")).replace(/[ -]/gu, ""),
      );
      enter(isPatient(await api.me()));
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  const wrong = failure instanceof ApiError && failure.failure === "signed-out";
  const errorOf = (name: string) => (missing.includes(name) ? t.signInEmpty(words[name] ?? "") : undefined);
  return (
    <form ref={form} className="password" onSubmit={send} noValidate>
      <h2>{t.signInTitle}</h2>
      {wrong && (
        <p className="field-error" role="alert">
          {t.signInWrong}
        </p>
      )}
      {failure !== undefined && !wrong && <Failed error={failure} />}
      <Field name="account" label={t.signInAccount} autoComplete="username" error={errorOf("account")} />
      <Field
        name="password"
        type="password"
        label={t.signInPassword}
        autoComplete="current-password"
        error={errorOf("password")}
      />
      <Field
        name="code"
        label={t.signInCode}
        hint={t.signInCodeHint}
        autoComplete="one-time-code"
        inputMode="numeric"
        error={errorOf("code")}
      />
      <button type="submit" className="button button-main button-wide" disabled={busy}>
        {busy ? t.signInBusy : t.signInAct}
      </button>
    </form>
  );
}
