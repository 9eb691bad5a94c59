import {
  BriefcaseMedical,
  ClipboardList,
  HandHeart,
  HeartPulse,
  type LucideIcon,
  Pill,
  Stethoscope,
  UserRound,
} from "lucide-react";
import { useState } from "react";
import { api } from "../../lib/api";
import { type Account, isPatient } from "../../lib/schema";
import { useText } from "../../text";
import { Failed } from "../../ui/state";
import { enter } from "./enter";
import { PasswordForm } from "./PasswordForm";

const icons: Record<string, LucideIcon> = {
  医師: Stethoscope,
  薬剤師: Pill,
  看護師: HeartPulse,
  介護職: HandHeart,
  事務: ClipboardList,
  患者: UserRound,
};
const order = Object.keys(icons);

function rank(account: Account): number {
  const at = order.indexOf(account.role);
  return at < 0 ? order.length : at;
}

export function Roles({ accounts }: { accounts: readonly Account[] }) {
  const t = useText();
  const [busy, setBusy] = useState("");
  const [error, setError] = useState<unknown>();
  const press = async (account: Account) => {
    setBusy(account.id);
    try {
      await api.signInDemo(account.id);
      enter(isPatient(account));
    } catch (failure) {
      setError(failure);
      setBusy("");
    }
  };
  return (
    <>
      <h2>{t.signInRoles}</h2>
      <p className="entry-lead">{t.signInDemoLead}</p>
      {error !== undefined && <Failed error={error} />}
      <ul className="roles">
        {[...accounts]
          .sort((one, other) => rank(one) - rank(other))
          .map(account => {
            const Icon = icons[account.role] ?? BriefcaseMedical;
            return (
              <li key={account.id}>
                <button
                  type="button"
                  className="role"
                  disabled={busy !== ""}
                  aria-busy={busy === account.id}
                  onClick={() => press(account)}
                >
                  <span className="role-icon">
                    <Icon size={24} aria-hidden="true" />
                  </span>
                  <b className="role-word">{account.role}</b>
                  <span className="role-name">{account.name}</span>
                  <span className="role-place">{account.facility}</span>
                </button>
              </li>
            );
          })}
      </ul>
      <details className="entry-password">
        <summary>{t.signInByPassword}</summary>
        <PasswordForm />
      </details>
    </>
  );
}
