import type { Me } from "../../../lib/schema";
import { useText } from "../../../text";
import { SearchPanel } from "../parts/Search";
import { useTitle } from "../title";

// Start and search are one page: the box, and below it either the people with recent records or those found.
export function SearchPage({ me, start = false }: { me: Me; start?: boolean }) {
  const t = useText();
  useTitle(start ? t.startTitle : t.searchTitle);
  return (
    <main id="main" className="search-page">
      <div className="card search-card">
        <h1>{t.searchTitle}</h1>
        <SearchPanel me={me} />
      </div>
    </main>
  );
}
