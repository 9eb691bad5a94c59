// The entrance: in a demo database each role by one press, otherwise account, password and code.
import "../../styles/all.css";
import "../../styles/entry.css";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api";
import { language, setLanguage, useText } from "../../text";
import { mount } from "../../ui/mount";
import { Bone, Failed, Skeleton } from "../../ui/state";
import { PasswordForm } from "./PasswordForm";
import { Roles } from "./Roles";

function Entrance() {
  const t = useText();
  const options = useQuery({ queryKey: ["options"], queryFn: ({ signal }) => api.signInOptions(signal) });
  return (
    <div className="entry">
      <header className="entry-head">
        <img src="/icon.svg" width="56" height="56" alt="" />
        <div>
          <h1>
            {t.appName} <span lang="ja">襷</span>
          </h1>
          <p>{t.appTagline}</p>
        </div>
        <button
          type="button"
          className="button entry-language"
          onClick={() => setLanguage(language() === "en" ? "ja" : "en")}
        >
          {t.language}
        </button>
      </header>
      <main className="entry-card card">
        {options.isError && <Failed error={options.error} retry={() => options.refetch()} />}
        {options.isPending && (
          <Skeleton>
            <Bone height={24} />
            <Bone height={220} />
          </Skeleton>
        )}
        {options.data && (options.data.demo ? <Roles accounts={options.data.accounts} /> : <PasswordForm />)}
      </main>
      <footer className="entry-foot">{t.signInNote}</footer>
    </div>
  );
}

mount(<Entrance />);
